"""``/enroll``: people into one's own cadence, or a rep's, with echo and Undo; the button on a person's card.

What must stay true: nobody is guessed: an unclear name becomes a choice; who is left out is named with the reason.
"""

import re
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.actors import find_actor
from bot.db.queries.contacts import find_contacts
from bot.db.queries.own_plans import own_plans
from bot.db.queries.setup import find_people
from bot.domain.commands import Actor, Undo
from bot.domain.enroll_line import MOST, EnrollLine, read_enroll
from bot.domain.enrolling import Enrolled
from bot.domain.errors import Gone, NotFound, UserError
from bot.domain.names import Match, Nothing, decide, rank
from bot.domain.terms import SELLING
from bot.domain.touch_text import plain
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, Request, Say
from bot.service.access import may_read_contacts
from bot.service.context import playbook
from bot.service.enrolments import Enroll, enroll, take_back_enrolled
from bot.slack.blocks import Post, say
from bot.slack.ids import Action, Command
from bot.slack.views.enroll import (
    Unclear,
    choice_post,
    ends_elsewhere_post,
    enroll_help_post,
    enrolled_post,
    plans_post,
)

ANY_CHOICE = re.compile(rf"^{Action.ENROLL}(_\w+)?$")
HELP = frozenset({"help", "?", "-h", "--help"})
SHOWN = 8
TAKE_OUT = re.compile(r"(?:stop|remove|end|unenroll?)\s+(.+)", re.IGNORECASE | re.DOTALL)
FOR_SOMEBODY = re.compile(r"(.+?)\s+for\s+@?(\w[\w .'-]*)", re.IGNORECASE)


def register(edge: Edge) -> None:
    """Register ``/enroll`` and its buttons."""
    edge.command(Command.ENROLL, on_enroll)
    edge.action(ANY_CHOICE, on_choice)
    edge.action(Action.UNDO_ENROLL, on_undo)


async def on_enroll(request: Request) -> Answer:
    """Enrol whom the words mean; a choice where one name is unclear; own plans where nothing was typed."""
    typed = plain(request.text).strip()
    if typed.casefold() in HELP:
        return Say(enroll_help_post())
    if out := TAKE_OUT.fullmatch(typed):
        return Say(await request.read(lambda _session, _actor, _now: ends_elsewhere_post(out[1])))
    line = read_enroll(typed)
    if not line.people:
        return Say(await request.read(_plans))
    request.typed = typed
    return Say(await request.perform(lambda session, actor, now: _enroll_line(session, actor, line, now)))


async def on_choice(request: Request) -> Answer:
    """Somebody was chosen from a list, or the button on a card was clicked."""
    ids, _, reason = request.value.partition("|")
    people = [_id(one) for one in ids.split(",")]

    def work(session: Session, actor: Actor, now: datetime) -> Post:
        line = read_enroll(f" {reason}")
        command = Enroll(actor, people, _rep(session, line), reason=line.reason, override=line.override)
        return _done(enroll(session, command, now), actor)

    on_card = request.action.get("action_id") == Action.ENROLL
    return Say(await request.perform(work), replace=not on_card)


async def on_undo(request: Request) -> Answer:
    """Take an enrolment back."""
    causation_id = _id(request.value)

    def work(session: Session, actor: Actor, now: datetime) -> str:
        return take_back_enrolled(session, Undo(actor, causation_id), now)

    return Say(say(await request.perform(work)), replace=True)


def _plans(session: Session, actor: Actor, _now: datetime) -> Post:
    return plans_post(own_plans(session, actor.person_id), has_list=actor.has(*SELLING))


def _enroll_line(session: Session, actor: Actor, line: EnrollLine, now: datetime) -> Post:
    may_read_contacts(actor)
    if len(line.people) > MOST:
        raise UserError(f"That is more than {MOST} people. Import them from a file: handraiser import --enroll.")
    if line.anyway and not line.reason:
        raise UserError("Why all the same? Say it after “anyway”, like: anyway she changed jobs.")
    line = _with_rep(session, line)
    rep_id = _rep(session, line)
    meant: list[UUID] = []
    unclear: list[Unclear] = []
    for words in line.people:
        decision = decide(rank(words, find_contacts(session, words, actor.person_id, 2 * SHOWN)))
        if isinstance(decision, Match):
            meant.append(UUID(str(decision.ranked.candidate.id)))
        else:
            options = () if isinstance(decision, Nothing) else decision.options
            unclear.append(Unclear(words, tuple(one.candidate for one in options)[: 2 * SHOWN]))
    if not meant and len(unclear) == 1 and unclear[0].people:
        most = playbook(session).pool.max_contacts_per_account
        return choice_post(unclear[0], line, most)
    if not meant:
        return enrolled_post(None, actor, unclear)
    command = Enroll(actor, meant, rep_id, reason=line.reason, override=line.override)
    return _done(enroll(session, command, now), actor, unclear)


def _with_rep(session: Session, line: EnrollLine) -> EnrollLine:
    """The line with its rep, where "for sam", or an "@sam" that Slack left as it was, is one rep of ours."""
    if line.rep:
        return line
    if line.rep_unknown:
        user = _called(session, line.rep_unknown.replace(".", " "))
        return replace(line, rep=user, rep_unknown="") if user else line
    found = FOR_SOMEBODY.fullmatch(line.people[-1]) if line.people else None
    user = _called(session, found[2]) if found else None
    return replace(line, people=(*line.people[:-1], found[1]), rep=user) if found and user else line


def _called(session: Session, name: str) -> str | None:
    """The Slack user of the one rep whose name has these words; None for nobody. Raises ``UserError`` for several."""
    wanted = set(name.casefold().split())
    reps = [one for one in find_people(session, name, SELLING) if wanted <= set(one.name.casefold().split())]
    if len(reps) > 1:
        names = " or ".join(one.name for one in reps[:SHOWN])
        raise UserError(f"For whom, {names}? Pick the rep from the names that Slack offers after the @.")
    rep = find_actor(session, person_id=reps[0].id) if reps else None
    return rep.slack_user_id if rep is not None else None


def _rep(session: Session, line: EnrollLine) -> UUID | None:
    """Whose list it is; None for one's own."""
    if line.rep_unknown:
        raise UserError(f"Who is @{line.rep_unknown}? Pick the rep from the names that Slack offers after the @.")
    if not line.rep:
        return None
    rep = find_actor(session, slack_user_id=line.rep)
    if rep is None:
        raise NotFound("That rep is not on the team. An admin can add them.")
    return rep.person_id


def _done(enrolled: Enrolled, actor: Actor, unclear: list[Unclear] | None = None) -> Post:
    return enrolled_post(enrolled, actor, unclear or [])


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This button is too old. Type /enroll and the name.") from None
