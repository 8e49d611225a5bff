"""The environment, read once into a frozen `Settings`.

What must stay true: nothing is read at import; every problem is told at once, by the variable's name and with the way
out; a secret is never part of a message or a representation.
"""

import base64
import binascii
import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PositiveInt, SecretStr, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SLACK = "https://slack.com/api/"
DEFAULT_DATABASE = "sqlite:///handraiser.db"
ENV_FILE = ".env"


class SettingsError(Exception):
    """The settings cannot be used; ``problems`` has a sentence for each variable, ``str()`` all of them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def refuse(sentence: str, mend: str) -> PydanticCustomError:
    """A problem with one variable: what is wrong (following its name) and the way out."""
    return PydanticCustomError("setting", "{sentence}", {"sentence": sentence, "mend": mend})


def _only_here(variable: str, sentence: str, mend: str) -> PydanticCustomError:
    return PydanticCustomError("setting", "{sentence}", {"variable": variable, "sentence": sentence, "mend": mend})


def is_loopback(url: str) -> bool:
    """Whether ``url`` leads to this very machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _token(prefix: str, where: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not value.get_secret_value().startswith(f"{prefix}-"):
            raise refuse(f"does not begin with {prefix}-", f"Copy it from {where} in your Slack app's settings.")
        return value

    return AfterValidator(check)


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise refuse("is not a web address", "Write it whole, like https://handraiser.example.com.")
    return value


def _api_address(value: str) -> str:
    return _web_address(value).rstrip("/") + "/"


def _database(value: str) -> str:
    for old in ("postgres://", "postgresql+psycopg2://"):
        if value.startswith(old):
            value = "postgresql://" + value.removeprefix(old)
    if not re.match(r"(sqlite|postgresql(\+psycopg)?)://", value):
        raise refuse(
            "names neither SQLite nor PostgreSQL",
            "Write sqlite:///handraiser.db or postgresql://user:password@host/database.",
        )
    return value


def _split(value: Any) -> Any:
    return tuple(part for part in re.split(r"[,\s]+", value) if part) if isinstance(value, str) else value


def _intake_secrets(value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for secret in value:
        prefix, _, encoded = secret.get_secret_value().partition("_")
        try:
            long_enough = prefix == "whsec" and len(base64.b64decode(encoded, validate=True)) >= 24
        except binascii.Error:
            long_enough = False
        if not long_enough:
            raise refuse(
                "is not a Standard Webhooks secret: whsec_ and at least 24 bytes in base64",
                "Make one: echo whsec_$(head -c 32 /dev/urandom | base64)",
            )
    return value


def _form_keys(value: tuple[str, ...]) -> tuple[str, ...]:
    for key in value:
        if not re.fullmatch(r"[A-Za-z0-9_-]{8,}", key):
            raise refuse(
                "has a key that is too short or does not fit into an address",
                "Use eight or more letters, digits, - and _ for each, with commas between them.",
            )
    return value


def _redirects(value: tuple[str, ...]) -> tuple[str, ...]:
    for address in value:
        _web_address(address)
        if address.startswith("http:") and not is_loopback(address):
            raise refuse("has an address without https", "Write https:// addresses, with commas between them.")
    return value


def _email(value: str) -> str:
    if value and not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise refuse("is not an e-mail address", "Write the address that the first admin has in Slack.")
    return value.lower()


WebAddress = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseSettings):
    """Everything the environment says. The variable of a field is its name in capitals."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True, env_file_encoding="utf-8"
    )

    slack_bot_token: Annotated[SecretStr, _token("xoxb", "OAuth & Permissions")] = SecretStr("")
    slack_app_token: Annotated[SecretStr, _token("xapp", "Basic Information, App-Level Tokens")] = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_api_url: Annotated[str, AfterValidator(_api_address)] = SLACK
    database_url: Annotated[str, AfterValidator(_database)] = Field(default=DEFAULT_DATABASE, repr=False)
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65535)
    playbook: Path = Path("playbook.yaml")
    intake_secret: Annotated[
        tuple[SecretStr, ...], NoDecode, BeforeValidator(_split), AfterValidator(_intake_secrets)
    ] = ()
    intake_form_keys: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_form_keys)] = Field(
        default=(), repr=False
    )
    form_redirects: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_redirects)] = ()
    public_url: WebAddress = ""
    admin_email: Annotated[str, AfterValidator(_email)] = ""
    clock_url: WebAddress = ""
    slack_budget: Literal["on", "off"] | PositiveInt = "on"
    """Messages a minute that Slack takes from us; ``on``: what it takes from anybody (``delivery.budget.Limits``)."""
    log_format: Literal["text", "json"] = "text"

    @model_validator(mode="after")
    def _real_slack_is_treated_as_one(self) -> Self:
        if is_loopback(self.slack_api_url):
            return self
        mend = "Remove it, or set SLACK_API_URL to the sandbox."
        if self.clock_url:
            raise _only_here("CLOCK_URL", "moves the clock, which is only for a Slack on this machine", mend)
        if self.slack_budget == "off":
            raise _only_here("SLACK_BUDGET", "lifts limits that only a Slack on this machine does without", mend)
        return self

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is reached by Socket Mode (no public address) instead of by HTTP."""
        return bool(self.slack_app_token)

    @property
    def sandbox(self) -> bool:
        """Whether Slack is one on this machine."""
        return is_loopback(self.slack_api_url)

    @property
    def intake_secrets(self) -> tuple[str, ...]:
        """The secrets a Standard Webhooks sender may sign with, in the open: for the proof alone."""
        return tuple(secret.get_secret_value() for secret in self.intake_secret)

    def missing_for_slack(self) -> list[str]:
        """What is not set and has to be before the bot can meet Slack; a sentence each."""
        problems = []
        if not self.slack_bot_token:
            problems.append(
                "SLACK_BOT_TOKEN is not set. Copy it from OAuth & Permissions in your Slack app's settings."
            )
        if not self.slack_app_token and not self.slack_signing_secret:
            problems.append(
                "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set. "
                "Set the first for Socket Mode (no public address needed), the second for HTTP."
            )
        return problems

    def require_slack(self) -> None:
        """Raise `SettingsError` if something is missing that the bot needs to meet Slack."""
        if problems := self.missing_for_slack():
            raise SettingsError(problems)


def load_settings(env_file: Path | str | None = ENV_FILE, **given: Any) -> Settings:
    """Read the environment, then ``env_file`` for what it leaves out. Raises `SettingsError` with every problem."""
    try:
        return Settings(_env_file=env_file, **given)
    except ValidationError as error:
        told = [_told(problem) for problem in error.errors(include_input=False)]
        raise SettingsError(list(dict.fromkeys(told))) from None


def variables() -> list[str]:
    """The names of all variables, in the order of the fields."""
    return [name.upper() for name in Settings.model_fields]


def _told(problem: Any) -> str:
    context = problem.get("ctx", {})
    variable = context.get("variable") or str(problem["loc"][0]).upper()
    if problem["type"] == "setting":
        return f"{variable} {context['sentence']}. {context['mend']}"
    if variable == "SLACK_BUDGET":
        return "SLACK_BUDGET is not a budget. Write on, off, or how many messages a minute Slack takes from you."
    if problem["type"] == "literal_error":
        return f"{variable} is not one of its words. Write {context['expected'].replace(chr(39), '')}."
    if variable == "PORT":
        return "PORT is not the number of a port. Write a number from 1 to 65535, like 3000."
    return f"{variable} cannot be read: {problem['msg'].lower()}. See .env.example."
