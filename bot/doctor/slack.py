"""Looks at Slack: token, scopes, Socket Mode, channels, clock."""

from collections.abc import AsyncIterator, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clocks import protocol_now
from bot.doctor.check import Check, fail, ok, warn
from bot.playbook.schema import Playbook
from bot.settings import SLACK, Settings
from bot.slack.errors import code_of

MANIFEST = Path(__file__).resolve().parents[2] / "manifest.yaml"
SKEW_SECONDS = 60
"""Slack refuses nothing before five minutes; a minute says that the clock is not kept."""
PAGE = 200
_TOKEN_MEND = "Reinstall the app and copy the token from OAuth & Permissions."  # noqa: S105 — a sentence
_REACH = (SlackClientError, OSError, TimeoutError)


async def meet_slack(settings: Settings, client: AsyncWebClient) -> tuple[Check, AsyncSlackResponse | None]:
    """Whether Slack knows the token, and its answer if it does."""
    name = "token"
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        return fail(name, f"Slack refuses SLACK_BOT_TOKEN ({code_of(error)}).", _TOKEN_MEND), None
    except _REACH as error:
        where = "" if settings.slack_api_url == SLACK else f" at {settings.slack_api_url}"
        sentence = f"Slack{where} does not answer ({type(error).__name__})."
        return fail(name, sentence, "Check the network and SLACK_API_URL."), None
    return ok(name, f"Slack knows the bot as {answer['user']} in {answer['team']}."), answer


async def look_at_slack(
    settings: Settings, client: AsyncWebClient, playbook: Playbook, headers: Mapping[str, Any]
) -> AsyncIterator[Check]:
    """What can be seen once Slack knows the token; ``headers`` are those of an answer."""
    yield look_at_scopes(headers)
    yield look_at_clock(headers)
    if settings.socket_mode:
        yield await _socket_mode(client, settings.slack_app_token.get_secret_value())
    try:
        async for check in _channels(client, playbook):
            yield check
    except SlackApiError as error:
        yield fail(
            "channels", f"Slack does not list its channels ({code_of(error)}).", "Reinstall the app from manifest.yaml."
        )
    except _REACH as error:
        yield fail("channels", f"Slack stopped answering ({type(error).__name__}).", "Try again in a minute.")


def wanted_scopes(manifest: Path = MANIFEST) -> frozenset[str]:
    """The bot scopes of the manifest. Raises ``FileNotFoundError``."""
    content = YAML(typ="safe").load(manifest.read_text(encoding="utf-8"))
    return frozenset(content["oauth_config"]["scopes"]["bot"])


def look_at_scopes(headers: Mapping[str, Any], manifest: Path = MANIFEST) -> Check:
    """Whether the token has the manifest's scopes; Slack names a token's own in a header of each answer."""
    name = "scopes"
    given = headers.get("x-oauth-scopes")
    if given is None:
        return warn(name, "Slack did not say which scopes the token has.", "Compare them with manifest.yaml by hand.")
    try:
        wanted = wanted_scopes(manifest)
    except FileNotFoundError:
        return warn(name, "manifest.yaml is not here to compare with.", "Run the doctor from Handraiser's checkout.")
    has = frozenset(part.strip() for part in str(given).split(",") if part.strip())
    if missing := sorted(wanted - has):
        mend = "Put manifest.yaml into the app's settings (App Manifest), reinstall it, and copy the new token."
        return fail(name, f"The token lacks {', '.join(missing)}.", mend)
    if more := sorted(has - wanted):
        return warn(
            name, f"The token may do more than it needs: {', '.join(more)}.", "Remove the scopes and reinstall the app."
        )
    return ok(name, "The token has the scopes of the manifest, and no other.")


def look_at_clock(headers: Mapping[str, Any]) -> Check:
    """How far this machine's clock is from Slack's, by the date of an answer."""
    name = "clock"
    date = headers.get("Date")
    if not date:
        return warn(
            name, "Slack's answer had no date to compare the clock with.", "Check that the clock is kept (NTP)."
        )
    off = round((protocol_now() - parsedate_to_datetime(str(date))).total_seconds())
    if abs(off) > SKEW_SECONDS:
        way = "ahead of" if off > 0 else "behind"
        mend = "Have the clock kept (NTP): Slack's signatures are refused when it is off."
        return fail(name, f"This machine's clock is {abs(off)} s {way} Slack's.", mend)
    return ok(name, "This machine's clock is right.")


async def _socket_mode(client: AsyncWebClient, token: str) -> Check:
    try:
        await client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        return fail(
            "socket mode",
            f"Slack refuses SLACK_APP_TOKEN ({code_of(error)}).",
            "Make an app-level token with the scope connections:write, and switch Socket Mode on.",
        )
    except _REACH as error:
        return fail("socket mode", f"Slack does not answer ({type(error).__name__}).", "Try again in a minute.")
    return ok("socket mode", "Slack accepts the app token.")


def wanted_channels(playbook: Playbook) -> list[str]:
    """The names of the playbook's channels, without #."""
    named = playbook.channels.model_dump().values()
    return sorted({str(name).removeprefix("#") for name in named if name})


async def _channels(client: AsyncWebClient, playbook: Playbook) -> AsyncIterator[Check]:
    found: dict[str, bool] = {}
    cursor: str | None = None
    while cursor != "":
        page = await client.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=PAGE, cursor=cursor
        )
        found |= {channel["name"]: bool(channel.get("is_member")) for channel in page["channels"]}
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
    for name in wanted_channels(playbook):
        yield channel_check(name, found.get(name))


def channel_check(name: str, member: bool | None) -> Check:
    """One channel: None where Slack does not show it, else whether the bot is in it."""
    if member is None:
        return fail(
            "channels",
            f"The playbook names #{name}, and the bot sees no such channel.",
            f"Create #{name} (or name another in playbook.yaml), and write there: /invite @Handraiser",
        )
    if not member:
        return fail("channels", f"The bot is not in #{name}.", f"Write in #{name}: /invite @Handraiser")
    return ok("channels", f"The bot is in #{name}.")
