"""A time said in the contact's own zone, or in a place nobody knows: read once it is known who is meant.

What must stay true: the rep's zone is never taken for theirs in silence; where theirs is not sure, it is asked.
"""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.domain.commands import Actor
from bot.domain.places import candidate_zones
from bot.domain.time_words import When, find_when
from bot.domain.time_zones import say_zone, zone_of
from bot.domain.touch_pending import Ask, Elsewhere, PendingOption, PendingQuestion, PendingTouch
from bot.service.touch_subject import TouchSubject, read_subject

_MOST_READINGS = 8


def settle_places(session: Session, actor: Actor, pending: PendingTouch, now: datetime) -> PendingTouch:
    """``pending`` with its times read where the contact is, or with the question where that is."""
    due = [one for one in pending.elsewhere if getattr(pending, one.fact) is not None]
    if not due or pending.contact_id is None:
        return pending
    them = read_subject(session, pending.contact_id)
    for said in due:
        pending = _settled(actor, pending, said, them, pending.happened_at or now)
    return pending


def _settled(actor: Actor, pending: PendingTouch, said: Elsewhere, them: TouchSubject, typed: datetime) -> PendingTouch:
    rest = tuple(one for one in pending.elsewhere if one is not said)
    zones = candidate_zones(them.timezone, them.phone, them.country, them.account_country)
    readings = _readings(said.words, zones, typed)
    if len(readings) == 1 and not said.place:
        (when,) = readings
        told = f"{_in(when)} taken as {them.name}'s time"
        return pending.with_(**{said.fact: when.at}, assumed=(*pending.assumed, told, *when.assumed), elsewhere=rest)
    own = find_when(said.words, typed, actor.timezone)
    options = [_option(when, actor, "") for when in readings[:_MOST_READINGS]]
    if own is not None:
        options.append(_option(own.when, actor, "my own time, "))
    why = f"I know no time zone called “{said.place}”." if said.place else f"I am not sure where {them.name} is."
    question = PendingQuestion(kind=Ask.WHEN, options=tuple(options), about=said.words, why=why, fact=said.fact)
    others = tuple(one for one in pending.questions if one.kind is not Ask.WHEN or one.fact != said.fact)
    return pending.with_(questions=(question, *others))


def _readings(words: str, zones: tuple[str, ...], typed: datetime) -> list[When]:
    """What the words mean in each zone, one for each instant, the earliest first."""
    found: dict[datetime, When] = {}
    for tz in zones:
        read = find_when(words, typed, tz)
        if read is not None:
            found.setdefault(read.when.at, read.when)
    return [found[at] for at in sorted(found)]


def _in(when: When) -> str:
    return f"{when.at.astimezone(zone_of(when.tz)):%a %-d %b %H:%M} {say_zone(when.tz)} time"


def _option(when: When, actor: Actor, prefix: str) -> PendingOption:
    local = f"{when.at.astimezone(zone_of(actor.timezone)):%a %-d %b %H:%M}"
    label = f"{local}, {prefix.removesuffix(', ')}" if prefix else f"{_in(when)} ({local} yours)"
    return PendingOption(label=label, value=when.at.astimezone(UTC).isoformat())
