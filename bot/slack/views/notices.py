"""Messages that are posted once: nudges, reminders, warnings."""

from slackblocks import Block as SlackBlock

from bot.db.queries.lead_facts import Somebody
from bot.db.queries.leads import LeadCard
from bot.domain.sentences import stop
from bot.slack.blocks import Post, at, button, buttons, esc, mention, post, say, section
from bot.slack.ids import Action
from bot.slack.views.alert import who
from bot.slack.views.words import lasting

CAUSES = {
    "rep": "the rep did not get to it",
    "nobody_on_shift": "nobody was on shift",
    "routing": "it was routed late",
    "slack_unreachable": "Slack could not be reached",
}
FIXES = {
    "not_in_channel": "Invite me: `/invite @Handraiser` in that channel.",
    "channel_not_found": "I can't see that channel. Invite me, or change its name in the playbook.",
    "is_archived": "The channel is archived. Name another in the playbook.",
}


def nudge_post(card: LeadCard, owner: Somebody | None, manager: Somebody | None, step: str) -> Post:
    """A line under the card: the owner is nudged, or the manager called."""
    waited = lasting((card.now - card.raised_at).total_seconds())
    if step == "manager" and manager is not None:
        name = mention(manager.slack_user_id, manager.name)
        return say(f"{name}, nobody has answered {esc(card.name)} for {waited}. I sent you the card.")
    if owner is not None:
        return say(f"{mention(owner.slack_user_id, owner.name)}, {esc(card.name)} has been waiting for {waited}.")
    return say(f"{esc(card.name)} has been waiting for {waited}. Who takes it?")


def claim_idle_post(card: LeadCard, owner: Somebody | None) -> Post:
    """Claimed, and nothing followed yet."""
    name = f"{mention(owner.slack_user_id, owner.name)}, did" if owner else "Did"
    return say(
        f"{name} you reach {esc(card.name)}? Log what came of it with a button on the card, "
        "or it opens for the others soon."
    )


def reminder_post(card: LeadCard) -> Post:
    """A lead that can wait, but not for ever."""
    due = f" An answer is due {at(card.response_due_at, '{date_short} at {time}')}." if card.response_due_at else ""
    line = stop(f"Still to answer: {who(card)}") + due
    value = f"{card.lead_id}|{card.round}"
    blocks: list[SlackBlock] = [section(line)]
    if card.claimed_by is None and card.first_response_at is None:
        blocks.append(buttons(button("Claim", Action.CLAIM, value, style="primary")))
    return post(line, blocks)


def breach_post(card: LeadCard, owner: Somebody | None, cause: str) -> Post:
    """A first response that did not come in time, and why."""
    of = f" It is {esc(owner.name)}'s." if owner else ""
    why = f" The cause: {CAUSES.get(cause, esc(cause, 40))}."
    waited = lasting((card.now - card.raised_at).total_seconds())
    return say(f"No answer in time: {who(card)} has been waiting for {waited}.{of}{why}")


def late_post(text: str) -> Post:
    """What was saved, or not, after its answer had to go out."""
    return say(text)


def warning_post(where: str, error: str, *, given_up: bool = False) -> Post:
    """Something an admin has to mend, or to know: a message that Slack will never take."""
    if where == "playbook":
        return say(
            f"The playbook on disk cannot be used, so the last good one stays in force:\n{esc(error, 2500, lines=True)}"
        )
    kind, _, value = where.partition(":")
    if kind == "handoffs":
        return say(
            f"{esc(value)} has no channel for handoffs, so they come by direct message. Give them one in App Home, "
            "or in the column `channel` of people.csv, and invite me there."
        )
    place = {"inbound": "the inbound channel", "thread": "a thread"}.get(kind) or esc(value or where, 80)
    if given_up:
        return say(
            f"Slack refused a message for {place} for good: {stop(esc(error, 200))} "
            "If it was a lead's card, its owner has it by direct message. `/handraiser` shows what waits."
        )
    fix = FIXES.get(error, "`handraiser doctor` says what to mend.")
    return say(f"I can't post to {place}: {stop(esc(error, 200))} {fix} I keep trying; nothing is lost.")
