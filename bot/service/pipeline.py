"""``/pipeline``: who may see what, what the words mean, the report, the rows, the file (process §9).

What must stay true: whose facts count is decided here, by the roles of this moment, for every request and every
button: a rep and an account executive see their own, a manager their teams', an admin all. Marketing sees the figures
of the whole, by source, and neither names nor rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.queries.pipeline_lens import NumberRows, Report, number_rows, report
from bot.db.queries.pipeline_names import is_member, led_teams, name_of, person_names, person_of_slack, team_names
from bot.domain.commands import Actor
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.metrics import Number, Scope
from bot.domain.metrics_period import read_period
from bot.domain.metrics_question import (
    Asked,
    Kind,
    Name,
    NotUnderstood,
    Question,
    find_names,
    resembling,
    take_apart,
    usual_period,
)
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.domain.terms import Role, Source
from bot.outbox.enqueue import tell
from bot.service.access import may_read_contacts
from bot.service.context import playbook

MENU: Final = 100
"""What one Slack menu holds."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far somebody sees: everyone, or the members of ``teams`` and themselves.

    ``figures``: besides, the figures of the whole company, without anybody's name.
    """

    everyone: bool
    teams: tuple[UUID, ...]
    figures: bool = False


def understand(session: Session, actor: Actor, text: str, now: datetime) -> Question | NotUnderstood:
    """What was typed after ``/pipeline``, as a question. Raises ``NotAllowed``."""
    may_read_contacts(actor)
    today = _today(actor, now)
    asked = take_apart(text, today)
    if asked.fault:
        raise NotFound(asked.fault)
    _may_mean_many(session, actor, asked)
    found = find_names(asked, _all_names(session)) if asked.named or asked.rest else []
    if isinstance(found, NotUnderstood):
        return _permitted(session, actor, found)
    kinds = [name.kind for name in found]
    if len(set(kinds)) < len(kinds):
        return NotUnderstood(" ".join(name.text for name in found), tuple(found), several=True)
    question = _with_names(Question(asked.period or usual_period(today)), found)
    if asked.slack_user_id is not None:
        person_id = person_of_slack(session, asked.slack_user_id)
        if person_id is None:
            raise NotFound("I don't know that person yet. Ask an admin to add them with their Slack e-mail address.")
        question = replace(question, person_id=person_id, team_id=None)
    elif asked.mine and not (asked.everyone or asked.my_team) and question.person_id is None:
        question = replace(question, person_id=actor.person_id, team_id=None)
    return question


def _may_mean_many(session: Session, actor: Actor, asked: Asked) -> None:
    """Raises ``NotAllowed`` where "everyone" or "my team" is asked by somebody who sees their own alone."""
    if asked.everyone or asked.my_team:
        reach = _reach(session, actor)
        if not (reach.everyone or reach.teams or reach.figures):
            raise NotAllowed(_too_far(reach))


def in_period(actor: Actor, question: Question, words: str, now: datetime) -> Question:
    """The same question of another period, given in words. Raises ``NotFound``."""
    period = read_period(words, _today(actor, now))
    if period is None:
        raise NotFound("I don't know that period. `/pipeline help` shows which I know.")
    return replace(question, period=period)


def scope_of(session: Session, actor: Actor, question: Question) -> Scope:
    """Whose facts count. Raises ``NotAllowed`` where the actor's roles do not cover them."""
    may_read_contacts(actor)
    reach = _reach(session, actor)
    if question.person_id is not None:
        own = question.person_id == actor.person_id
        if not (own or reach.everyone or is_member(session, question.person_id, reach.teams)):
            raise NotAllowed(_too_far(reach))
        return Scope(people=(question.person_id,))
    if question.team_id is not None:
        if not (reach.everyone or question.team_id in reach.teams):
            raise NotAllowed(_too_far(reach))
        return Scope(teams=(question.team_id,))
    if reach.everyone or reach.figures:
        return Scope(everyone=True)
    return Scope(people=(actor.person_id,), teams=reach.teams)


def results(session: Session, actor: Actor, question: Question, now: datetime) -> Report:
    """All figures. Raises ``NotAllowed``, ``Gone``."""
    scope = scope_of(session, actor, question)
    found = report(session, question, scope, _about(session, actor, question), actor.timezone, now)
    return replace(found, with_rows=not _only_figures(session, actor, question))


def rows_behind(
    session: Session, actor: Actor, question: Question, number: Number, offset: int, now: datetime
) -> NumberRows:
    """A page of the rows behind a number. Raises ``NotAllowed``, ``Gone``."""
    _may_see_rows(session, actor, question)
    scope, about = scope_of(session, actor, question), _about(session, actor, question)
    return number_rows(session, question, scope, about, number, actor.timezone, now, offset)


