"""First contact: what to do first, told once to somebody who is set up and known to Slack.

What must stay true: nobody is greeted twice, whoever sets them up, however often; nobody without a role is greeted.
"""

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from bot.db.models import Person, PersonRole
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.outbox.enqueue import tell


def greet_newcomers(session: Session, now: datetime) -> int:
    """Greet everybody who can be told for the first time what their role does first; how many."""
    session.flush()
    new = (
        Person.active.is_(True),
        Person.slack_user_id.is_not(None),
        Person.greeted_at.is_(None),
        exists().where(PersonRole.person_id == Person.id),
    )
    if session.scalar(select(Person.id).where(*new).limit(1)) is None:
        return 0
    greeted = session.scalars(
        update(Person)
        .where(*new)
        .values(greeted_at=now)
        .returning(Person.id)
        .execution_options(synchronize_session=False)
    ).all()
    for person_id in greeted:
        to = Address.person(person_id)
        tell(session, Notice(NoticeKind.GREETING, to, f"greeting:{person_id}", str(person_id), Priority.BULK))
    return len(greeted)
