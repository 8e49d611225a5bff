"""One workspace per database: the first one that is met, and no other."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.models import Setting
from bot.domain.errors import UserError
from bot.outbox.enqueue import insert_once

KEY = "workspace"


class OtherWorkspace(UserError):  # noqa: N818 — named for what happened
    """The database belongs to another Slack workspace."""


def meet_workspace(session: Session, team_id: str, team_name: str, now: datetime) -> None:
    """Note which workspace this database serves. Raises ``OtherWorkspace``."""
    session.execute(
        insert_once(session, Setting).values(
            key=KEY, value={"team_id": team_id, "name": team_name, "met_at": now.isoformat()}
        )
    )
    known = session.get_one(Setting, KEY).value
    if known["team_id"] != team_id:
        raise OtherWorkspace(
            f"This database serves the workspace {known['name']}; the token is for {team_name}. "
            "Use the token of the first, or an empty database."
        )
