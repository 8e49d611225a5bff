"""The gate before every due touch: may we, and if not, why and until when (process §10).

What must stay true: a suppression beats everything; where the law refuses, the gate refuses; where only custom
is against it, the gate warns; an unknown place counts as its strictest candidate.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from bot.domain.business_time import is_holiday
from bot.domain.matching import is_free_mail, normalise_email, registrable_domain
from bot.domain.places import candidate_zones, country_zones, number_from_abroad, phone_country
from bot.domain.terms import Channel
from bot.playbook.schema import CallingHours, Playbook
from bot.playbook.schema.base import WEEKDAYS

Kind = Literal["email", "domain", "phone"]
Covers = Literal["all", "email", "call"]

_LOOK_AHEAD_DAYS = 8  # a week and a day: every weekday comes round once


@dataclass(frozen=True, slots=True)
class Allowed:
    """Nothing speaks against the touch."""


@dataclass(frozen=True, slots=True)
class Warned:
    """The touch is allowed but something speaks against it; ``reason`` is a plain sentence or several."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The touch must not happen; ``until`` (UTC) is when it may, or None if that does not come by waiting.

    ``for_good``: somebody's no or a do-not-call list, not the hour or the day's measure.
    """

    reason: str
    until: datetime | None = None
    for_good: bool = False


Verdict = Allowed | Warned | Refused


@dataclass(frozen=True, slots=True)
class Suppressed:
    """One entry of the suppression list, as stored: the key only as its hash."""

    kind: Kind
    value_hash: str
    covers: Covers = "all"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Consented:
    """On what ground somebody may be written to. Times are aware; no expiry means it does not run out."""

    basis: str
    expires_at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a touch is meant for, as far as the gate looks at them.

    ``company_country`` counts where ``country``, their own, is not known. ``cold``: they did not raise a hand.
    ``listed``: found on a national do-not-call list; ``list_checked_at``: when that was last looked up. The mail
    counts are today's, ``mail_day_ends_at`` when they start anew.
    """

    email: str | None = None
    phone: str | None = None
    timezone: str | None = None
    country: str | None = None
    company_country: str | None = None
    cold: bool = False
    consents: tuple[Consented, ...] = ()
    listed: bool = False
    list_checked_at: datetime | None = None
    mails_to_domain: int = 0
    mails_from_mailbox: int = 0
    mail_day_ends_at: datetime | None = None

    @property
    def place(self) -> str | None:
        """The country to go by: theirs, else the company's."""
        return self.country or self.company_country


def email_key(email: str) -> str:
    """Return the key of an address for suppression: as it is compared, also if it is not quite an address."""
    return normalise_email(email) or email.strip().lower()


def domain_key(text: str) -> str:
    """Return the key of a domain, host, URL or address for suppression: its registrable domain."""
    return registrable_domain(text) or text.strip().lower()


def phone_key(phone: str) -> str:
    """Return the key of a phone number for suppression: its digits, with a leading + where there is one."""
    text = phone.strip()
    return ("+" if text.startswith("+") else "") + re.sub(r"\D", "", text)


def key_hash(kind: Kind, key: str) -> str:
    """Return what is stored of a key: SHA-256, hex, so that erasing a person keeps the no (process §10)."""
    return hashlib.sha256(f"{kind}:{key}".encode()).hexdigest()


def suppression_keys(email: str | None, phone: str | None) -> list[tuple[Kind, str]]:
    """Return (kind, hash) of every entry that would stop this person: address, its domain, phone."""
    keys: list[tuple[Kind, str]] = []
    if email:
        keys.append(("email", key_hash("email", email_key(email))))
        host = email_key(email).rpartition("@")[2]
        keys.extend(("domain", key_hash("domain", name)) for name in dict.fromkeys((host, domain_key(host))) if name)
    if phone:
        keys.append(("phone", key_hash("phone", phone_key(phone))))
    return keys


def may_touch(
    channel: Channel, subject: Subject, suppressions: Collection[Suppressed], playbook: Playbook, now: datetime
) -> Verdict:
    """Ask the gate. ``suppressions`` may be the whole list or only the entries under `suppression_keys`."""
    stopped = _suppressed(channel, subject, suppressions)
    if stopped:
        return stopped
    if channel in (Channel.CALL, Channel.VOICEMAIL):
        return _may_call(subject, playbook, now)
    if channel is Channel.EMAIL:
        return _may_write(subject, playbook, now)
    return Allowed()


def _suppressed(channel: Channel, subject: Subject, suppressions: Collection[Suppressed]) -> Refused | None:
    if not suppressions:
        return None
    covers = {"all"}
    if channel is Channel.EMAIL:
        covers.add("email")
    elif channel in (Channel.CALL, Channel.VOICEMAIL):
        covers.add("call")
    keys = set(suppression_keys(subject.email, subject.phone))
    for entry in suppressions:
        if entry.covers in covers and (entry.kind, entry.value_hash) in keys:
            return Refused(_no_longer(channel, entry), for_good=True)
    return None


def _no_longer(channel: Channel, entry: Suppressed) -> str:
    """Say what must not be done, to whom and why: a call is refused in words about calls."""
    done = {Channel.EMAIL: "written to", Channel.CALL: "called", Channel.VOICEMAIL: "called"}.get(channel, "contacted")
    whom = "They are not" if channel is not Channel.EMAIL else "This address is not"
    if entry.kind == "domain":
        whom = "Nobody at their company is"
    why = entry.reason.strip().rstrip(".")
    return f"{whom} to be {done}: {why}." if why else f"{whom} to be {done}."


