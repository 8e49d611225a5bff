"""Looks at what needs neither Slack nor the database: settings, playbook."""

from collections.abc import Iterator

from bot.doctor.check import Check, fail, ok, warn
from bot.intake.form import form_key
from bot.playbook.load import PlaybookError, default_playbook, load_file
from bot.playbook.schema import Playbook
from bot.settings import Settings


def look_at_settings(settings: Settings) -> Iterator[Check]:
    """What is set and what is not; values that cannot be read were refused before."""
    name = "settings"
    missing = settings.missing_for_slack()
    for problem in missing:
        sentence, _, mend = problem.partition(". ")
        yield fail(name, sentence + ".", mend)
    if not missing:
        yield ok(name, f"The settings are complete ({'Socket Mode' if settings.socket_mode else 'HTTP'}).")
    if not settings.socket_mode and settings.slack_signing_secret and not settings.public_url.startswith("https://"):
        yield warn(name, "PUBLIC_URL is no https address, and Slack must reach this bot.", "Set PUBLIC_URL.")
    if not settings.intake_secret and not settings.intake_form_keys:
        yield warn(
            "intake",
            "Neither INTAKE_SECRET nor INTAKE_FORM_KEYS is set, so no lead can come in from the web.",
            "Set INTAKE_SECRET for webhooks, INTAKE_FORM_KEYS for plain forms; .env.example shows how.",
        )
        return
    yield ok("intake", f"Leads can come in by {'webhooks and forms' if settings.intake_secret else 'forms'}.")
    yield ok("form", f"A form on your website posts to {_form_address(settings)}")


def _form_address(settings: Settings) -> str:
    """Where a form posts to: with a key of the settings, or the one that belongs to the newest secret."""
    key = settings.intake_form_keys[0] if settings.intake_form_keys else form_key(settings.intake_secrets[0])
    begin = settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    return f"{begin}/intake/form/{key}"


def look_at_playbook(settings: Settings) -> tuple[Check, Playbook]:
    """The check, and the playbook to look on with: the file's, or the defaults where it cannot be used."""
    name = "playbook"
    path = settings.playbook
    if not path.exists():
        mend = "Copy bot/playbook/default.yaml to it, or set PLAYBOOK."
        return warn(
            name, f"There is no {path}; what was stored last, or else the defaults, hold.", mend
        ), default_playbook()
    try:
        playbook = load_file(path)
    except PlaybookError as error:
        first = error.problems[0]
        more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
        sentence = f"{path.name} line {first.line}, {first.path or 'the file'}: {first.message.rstrip('.')}{more}."
        return fail(name, sentence, f"{first.fix} All of it: handraiser playbook check"), default_playbook()
    return ok(name, f"{path.name} is valid."), playbook
