"""What the gate says of touching one person: the one place that gathers what it looks at (process §10).

What must stay true: every card, reminder, enrolment and logged touch asks by the same facts, so that no two of them
disagree; consents are read only where an e-mail is asked about. Each statement is built once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Consent, Contact, Suppression
from bot.db.rows import run
from bot.domain.compliance import (
    Consented,
    Covers,
    Kind,
    Subject,
    Suppressed,
    Verdict,
    may_touch,
    suppression_keys,
)
from bot.domain.terms import Channel, Stage
from bot.playbook.schema import Playbook

_KEYS = 4
"""An address, its host, the company's domain, a number: what one person can be suppressed by."""
_SUPPRESSED = select(Suppression.kind, Suppression.value_hash, Suppression.covers, Suppression.reason).where(
    # a list of any length would be put together anew each time
    Suppression.value_hash.in_([bindparam(f"hash_{number}") for number in range(_KEYS)])
)
_CONSENTED = select(Consent.basis, Consent.expires_at, Consent.withdrawn_at).where(
    Consent.contact_id == bindparam("contact")
)


@dataclass(frozen=True, slots=True)
class Whom:
    """The columns of a contact that the gate looks at. ``account_country`` counts where theirs is not known."""

    contact_id: UUID
    email: str | None
    phone: str | None
    timezone: str | None
    country: str | None
    account_country: str | None
    stage: Stage


def gate_subject(contact: Contact, account: Account | None) -> Whom:
    """Whom to ask about, from their rows."""
    return Whom(
        contact_id=contact.id,
        email=contact.email,
        phone=contact.phone,
        timezone=contact.timezone,
        country=contact.country,
        account_country=account.country if account else None,
        stage=contact.stage,
    )


def gate(session: Session, rules: Playbook, whom: Whom, now: datetime, *channels: Channel) -> tuple[Verdict, ...]:
    """What the gate says at ``now`` of each of ``channels``, in their order."""
    keys = suppression_keys(whom.email, whom.phone)
    entries = _suppressed(session, keys) if keys else []
    consents = _consents(session, whom.contact_id) if Channel.EMAIL in channels else ()
    subject = subject_of(whom, consents)
    return tuple(may_touch(channel, subject, entries, rules, now) for channel in channels)


def subject_of(whom: Whom, consents: tuple[Consented, ...]) -> Subject:
    """Somebody as the gate looks at them; the e-mails of the day are left open."""
    return Subject(
        email=whom.email,
        phone=whom.phone,
        timezone=whom.timezone,
        country=whom.country,
        company_country=whom.account_country,
        cold=whom.stage in (Stage.ANONYMOUS, Stage.PROSPECT),
        consents=consents,
    )


def _suppressed(session: Session, keys: list[tuple[Kind, str]]) -> list[Suppressed]:
    hashes = [value_hash for _, value_hash in keys]
    rows = run(session, _SUPPRESSED, **{f"hash_{number}": hashes[number % len(hashes)] for number in range(_KEYS)})
    return [Suppressed(cast(Kind, row.kind), row.value_hash, cast(Covers, row.covers), row.reason) for row in rows]


def _consents(session: Session, contact_id: UUID) -> tuple[Consented, ...]:
    return tuple(Consented(*row) for row in run(session, _CONSENTED, contact=contact_id))
