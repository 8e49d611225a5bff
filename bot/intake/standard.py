"""``POST /intake/standard``: our own documented JSON under a Standard Webhooks signature.

What must stay true: the proof is checked on the raw bytes before anything is parsed; what was proven but cannot be
used is kept with its reason; the sender's event id is what makes a repeat harmless.
"""

import hashlib
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from sqlalchemy.orm import Session
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.db.session import START_WITHIN
from bot.domain.commands import CompanyFacts, PersonFacts, RaiseHand, RawEvent, RefuseEvent
from bot.domain.matching import normalise_email
from bot.domain.terms import Intent, Source
from bot.intake.deps import IntakeDeps
from bot.intake.edge import Refused
from bot.service.hand_raises import Raised, raise_hand, refuse_event

SENDER = "standard"
MAX_EMPLOYEES = 2**31 - 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", str_strip_whitespace=True)


class PersonIn(_Part):
    """Who raised a hand."""

    email: str | None = Field(default=None, max_length=320)
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    phone: str | None = None
    linkedin: str | None = None
    timezone: str | None = None
    country: str | None = None


class CompanyIn(_Part):
    """Where they work."""

    name: str | None = None
    domain: str | None = None
    industry: str | None = None
    employees: int | None = Field(default=None, ge=0, le=MAX_EMPLOYEES)
    country: str | None = None


class ConsentIn(_Part):
    """On what ground they may be written to (process §10)."""

    basis: str | None = Field(default=None, max_length=255)
    text: str | None = None


class EventIn(_Part):
    """One event. Required: an intent and a way to reach the person. Unknown keys go to ``extra``."""

    id: str | None = Field(default=None, max_length=200)
    occurred_at: AwareDatetime | None = None
    intent: Intent
    source: Source | None = None
    person: PersonIn
    company: CompanyIn = Field(default_factory=CompanyIn)
    message: str | None = None
    consent: ConsentIn = Field(default_factory=ConsentIn)
    extra: dict[str, Any] = Field(default_factory=dict)

    @field_validator("id", mode="before")
    @classmethod
    def _id_as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("company", "consent", "extra", mode="before")
    @classmethod
    def _null_is_empty(cls, value: object) -> object:
        return {} if value is None else value

    @model_validator(mode="after")
    def _reachable(self) -> "EventIn":
        person = self.person
        if not (normalise_email(person.email or "") or person.phone or person.linkedin):
            raise ValueError("person needs a way to be reached: an e-mail address, a phone number or linkedin")
        return self


SOURCE_OF_INTENT: dict[Intent, Source] = {
    Intent.CONTACT_ME: Source.CONTACT_FORM,
    Intent.TRIAL_REQUEST: Source.FREE_TRIAL,
    Intent.DOWNLOAD: Source.WHITEPAPER,
    Intent.WEBINAR: Source.WEBINAR,
    Intent.NEWSLETTER: Source.NEWSLETTER,
    Intent.EVENT: Source.LIVE_EVENT,
    Intent.REFERRAL: Source.REFERRAL,
    Intent.TOOL: Source.TOOL,
    Intent.SOCIAL: Source.SOCIAL,
    Intent.LIST: Source.LIST,
    Intent.OTHER: Source.OTHER,
}
"""Where somebody most likely came from, when the sender does not say."""


def proven(secrets: tuple[str, ...], headers: dict[str, str], body: bytes) -> bool:
    """Whether one of ``secrets`` signed these bytes within five minutes (Standard Webhooks; protocol clock)."""
    # The library stops at the first malformed signature; a rotating sender may have others behind it.
    signatures = [one for one in headers.get("webhook-signature", "").split() if one.startswith("v1,")]
    checked = headers | {"webhook-signature": " ".join(signatures)}
    for secret in secrets:
        for signature in signatures:
            try:
                Webhook(secret).verify(body, checked | {"webhook-signature": signature}, json_parse=False)
            except (WebhookVerificationError, ValueError):
                continue
            return True
    return False


async def receive(deps: IntakeDeps, request: Request, body: bytes) -> Response:
    """Take one event in; 202 with what became of it, committed."""
    if not deps.intake_secrets:
        raise Refused(503, "No intake secret is set here; ask the admin to set INTAKE_SECRET.")
    headers = {name: request.headers.get(name, "") for name in HEADERS}
    if not _is_text(body):
        raise Refused(400, "The body is not UTF-8 text.")
    if not proven(deps.intake_secrets, headers, body):
        raise Refused(401, "The signature does not fit; check the secret and the clock.")
    now = deps.clock.now()
    content_type = request.headers.get("content-type", "")[:255]
    try:
        event = EventIn.model_validate_json(body)
    except ValidationError as error:
        where, what = first_problem(error)
        await keep_refused(deps, SENDER, body, content_type, f"{where}: {what}" if where else what, now)
        raise Refused(422 if where else 400, what, where or None) from None
    command = as_command(event, headers["webhook-id"], body, content_type)

    def work(session: Session) -> Raised:
        return raise_hand(session, command, now)

    raised = await deps.database.write(work, start_within=START_WITHIN)
    deps.metrics.events.labels(SENDER, raised.result).inc()
    return JSONResponse({"result": raised.result, "explanation": raised.explanation}, status_code=202)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


async def keep_refused(
    deps: IntakeDeps, sender: str, body: bytes, content_type: str, why: str, now: datetime, mark: str = ""
) -> None:
    """Store what was proven but cannot be used, once per content, so that the admin can see it."""
    key = f"refused:{mark or hashlib.sha256(body).hexdigest()}"
    raw = RawEvent(sender, key, body, content_type)
    await deps.database.write(
        lambda session: refuse_event(session, RefuseEvent(raw, why), now), start_within=START_WITHIN
    )


def first_problem(error: ValidationError) -> tuple[str, str]:
    """Where the first problem is (``person.email``) and what it is, without repeating what was sent."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    what = problem["msg"].removeprefix("Value error, ")
    if not where and what.startswith("person "):
        where = "person"
    return where, what


def as_command(event: EventIn, webhook_id: str, body: bytes, content_type: str) -> RaiseHand:
    """The event as a command; the event's own id is its key, else the webhook's."""
    person, company = event.person, event.company
    extra = dict(event.extra)
    for prefix, part in (("", event), ("person.", person), ("company.", company), ("consent.", event.consent)):
        extra |= {f"{prefix}{key}": value for key, value in (part.model_extra or {}).items()}
    return RaiseHand(
        raw=RawEvent(SENDER, event.id or webhook_id[:255], body, content_type),
        intent=event.intent,
        source=event.source or SOURCE_OF_INTENT[event.intent],
        person=PersonFacts(
            email=person.email or None,
            first_name=person.first_name or "",
            last_name=person.last_name or "",
            title=person.title or None,
            phone=person.phone or None,
            linkedin=person.linkedin or None,
            timezone=person.timezone or None,
            country=person.country or None,
        ),
        company=CompanyFacts(
            name=company.name or None,
            domain=company.domain or None,
            industry=company.industry or None,
            employees=company.employees,
            country=company.country or None,
        ),
        message=event.message or "",
        occurred_at=event.occurred_at,
        consent_basis=event.consent.basis or None,
        consent_text=event.consent.text or "",
        extra=extra,
        proven=True,
    )
