"""What ``/enroll`` answers: who was enrolled and when it begins, who was left out and why, a choice, help.

What must stay true: everybody who was named stands in the answer; long lists become counts; names are escaped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from slackblocks import Block as SlackBlock
from slackblocks import Button

from bot.db.queries.own_plans import OwnPlans
from bot.domain.commands import Actor
from bot.domain.counting import counted
from bot.domain.enroll_line import EnrollLine
from bot.domain.enrolling import Begun, Enrolled, NotEnrolled, Why, by_reason
from bot.domain.names import Candidate
from bot.slack.blocks import Post, bullet, button, buttons, context, cut, esc, post, section
from bot.slack.ids import Action
from bot.slack.views.touch import person_labels

SHOWN = 8
VALUE = 1900
"""Characters of a button's value that we use; Slack takes 2,000."""
HELP = (
    ("/enroll jane doe", "Jane goes into your cadence"),
    ("/enroll jane doe, tim@acme.com because they hired three", "several, with the reason that your list will show"),
    ("/enroll acme", "choose among the people at Acme"),
    ("/enroll jane doe anyway she changed jobs", "cuts a rest short, with the reason"),
    ("/enroll jane doe for @sam", "onto Sam's list, if you are a manager or an admin"),
    ("/enroll", "how many people are in your plans"),
)
REASONS = {
    Why.UNKNOWN: "not in the database",
    Why.NO_EMAIL: "without an e-mail address",
    Why.ENROLLED: "in a plan already",
    Why.LEAD: "with an open lead",
    Why.SAID_NO: "said no",
    Why.RESTS: "resting",
    Why.ROUNDS: "through all rounds",
    Why.CLIENT: "clients",
    Why.DEAL: "with an open deal",
    Why.GIVEN_UP: "at companies that were given up",
    Why.MAY_NOT_WRITE: "may not be written to",
    Why.COLLEAGUE: "at accounts a colleague works",
    Why.ENOUGH: "at accounts with enough people enrolled",
    Why.FULL: "without a free day",
}


@dataclass(frozen=True, slots=True)
class Unclear:
    """Words that name nobody, or several."""

    words: str
    people: tuple[Candidate, ...]


def enroll_help_post() -> Post:
    """How to enrol, by example."""
    lines = [f"`{line}` – {text}" for line, text in HELP]
    plain = "; ".join(f"{line}: {said}" for line, said in HELP)
    said = "Put people into your cadence"
    tail = "Days are spread so that your list stays inside its band. A file: `handraiser import contacts.csv --enroll`."
    return post(f"{said}. {plain}. {tail}", [section(f"*{said}*\n" + "\n".join(lines)), context(tail)])


def ends_elsewhere_post(words: str) -> Post:
    """Somebody wants to take people out, which the card does."""
    said = f"Nothing was changed. A plan is ended on the person's card: `/lead {esc(words, 80)}`, then “End plan”."
    return post(said, [section(said)])


def plans_post(plans: OwnPlans, *, has_list: bool = True) -> Post:
    """Nothing was typed: own plans, counted. ``has_list``: whether the one who asks has a touch list."""
    if not has_list:
        said = "You have no touch list of your own. Try `/enroll jane doe for @rep`; `/enroll help` shows more."
        return post(said, [section(said)])
    if not plans.cadence and not plans.follow_up:
        said = "Nobody is in your plans yet. Try `/enroll jane doe`; `/enroll help` shows more."
        return post(said, [section(said)])
    people = [counted(plans.cadence, "person", "people") + " in your cadence"] if plans.cadence else []
    people += [counted(plans.follow_up, "lead") + " in follow-up"] if plans.follow_up else []
    due = f" The next step is due on {plans.next_due_on:%a %-d %b}." if plans.next_due_on else ""
    said = f"You have {' and '.join(people)}.{due} `/today` shows your list, `/enroll help` how to add more."
    return post(said, [section(said)])


