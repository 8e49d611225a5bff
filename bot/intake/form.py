"""``POST /intake/form/{key}``: a plain HTML form, also Salesforce Web-to-Lead's, straight from a website.

What must stay true: the key is compared in constant time; a filled honeypot looks like success and is none; the
same form twice is one event, by its nonce or, without one, by its content for a while; nobody is redirected to an
address that was not allowed.
"""

import base64
import hashlib
import hmac
import html
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from python_multipart.exceptions import FormParserError
from sqlalchemy.orm import Session
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.db.session import START_WITHIN
from bot.domain.commands import CompanyFacts, PersonFacts, RaiseHand, RawEvent
from bot.domain.matching import normalise_email
from bot.domain.terms import Intent, Source
from bot.intake.deps import IntakeDeps
from bot.intake.edge import Refused
from bot.intake.standard import SOURCE_OF_INTENT, keep_refused
from bot.service.hand_raises import Raised, raise_hand
from bot.service.inbox import content_key

SENDER = "form"
HONEYPOT = "website_url"
MOST_FIELDS = 200
LONGEST_EVENT_KEY = 200

FIELDS: dict[str, str] = {
    "email": "email",
    "emailaddress": "email",
    "firstname": "first_name",
    "lastname": "last_name",
    "name": "name",
    "fullname": "name",
    "title": "title",
    "jobtitle": "title",
    "company": "company",
    "companyname": "company",
    "phone": "phone",
    "phonenumber": "phone",
    "mobile": "phone",
    "country": "country",
    "countrycode": "country",
    "message": "message",
    "description": "message",
    "intent": "intent",
    "source": "source",
    "leadsource": "source",
    "industry": "industry",
    "employees": "employees",
    "website": "website",
    "url": "website",
    "redirect": "redirect",
    "returl": "redirect",
    "nonce": "nonce",
    "timezone": "timezone",
    "linkedin": "linkedin",
    "consent": "consent",
}
"""Spellings of field names, folded; Web-to-Lead's among them."""

INTENT_WORDS = (
    ("trial", Intent.TRIAL_REQUEST),
    ("demo", Intent.CONTACT_ME),
    ("contact", Intent.CONTACT_ME),
    ("sales", Intent.CONTACT_ME),
    ("call", Intent.CONTACT_ME),
    ("newsletter", Intent.NEWSLETTER),
    ("webinar", Intent.WEBINAR),
    ("download", Intent.DOWNLOAD),
    ("whitepaper", Intent.DOWNLOAD),
)
"""What a website's own word for the intent means; the first that is found in it counts."""