def _may_call(subject: Subject, playbook: Playbook, now: datetime) -> Verdict:
    rules = playbook.compliance
    if subject.listed:
        return Refused("The number is on a national do-not-call list.", for_good=True)
    country = subject.place or phone_country(subject.phone)
    if subject.cold and country in rules.do_not_call_countries:
        checked = subject.list_checked_at
        if checked is None or now - checked > rules.do_not_call_recheck:
            days = rules.do_not_call_recheck.days
            return Refused(f"The do-not-call list of {country} was not checked in the last {days} days.")
    zones = candidate_zones(subject.timezone, subject.phone, subject.country, subject.company_country)
    warnings: list[str] = []
    abroad = None if subject.timezone in zones else number_from_abroad(subject.phone, subject.country)
    if abroad:
        warnings.append(f"Their number is from {abroad}, they themselves from {country}: I go by both.")
    if not zones:
        zones = country_zones(playbook.people.country) or (playbook.people.timezone,)
        warnings.append("We do not know where they are.")
    late = [name for name in zones if not _legal(now, name, rules.calls)]
    if late:
        reason = _clock_says(now, late[0], len(zones)) + _legal_hours(rules.calls)
        return Refused(" ".join([reason, *warnings]), _opens(now, zones, rules.calls))
    warnings.extend(_custom(now, zones, country, rules.calls))
    return Warned(" ".join(warnings)) if warnings else Allowed()


def _legal(now: datetime, name: str, hours: CallingHours) -> bool:
    return hours.legal_from <= _local(now, name).time() < hours.legal_until


def _local(now: datetime, name: str) -> datetime:
    return now.astimezone(_zone(name))


@cache
def _zone(name: str) -> ZoneInfo:
    """A country has more zones than ``ZoneInfo`` keeps at hand, and reading them anew each time is slow."""
    return ZoneInfo(name)


def _clock_says(now: datetime, name: str, candidates: int) -> str:
    clock = _local(now, name).strftime("%H:%M")
    if candidates > 1:  # a town among many says nothing to anybody who does not live there
        return f"It may be {clock} where they are"
    return f"It is {clock} where they are ({name.rpartition('/')[2].replace('_', ' ')})"


def _legal_hours(hours: CallingHours) -> str:
    return f"; calls are lawful from {hours.legal_from:%H:%M} to {hours.legal_until:%H:%M}."


def _opens(now: datetime, zones: Collection[str], hours: CallingHours) -> datetime | None:
    """Return the next instant that is lawful in every candidate zone; None if there is none in common."""
    opening: set[datetime] = set()  # many zones of a country open at the same instant
    for name in zones:
        today = datetime.combine(_local(now, name), hours.legal_from, _zone(name))
        opening |= {(today + timedelta(days=step)).astimezone(UTC) for step in range(_LOOK_AHEAD_DAYS)}
    lawful = (at for at in sorted(opening) if at > now and all(_legal(at, name, hours) for name in zones))
    return next(lawful, None)


def _custom(now: datetime, zones: Collection[str], country: str | None, hours: CallingHours) -> list[str]:
    """Return what speaks against a lawful call: the hour, the weekday or a holiday, in any candidate zone."""
    for name in zones:
        local = _local(now, name)
        if WEEKDAYS[local.weekday()] not in hours.days:
            return [f"It is {local:%A} where they are."]
        if is_holiday(country, local.date()):
            return [f"It is a public holiday in {country}."]
        if not _between(hours.default_from, local.time(), hours.default_until):
            return [_clock_says(now, name, len(zones)) + ", outside our calling hours."]
    return []


def _between(first: time, at: time, last: time) -> bool:
    return first <= at < last


def _may_write(subject: Subject, playbook: Playbook, now: datetime) -> Verdict:
    rules = playbook.compliance
    if any(consent.withdrawn_at and consent.withdrawn_at <= now for consent in subject.consents):
        return Refused("They withdrew their consent.")
    warnings: list[str] = []
    if subject.cold and not _has_consent(subject, playbook, now):
        places = _mail_countries(subject)
        needing = sorted(places & set(rules.consent_countries))
        if needing:
            return Refused(f"E-mail to somebody in {needing[0]} who did not ask needs their consent first.")
        if not places:
            warnings.append("We do not know their country, and some ask for consent before a first e-mail.")
    full = _too_many(subject, playbook)
    if full:
        return full
    return Warned(" ".join(warnings)) if warnings else Allowed()


def _too_many(subject: Subject, playbook: Playbook) -> Refused | None:
    rules = playbook.compliance
    # Many people share a free-mail domain; it is no company's.
    shared = bool(subject.email) and is_free_mail(str(subject.email).rpartition("@")[2].lower())
    if not shared and subject.mails_to_domain >= rules.emails_per_domain_per_day:
        reason = f"Today's {rules.emails_per_domain_per_day} e-mails to this company's domain are sent."
        return Refused(reason, subject.mail_day_ends_at)
    if subject.mails_from_mailbox >= rules.emails_per_mailbox_per_day:
        reason = f"Today's {rules.emails_per_mailbox_per_day} e-mails from this mailbox are sent."
        return Refused(reason, subject.mail_day_ends_at)
    return None


def _has_consent(subject: Subject, playbook: Playbook, now: datetime) -> bool:
    return any(
        consent.basis in playbook.compliance.consent_bases and (consent.expires_at is None or consent.expires_at > now)
        for consent in subject.consents
    )


def _mail_countries(subject: Subject) -> set[str]:
    """Return every country somebody may be in: the known one, else those of the number and the address."""
    if subject.place:
        return {subject.place.upper()}
    ending = (subject.email or "").rpartition(".")[2].upper()
    by_address = "GB" if ending == "UK" else ending
    found = {phone_country(subject.phone), by_address if country_zones(by_address) else None}
    return {country for country in found if country}