def choice_post(unclear: Unclear, line: EnrollLine, most: int) -> Post:
    """Several may be meant; people of one company can be taken together."""
    people = list(unclear.people)
    labels = person_labels(people)
    word = "anyway" if line.anyway else "because"
    said_rep = f" for <@{line.rep}>" if line.rep else ""
    said_why = f" {word} {line.reason}" if line.reason else ""
    reason = f"|{said_rep}{said_why}" if line.rep or line.reason else ""
    said = f"Whom do you mean by “{esc(unclear.words)}”?"
    answers = [
        button(label, f"{Action.ENROLL}_{place}", cut(f"{one.id}{reason}", VALUE))
        for place, (one, label) in enumerate(zip(people[:SHOWN], labels, strict=False))
    ]
    together = _together(people, most, reason)
    more = " There are more; a company or an address tells them apart." if len(people) > SHOWN else ""
    blocks: list[SlackBlock] = [section(said + more), buttons(*answers, together)]
    return post(f"{said} {esc(', '.join(labels), 900)}", blocks)


def _together(people: Sequence[Candidate], most: int, reason: str) -> Button | None:
    companies = {one.company for one in people}
    if len(people) < 2 or len(companies) != 1 or None in companies:
        return None
    some = people[:most]
    every = "Both" if len(some) == 2 else f"All {len(some)} of them"
    label = every if len(some) == len(people) else f"The first {len(some)}"
    ids = ",".join(str(one.id) for one in some)
    return button(label, f"{Action.ENROLL}_all", cut(f"{ids}{reason}", VALUE), style="primary")


def enrolled_post(enrolled: Enrolled | None, actor: Actor, unclear: Sequence[Unclear]) -> Post:
    """Who was enrolled, who was left out and why, whom I did not find; with Undo."""
    begun = enrolled.begun if enrolled else ()
    left_out = enrolled.left_out if enrolled else ()
    lines = [_begun(begun, enrolled, actor)]
    lines += _left_out(left_out)
    lines += [_unclear(one) for one in unclear[:SHOWN]]
    if len(unclear) > SHOWN:
        lines.append(f"• and {counted(len(unclear) - SHOWN, 'more name')} that I could not tell")
    blocks: list[SlackBlock] = [section(lines[0])]
    if len(lines) > 1:
        blocks.append(section("\n".join(lines[1:])))
    if enrolled is not None and begun:
        blocks.append(buttons(button("Undo", Action.UNDO_ENROLL, str(enrolled.causation_id), describe="Take it back")))
    return post(" ".join(lines), blocks)


def _begun(begun: Sequence[Begun], enrolled: Enrolled | None, actor: Actor) -> str:
    if not begun or enrolled is None:
        return "Nobody was enrolled."
    whose = "" if enrolled.rep_id == actor.person_id else f" on {esc(enrolled.rep_name)}'s list"
    first, last = min(one.starts_on for one in begun), max(one.starts_on for one in begun)
    if len(begun) == 1:
        return f"Enrolled {_who(begun[0])}{whose}: the first e-mail is due on {first:%a %-d %b}."
    when = f"on {first:%a %-d %b}" if first == last else f"from {first:%a %-d %b} to {last:%a %-d %b}"
    head = f"Enrolled {counted(len(begun), 'person', 'people')}{whose}; they begin {when}."
    names = [f"{_who(one)} – {one.starts_on:%a %-d %b}" for one in begun[:SHOWN]]
    more = [f"and {len(begun) - SHOWN:,} more"] if len(begun) > SHOWN else []
    return f"{head}\n{bullet([*names, *more])}"


def _who(one: Begun) -> str:
    return f"*{esc(one.name)}*" + (f", {esc(one.company)}" if one.company else "")


def _left_out(left_out: Sequence[NotEnrolled]) -> list[str]:
    if len(left_out) <= SHOWN:
        return [f"• *{esc(one.name) or 'Somebody'}* {esc(one.sentence.removesuffix('.'), 400)}." for one in left_out]
    counts = [f"{count:,} {REASONS[why]}" for why, count in by_reason(left_out).items()]
    return [f"*{counted(len(left_out), 'person', 'people')} left out:* {', '.join(counts)}."]


def _unclear(one: Unclear) -> str:
    if not one.people:
        return f"• I know nobody called “{esc(one.words)}”."
    labels = ", ".join(person_labels(list(one.people[:3])))
    return f"• “{esc(one.words)}” may be several: {esc(labels, 300)}. Use the address."