THANKS = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;margin:15vh auto;max-width:32rem;padding:0 1rem}}
@media (prefers-color-scheme:dark){{body{{background:#16181c;color:#e8e8e8}}}}</style></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""


def form_key(secret: str) -> str:
    """The form key that belongs to an intake secret: safe in a page's source, it proves nothing else."""
    digest = hmac.new(secret.encode(), b"handraiser form key", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def key_fits(given: str, keys: Iterable[str]) -> bool:
    """Whether ``given`` is one of ``keys``; takes as long whichever it is."""
    fits = False
    for key in keys:
        fits |= hmac.compare_digest(given.encode(), key.encode())
    return fits


async def receive(deps: IntakeDeps, request: Request, body: bytes) -> Response:
    """Take one form in; a thank-you page or a redirect, committed."""
    keys = (*deps.form_keys, *map(form_key, deps.intake_secrets))
    if not key_fits(request.path_params["key"], keys):
        raise Refused(404, "There is no such form.")
    content_type = request.headers.get("content-type", "")
    pairs = await read_pairs(body, content_type)
    known, extra = sort_fields(pairs)
    now = deps.clock.now()
    if any(name == HONEYPOT and value.strip() for name, value in pairs):
        # The same answer as a person gets, so that a machine learns nothing.
        await keep_refused(deps, SENDER, body, content_type[:255], "Filled the hidden field: a machine.", now)
        deps.metrics.events.labels(SENDER, "refused").inc()
        return thanks(deps, known)
    try:
        command = as_command(known, extra, body, content_type[:255])
    except Refused as refused:
        why = f"{refused.field}: {refused.error}"
        await keep_refused(deps, SENDER, body, content_type[:255], why, now, _digest(pairs))
        if "text/html" in request.headers.get("accept", ""):
            deps.metrics.events.labels(SENDER, "refused").inc()
            page = THANKS.format(title="One thing is missing", text=html.escape(refused.error))
            return HTMLResponse(page, status_code=refused.status)
        raise
    nonce = known.get("nonce", "").strip()

    def work(session: Session) -> Raised:
        key = f"nonce:{nonce[:LONGEST_EVENT_KEY]}" if nonce else content_key(session, SENDER, _digest(pairs), now)
        return raise_hand(session, with_key(command, key), now)

    raised = await deps.database.write(work, start_within=START_WITHIN)
    deps.metrics.events.labels(SENDER, raised.result).inc()
    return thanks(deps, known)


def with_key(command: RaiseHand, key: str) -> RaiseHand:
    """``command`` with the event key that was found for it."""
    return replace(command, raw=replace(command.raw, event_key=key))


async def read_pairs(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """The fields in order; files are left out. Raises ``Refused`` for what is no form."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(body, content_type)
    if kind not in ("", "application/x-www-form-urlencoded"):
        raise Refused(415, "Send the form as application/x-www-form-urlencoded or multipart/form-data.")
    try:
        # NUL is valid UTF-8 and nothing that a database can keep.
        return parse_qsl(
            body.decode("utf-8").replace("%00", ""),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="replace",
        )
    except UnicodeDecodeError:
        raise Refused(400, "The form is not UTF-8 text.") from None
    except ValueError:
        raise Refused(400, f"The form has more than {MOST_FIELDS} fields.") from None


async def _multipart(body: bytes, content_type: str) -> list[tuple[str, str]]:
    async def once() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        Headers({"content-type": content_type}),
        once(),
        max_files=5,
        max_fields=MOST_FIELDS,
        max_part_size=len(body) + 1,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, FormParserError, KeyError, ValueError):
        raise Refused(400, "The form cannot be read.") from None
    try:
        return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    finally:
        await form.close()


def sort_fields(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """What we know by name, and the rest. The first value of a field counts."""
    known: dict[str, str] = {}
    extra: dict[str, str] = {}
    for name, value in pairs:
        folded = name.lower().replace("_", "").replace("-", "").replace(" ", "")
        field = FIELDS.get(folded)
        value = value.replace("\x00", "").strip()
        if name == HONEYPOT or not value:
            continue
        if field is None or field in known:
            extra.setdefault(name[:100], value)
        else:
            known[field] = value
    return known, extra


def _intent(text: str) -> Intent:
    folded = "_".join(text.lower().replace("-", " ").split())
    if not folded:
        return Intent.CONTACT_ME
    try:
        return Intent(folded)
    except ValueError:
        return next((intent for word, intent in INTENT_WORDS if word in folded), Intent.OTHER)


def _source(text: str, intent: Intent) -> Source:
    folded = "_".join(text.lower().replace("-", " ").split())
    try:
        return Source(folded) if folded else SOURCE_OF_INTENT[intent]
    except ValueError:
        return Source.OTHER


def as_command(known: Mapping[str, str], extra: Mapping[str, str], body: bytes, content_type: str) -> RaiseHand:
    """The form as a command, its event key still to be found. Raises ``Refused`` without a way to answer."""
    if not (normalise_email(known.get("email", "")) or known.get("phone") or known.get("linkedin")):
        raise Refused(422, "Please give an e-mail address or a phone number, so that somebody can answer.", "email")
    first, last = known.get("first_name", ""), known.get("last_name", "")
    if not first and not last:
        first, _, last = known.get("name", "").partition(" ")
    intent = _intent(known.get("intent", ""))
    source = _source(known.get("source", ""), intent)
    rest = dict(extra)
    if known.get("source") and source is Source.OTHER:
        rest["source"] = known["source"]
    employees = known.get("employees", "")
    return RaiseHand(
        raw=RawEvent(SENDER, "", body, content_type),
        intent=intent,
        source=source,
        person=PersonFacts(
            email=known.get("email"),
            first_name=first,
            last_name=last.strip(),
            title=known.get("title"),
            phone=known.get("phone"),
            linkedin=known.get("linkedin"),
            timezone=known.get("timezone"),
            country=known.get("country"),
        ),
        company=CompanyFacts(
            name=known.get("company"),
            domain=known.get("website"),
            industry=known.get("industry"),
            employees=int(employees) if employees.isdecimal() and len(employees) < 10 else None,
            country=None,
        ),
        message=known.get("message", ""),
        consent_basis="opt_in" if known.get("consent") else None,
        consent_text=known.get("consent", ""),
        extra=rest,
    )


def _digest(pairs: Iterable[tuple[str, str]]) -> str:
    """The content as it was meant: the order of fields and a fresh redirect make no difference."""
    known, extra = sort_fields(pairs)
    parts = sorted((*((f"={key}", value) for key, value in known.items() if key != "redirect"), *extra.items()))
    return hashlib.sha256("\x1e".join(f"{key}\x1f{value}" for key, value in parts).encode()).hexdigest()


def thanks(deps: IntakeDeps, known: Mapping[str, str]) -> Response:
    """The redirect the form asks for if it is an allowed one, else a small page."""
    wanted = known.get("redirect", "")
    if wanted and redirect_allowed(wanted, deps.allowed_redirects):
        return RedirectResponse(wanted, status_code=303)
    return HTMLResponse(THANKS.format(title="Thank you", text="We have your message and will get back to you soon."))


def redirect_allowed(wanted: str, allowed: Iterable[str]) -> bool:
    """Whether ``wanted`` lies within one of ``allowed``: same scheme, host and port, and below its path."""
    if any(ord(sign) <= 32 or sign == "\\" for sign in wanted):
        return False
    try:
        target = urlsplit(wanted)
        port = target.port
    except ValueError:
        return False
    if target.scheme not in ("http", "https") or "@" in target.netloc or ".." in target.path:
        return False
    for one in allowed:
        base = urlsplit(one)
        same = (base.scheme, base.hostname, base.port) == (target.scheme, target.hostname, port)
        path = base.path.rstrip("/")
        if same and (target.path == path or target.path.startswith(f"{path}/") or not path):
            return True
    return False