def send_rows(session: Session, actor: Actor, question: Question, number: Number, now: datetime) -> str:
    """Send the rows behind a number as a file, by direct message; the sentence to say so. Raises ``NotAllowed``."""
    _may_see_rows(session, actor, question)
    scope = scope_of(session, actor, question)
    facts: dict[str, str | int | float | bool | None] = {
        "question": question.encode(),
        "number": number.value,
        "scope": scope.encode(),
        "about": _about(session, actor, question),
        "zone": actor.timezone,
        "asked_at": now.isoformat(),
    }
    key = f"pipeline_file:{new_id()}"
    to = Address.person(actor.person_id)
    tell(session, Notice(NoticeKind.PIPELINE_FILE, to, key, str(actor.person_id), Priority.PERSON, facts))
    return "The file is on its way to you as a direct message."


def choices(session: Session, actor: Actor, typed: str) -> list[Name]:
    """Teams and people that may be chosen, those that resemble what is typed; at most what one menu holds."""
    may_read_contacts(actor)
    return resembling(typed, _visible(session, actor))[: MENU - 1]


def _reach(session: Session, actor: Actor) -> Reach:
    if actor.has(Role.ADMIN):
        return Reach(True, ())
    led = led_teams(session, actor.person_id) if actor.has(Role.MANAGER) else ()
    return Reach(False, led, figures=actor.has(Role.MARKETING))


def _only_figures(session: Session, actor: Actor, question: Question) -> bool:
    """Whether the actor may see the numbers of ``question``, and not who is behind them."""
    return question.person_id is None and question.team_id is None and _reach(session, actor).figures


def _may_see_rows(session: Session, actor: Actor, question: Question) -> None:
    if _only_figures(session, actor, question):
        raise NotAllowed(
            "You see the company's figures without names. The rows behind them are for managers and admins; "
            "`/pipeline me` shows your own."
        )


def _too_far(reach: Reach) -> str:
    if reach.figures and not reach.teams:
        return (
            "You see the company's figures, by source too: `/pipeline source webinar`; of single people only your own."
        )
    if reach.teams:
        return "You see the teams you lead and their people. `/pipeline` alone shows them all."
    return "You see your own results: `/pipeline` shows them."


def _visible(session: Session, actor: Actor) -> list[Name]:
    reach = _reach(session, actor)
    if reach.everyone:
        return team_names(session) + person_names(session)
    own = [Name(Kind.PERSON, actor.person_id.hex, actor.name)]
    if not reach.teams:
        return own
    people = person_names(session, reach.teams)
    theirs = people if own[0] in people else own + people
    return team_names(session, reach.teams) + theirs


def _all_names(session: Session) -> list[Name]:
    sources = [Name(Kind.SOURCE, source.value, source.value.replace("_", " ")) for source in Source]
    segments = [Name(Kind.SEGMENT, key, one.name) for key, one in playbook(session).icp.segments.items()]
    return team_names(session) + person_names(session) + sources + segments


def _permitted(session: Session, actor: Actor, missed: NotUnderstood) -> NotUnderstood:
    """Without guesses at names that the actor may not ask for."""
    visible = {(name.kind, name.key) for name in _visible(session, actor)}
    whose = (Kind.TEAM, Kind.PERSON)
    offers = [one for one in missed.offers if one.kind not in whose or (one.kind, one.key) in visible]
    return replace(missed, offers=tuple(offers), several=missed.several and len(offers) > 1)


def _with_names(question: Question, found: Sequence[Name]) -> Question:
    for name in found:
        match name.kind:
            case Kind.TEAM:
                question = replace(question, team_id=UUID(name.key))
            case Kind.PERSON:
                question = replace(question, person_id=UUID(name.key))
            case Kind.SOURCE:
                question = replace(question, source=Source(name.key))
            case Kind.SEGMENT:
                question = replace(question, segment_key=name.key)
    return replace(question, team_id=None) if question.person_id is not None else question


def _about(session: Session, actor: Actor, question: Question) -> str:
    """Whose results, and from where, in words."""
    parts = [_whose(session, actor, question)]
    if question.source is not None:
        parts.append(f"source {question.source.value.replace('_', ' ')}")
    if question.segment_key is not None:
        segment = playbook(session).icp.segments.get(question.segment_key)
        parts.append(f"segment {segment.name if segment else question.segment_key}")
    return ", ".join(parts)


def _whose(session: Session, actor: Actor, question: Question) -> str:
    if question.person_id is not None:
        return name_of(session, person_id=question.person_id) or "somebody"
    if question.team_id is not None:
        return f"team {name_of(session, team_id=question.team_id) or 'unknown'}"
    reach = _reach(session, actor)
    if reach.everyone or reach.figures:
        return "everyone"
    teams = [name.text for name in team_names(session, reach.teams)] if reach.teams else []
    return f"teams {', '.join(teams)}" if len(teams) > 1 else f"team {teams[0]}" if teams else actor.name


def _today(actor: Actor, now: datetime) -> date:
    return now.astimezone(ZoneInfo(actor.timezone)).date()
