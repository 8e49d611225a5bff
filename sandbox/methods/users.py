"""users.* and bots.info: who is here. Addresses need their own scope."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sandbox.api import Args, method, page
from sandbox.errors import SlackError
from sandbox.methods.lookup import member
from sandbox.state import Member

if TYPE_CHECKING:
    from sandbox.core import Sandbox


def user_wire(sandbox: Sandbox, person: Member) -> dict[str, Any]:
    """A member as Slack gives it; the address only with `users:read.email`."""
    offset = datetime.now(UTC).astimezone(ZoneInfo(person.tz)).utcoffset()
    first, _, last = person.real_name.partition(" ")
    profile: dict[str, Any] = {
        "title": person.title,
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": first,
        "last_name": last,
        "team": sandbox.ws.team_id,
    }
    if person.bot:
        profile |= {"bot_id": sandbox.ws.bot_id, "api_app_id": sandbox.ws.app_id}
    elif "users:read.email" in sandbox.manifest.scopes:
        profile["email"] = person.email
    return {
        "id": person.id,
        "team_id": sandbox.ws.team_id,
        "name": person.name.lower().replace(" ", "."),
        "deleted": person.deleted,
        "color": person.colour,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": person.guest,
        "is_ultra_restricted": False,
        "is_bot": person.bot,
        "is_app_user": False,
        "updated": 0,
    }


@method("users.info", takes="include_locale", required="user", scope="users:read", tier=4)
def info(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """One member."""
    return {"user": user_wire(sandbox, member(sandbox, args["user"]))}


@method("users.list", takes="cursor include_locale limit team_id", scope="users:read", tier=2)
def list_(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Every member, those who left and bots too."""
    some, cursor = page(list(sandbox.ws.members.values()), args)
    return {
        "members": [user_wire(sandbox, m) for m in some],
        "cache_ts": 0,
        "response_metadata": {"next_cursor": cursor},
    }


@method("users.lookupByEmail", required="email", scope="users:read.email", tier=3)
def by_email(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """A member by address; those who left are not found."""
    wanted = str(args["email"]).lower()
    for person in sandbox.ws.people():
        if person.email.lower() == wanted and not person.deleted:
            return {"user": user_wire(sandbox, person)}
    raise SlackError("users_not_found")


@method("bots.info", takes="bot team_id", scope="users:read", tier=3)
def bot(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """The app's bot."""
    ws = sandbox.ws
    if args.get("bot") and args["bot"] != ws.bot_id:
        raise SlackError("bot_not_found")
    name = ws.members[ws.bot_user].real_name
    return {"bot": {"id": ws.bot_id, "deleted": False, "name": name, "user_id": ws.bot_user, "app_id": ws.app_id}}
