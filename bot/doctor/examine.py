"""The whole examination, in the order in which things are mended."""

from collections.abc import AsyncIterator
from pathlib import Path

from bot.doctor.check import Check, fail
from bot.doctor.database import look_at_database
from bot.doctor.files import look_at_playbook, look_at_settings
from bot.doctor.slack import look_at_slack, meet_slack
from bot.settings import ENV_FILE, SettingsError, load_settings
from bot.slack.client import drain, make_client, make_session


async def examine(env_file: Path | str | None = ENV_FILE) -> AsyncIterator[Check]:
    """Every check as it is done. Changes nothing, neither here nor in Slack."""
    try:
        settings = load_settings(env_file)
    except SettingsError as error:
        for problem in error.problems:
            sentence, _, mend = problem.partition(". ")
            yield fail("settings", sentence + ".", mend)
        return
    for check in look_at_settings(settings):
        yield check
    playbook_check, playbook = look_at_playbook(settings)
    yield playbook_check
    team_id: str | None = None
    if settings.slack_bot_token:
        session = make_session()
        client = make_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
        try:
            met, answer = await meet_slack(settings, client)
            yield met
            if answer is not None:
                team_id = str(answer["team_id"])
                async for check in look_at_slack(settings, client, playbook, answer.headers):
                    yield check
        finally:
            await drain(session)
    for check in look_at_database(settings.database_url, playbook, team_id):
        yield check
