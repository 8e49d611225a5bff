"""``POST /intake/form/{key}``: plain forms and Web-to-Lead (design; intake formats)."""

from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import select

from bot.db.models import HandRaise, InboxEvent, Lead
from bot.domain.terms import Intent, Source
from bot.intake.form import form_key, redirect_allowed
from tests.intake.senders import NEW_SECRET, OTHER_SECRET, SECRET
from tests.support.sales_floor import SalesFloor

pytestmark = pytest.mark.anyio
URL = f"/intake/form/{form_key(SECRET)}"
FORM = {"first_name": "Jane", "last_name": "Doe", "email": "jane@acme.example", "company": "Acme", "message": "Hi"}


async def test_a_form_becomes_a_lead_and_says_thank_you(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    answer = await web.post(URL, data=FORM)

    assert answer.status_code == 200
    assert "Thank you" in answer.text
    lead = floor.read(lambda session: session.scalars(select(Lead)).one())
    assert (lead.intent, lead.hot, lead.source) == (Intent.CONTACT_ME, True, Source.CONTACT_FORM)
    assert floor.card(lead.id).name == "Jane Doe"


async def test_web_to_lead_and_other_spellings(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    body = {
        "oid": "00D",
        "First-Name": "Jane",
        "lastName": "Doe",
        "Email": "jane@acme.example",
        "lead_source": "Web",
        "description": "Trial please",
        "intent": "Start a free trial",
        "retURL": "https://www.example.com/thanks",
    }
    answer = await web.post(URL, data=body)
    lead = floor.read(lambda session: session.scalars(select(Lead)).one())
    extra = floor.read(lambda session: session.scalars(select(HandRaise.extra)).one())

    assert (answer.status_code, answer.headers["location"]) == (303, "https://www.example.com/thanks")
    assert (lead.intent, lead.source, lead.message) == (Intent.TRIAL_REQUEST, Source.OTHER, "Trial please")
    assert extra == {"oid": "00D", "source": "Web"}


async def test_multipart_with_a_file_keeps_the_fields(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    answer = await web.post(URL, data=FORM, files={"cv": ("cv.pdf", b"%PDF", "application/pdf")})

    assert answer.status_code == 200
    assert floor.count(Lead) == 1


async def test_one_name_field_is_first_and_last_name(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    await web.post(URL, data={"name": "Jane van der Berg", "email": "jane@acme.example"})

    assert floor.contact("jane@acme.example").last_name == "van der Berg"


async def test_the_nonce_makes_a_double_click_one_event(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    for message in ("Hi", "Hi again"):
        assert (await web.post(URL, data=FORM | {"nonce": "n-1", "message": message})).status_code == 200

    assert floor.count(HandRaise) == 1


async def test_without_a_nonce_the_content_counts_for_ten_minutes(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    await web.post(URL, data=FORM)
    await web.post(URL, data=dict(reversed(FORM.items())))
    assert floor.count(HandRaise) == 1
    await web.post(URL, data=FORM | {"message": "Something else"})
    assert floor.count(HandRaise) == 2
    floor.now += timedelta(minutes=11)
    await web.post(URL, data=FORM)
    assert floor.count(HandRaise) == 3


async def test_a_filled_honeypot_looks_like_success_and_is_none(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    fine = await web.post(URL, data=FORM)
    trapped = await web.post(URL, data=FORM | {"website_url": "http://spam.example", "email": "bot@spam.example"})

    assert (trapped.status_code, trapped.text) == (fine.status_code, fine.text)
    rows = floor.read(lambda session: session.scalars(select(InboxEvent).order_by(InboxEvent.id)).all())
    assert [row.result for row in rows] == ["lead", "refused"]


async def test_a_wrong_key_is_no_form(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    for key in ("x", form_key(OTHER_SECRET), "%C3%A4"):
        assert (await web.post(f"/intake/form/{key}", data=FORM)).status_code == 404
    assert floor.count(InboxEvent) == 0


async def test_configured_and_derived_keys_fit(web: httpx2.AsyncClient) -> None:
    for key in ("website-2026", form_key(NEW_SECRET), form_key(SECRET)):
        assert (await web.post(f"/intake/form/{key}", data=FORM)).status_code == 200


async def test_without_a_way_to_answer_the_visitor_is_told(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    tool = await web.post(URL, data={"message": "Hi"})
    browser = await web.post(URL, data={"message": "Hi"}, headers={"accept": "text/html,*/*"})

    assert (tool.status_code, tool.json()["field"]) == (422, "email")
    assert browser.status_code == 422
    assert "e-mail address or a phone number" in browser.text
    assert floor.read(lambda session: session.scalars(select(InboxEvent.result)).all()) == ["refused"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{}", "application/json", 415),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"junk", "multipart/form-data", 400),
        (b"junk", "multipart/form-data; boundary=x", 400),
        (b"&".join(b"a%d=1" % n for n in range(300)), "application/x-www-form-urlencoded", 400),
        (b"x" * 300_000, "application/x-www-form-urlencoded", 413),
    ],
)
async def test_what_is_no_form_is_refused(web: httpx2.AsyncClient, body: bytes, content_type: str, status: int) -> None:
    answer = await web.post(URL, content=body, headers={"content-type": content_type})

    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.parametrize(
    ("wanted", "allowed"),
    [
        ("https://www.example.com/thanks?x=1", True),
        ("https://www.example.com", True),
        ("https://pages.example.org/thanks/you", True),
        ("https://pages.example.org/thanksgiving", False),
        ("https://pages.example.org/thanks/../evil", False),
        ("http://www.example.com/thanks", False),
        ("https://www.example.com.evil.test/", False),
        ("https://www.example.com@evil.test/", False),
        ("https://www.example.com:8443/", False),
        ("//evil.test", False),
        ("javascript:alert(1)", False),
        ("https://www.example.com\\@evil.test", False),
        ("https://www.example.com/\r\nSet-Cookie: a=b", False),
        ("https://[", False),
    ],
)
def test_only_allowed_addresses_are_redirected_to(wanted: str, allowed: bool) -> None:
    assert redirect_allowed(wanted, ("https://www.example.com", "https://pages.example.org/thanks")) is allowed


async def test_a_redirect_elsewhere_shows_the_small_page(web: httpx2.AsyncClient) -> None:
    answer = await web.post(URL, data=FORM | {"redirect": "https://evil.test/"})

    assert answer.status_code == 200
    assert "Thank you" in answer.text
