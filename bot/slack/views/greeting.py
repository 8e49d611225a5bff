"""First contact: what I am, and what to do first in each of somebody's roles; and the answer to who writes to me."""

from collections.abc import Mapping

from bot.domain.commands import Actor
from bot.domain.terms import Role
from bot.slack.blocks import Post, bullet, context, esc, post, section

FIRST_STEPS: Mapping[Role, str] = {
    Role.MRR: "Alerts about people who asked for us come to the inbound channel: claim, call, log it.",
    Role.SDR: "Your touch list comes each morning; `/today` brings it any time. Log the rest with `/touch`.",
    Role.AE: "Accept or decline what is handed to you, hold the intro call, then say what it is.",
    Role.CSM: "Log calls and e-mails with `/touch`; look any client up with `/lead`.",
    Role.MARKETING: "`/pipeline` shows what became of what you sent; `/pipeline source webinar` of one source alone.",
    Role.MANAGER: "My Home tab shows your team live; `/pipeline` shows the results.",
    Role.ADMIN: "My Home tab is where people, teams and channels are set up.",
}
"""One line a role, for App Home and for whoever writes to me."""

_FIRST_CONTACT: Mapping[Role, tuple[str, tuple[str, ...]]] = {
    Role.MRR: (
        "You answer people who raise a hand",
        (
            (
                "Join the inbound channel. When it is your turn I mention you there: *Claim*, call; one click says "
                "what came of it."
            ),
            "The clock runs until you really answered: a claim is not an answer, a call or an e-mail is.",
            (
                "First thing: type `/touch help`, then look at my Home tab: your hours stand there. "
                "Tell your admin if they are wrong."
            ),
        ),
    ),
    Role.SDR: (
        "You open new accounts",
        (
            (
                "Your touch list comes here each morning of your working day: who, why, which step. *Start* takes one "
                "person at a time."
            ),
            "First thing: `/today` brings today's list. `/enroll jane doe` puts somebody into your cadence.",
            "Whatever happens besides: `/touch jane voicemail left msg about audit`. Undo stands beside it.",
        ),
    ),
    Role.AE: (
        "You close what reps hand over",
        (
            (
                "A handoff is a post in your channel, with what was said and a calendar entry. Accept it, or decline "
                "with a reason."
            ),
            "After the intro call, say what it is: an opportunity, or not qualified and why.",
            "First thing: check in my Home tab that your channel and video link are right, and enter your time off.",
        ),
    ),
    Role.CSM: (
        "You keep clients happy",
        (
            "When a deal is won you hear here what was promised to the client.",
            "First thing: look up one of your clients with `/lead`, and log your next call with `/touch`.",
        ),
    ),
    Role.MARKETING: (
        "You see what became of what you sent",
        (
            (
                "First thing: `/pipeline this month` shows leads, opportunities and, by source, why some came to "
                "nothing; `/pipeline source webinar` shows one source alone."
            ),
        ),
    ),
    Role.MANAGER: (
        "You lead a team",
        (
            "I tell you when a hot lead is left waiting, or a handoff is not answered.",
            (
                "First thing: my Home tab shows your team live: who is on shift, what waits, how far the lists are. "
                "`/pipeline` shows the results."
            ),
        ),
    ),
    Role.ADMIN: (
        "You set me up",
        (
            (
                "First thing: open my Home tab. It says what is missing, with a button for each: people, teams, "
                "who hands leads to whom, channels."
            ),
            "Invite me to the channels I post to: `/invite` there. `/handraiser` shows how I am.",
        ),
    ),
}


def greeting_post(actor: Actor) -> Post:
    """The first message somebody gets: for each of their roles, what it is about and what to do first."""
    hello = f"Hello {esc(actor.name.split(' ')[0])}. I am the one who brings you the next thing to do in sales."
    blocks, said = [section(hello)], [hello]
    for role in Role:
        if role in actor.roles:
            title, lines = _FIRST_CONTACT[role]
            blocks.append(section(f"*{title}*\n{bullet(lines)}"))
            said.append(f"{title}: {' '.join(lines)}")
    return post(" ".join(said), [*blocks, context("`/handraiser help` lists every command.")])


def welcome_post(actor: Actor) -> Post:
    """The answer to a message: what to do first, by role."""
    steps = steps_of(actor)
    text = f"Hello {esc(actor.name.split(' ')[0])}. I listen to commands rather than to chat."
    return post(
        f"{text} {' '.join(steps)}", [section(f"{text}\n{bullet(steps)}"), context("`/handraiser help` lists all.")]
    )


def steps_of(actor: Actor) -> list[str]:
    """What to do, a line for each role."""
    steps = [text for role, text in FIRST_STEPS.items() if role in actor.roles]
    return steps or ["You have no role yet. Ask an admin to give you one."]
