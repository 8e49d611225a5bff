"""What the gate says of many people at once, in as many statements as of one (process §10).

What must stay true: it looks at the same facts as ``gate``, and besides at the e-mails of the day: to each company's
domain, whoever sent them, and from the rep's own mailbox.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import cast
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from bot.db.models import Consent, Contact, Suppression, Touch
from bot.db.queries.gate import Whom, subject_of
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
from bot.domain.matching import is_free_mail, registrable_domain
from bot.domain.terms import Channel, Outcome
from bot.playbook.schema import Playbook

_SUPPRESSED = select(Suppression.kind, Suppression.value_hash, Suppression.covers, Suppression.reason).where(
    Suppression.value_hash.in_(bindparam("hashes", expanding=True))
)
_CONSENTED = select(Consent.contact_id, Consent.basis, Consent.expires_at, Consent.withdrawn_at).where(
    Consent.contact_id.in_(bindparam("contacts", expanding=True))
)
_MAILED = (
    select(Touch.person_id, Contact.email)
    .join(Contact, Contact.id == Touch.contact_id)
    .where(
        or_(
            Touch.account_id.in_(bindparam("accounts", expanding=True)),
            (Touch.person_id == bindparam("rep")) & (Touch.happened_at >= bindparam("since")),
        ),
        Touch.local_date == bindparam("today"),
        Touch.channel == Channel.EMAIL,
        Touch.outcome == Outcome.SENT,
        Touch.undone_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class MailDay:
    """The e-mails of a day so far. ``ends_at``: when the counts begin anew, aware UTC."""

    from_mailbox: int
    to_domain: Mapping[str, int]
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to ask the gate about, and for which channel."""

    whom: Whom
    channel: Channel


def company_domain_of(email: str | None) -> str | None:
    """The company domain an address belongs to; None for a free-mail address or none at all."""
    if not email:
        return None
    return _company(email.rpartition("@")[2].lower())


@lru_cache(maxsize=8192)
def _company(host: str) -> str | None:
    return None if is_free_mail(host) else registrable_domain(host) or host


def mail_day(
    session: Session, person_id: UUID, accounts: Sequence[UUID], today: date, span: tuple[datetime, datetime]
) -> MailDay:
    """Count today's e-mails from the rep's mailbox and to the domains of ``accounts``; ``span``: the rep's day."""
    rows = run(session, _MAILED, accounts=list(accounts), rep=person_id, since=span[0], today=today).all()
    domains = (company_domain_of(row.email) for row in rows)
    mine = sum(row.person_id == person_id for row in rows)
    return MailDay(mine, Counter(domain for domain in domains if domain), span[1])


def gate_many(
    session: Session, rules: Playbook, asked: Sequence[Asked], day: MailDay, now: datetime
) -> dict[tuple[UUID, Channel], Verdict]:
    """What the gate says at ``now`` of each contact and channel."""
    keys = {value_hash for one in asked for _, value_hash in suppression_keys(one.whom.email, one.whom.phone)}
    rows = run(session, _SUPPRESSED, hashes=sorted(keys)).all() if keys else []
    entries = [Suppressed(cast(Kind, row.kind), row.value_hash, cast(Covers, row.covers), row.reason) for row in rows]
    written = [one.whom.contact_id for one in asked if one.channel is Channel.EMAIL]
    consents: dict[UUID, list[Consented]] = {}
    for row in run(session, _CONSENTED, contacts=written).all() if written else []:
        consents.setdefault(row.contact_id, []).append(Consented(row.basis, row.expires_at, row.withdrawn_at))
    return {
        (one.whom.contact_id, one.channel): may_touch(
            one.channel, _subject(one.whom, tuple(consents.get(one.whom.contact_id, ())), day), entries, rules, now
        )
        for one in asked
    }


def _subject(whom: Whom, consents: tuple[Consented, ...], day: MailDay) -> Subject:
    return replace(
        subject_of(whom, consents),
        mails_to_domain=day.to_domain.get(company_domain_of(whom.email) or "", 0),
        mails_from_mailbox=day.from_mailbox,
        mail_day_ends_at=day.ends_at,
    )
