"""The corpus sent through the front door of the whole product: nothing that comes out pings, links or breaks."""

import asyncio
import csv
import io

import pytest
from sqlalchemy import func, select

from bot.db.models import OutboxItem
from bot.intake.csv_contacts import import_contacts_file
from bot.outbox.claims import LIVE
from sandbox.driver import PersonDriver, Seen
from tests.front_door.whole_house import FORM_KEY, WholeHouse, whole_house
from tests.hostile.corpus import BREAKERS, FORMATS, FORMULAS, LINKS, PINGS
from tests.hostile.judge import problems_of_message

pytestmark = pytest.mark.timeout(240)
GROUPS = {"pings": PINGS, "links": LINKS, "formats": FORMATS + FORMULAS, "breakers": BREAKERS}


def _sendable(text: str) -> bytes:
    """As a careless program sends it: half a surrogate as its three bytes."""
    return text.encode("utf-8", "surrogatepass")


async def _raises_a_hand(house: WholeHouse, number: int, text: str) -> None:
    fields = dict.fromkeys(("first_name", "last_name", "title", "company", "phone", "message", "linkedin"), text)
    pairs = fields | {"email": f"h{number}@h{number}-works.example", "nonce": f"n{number}", "intent": "contact_me"}
    files = {name: (None, _sendable(value)) for name, value in pairs.items()}
    answer = await house.site.post(f"/intake/form/{FORM_KEY}", files=files)
    assert answer.status_code in (200, 303, 400, 413, 422), (text[:40], answer.text)


async def _nothing_bad(house: WholeHouse) -> None:
    """What stands in the workspace: well-formed, and naming nobody but the people of the house."""
    assert await house.slack.problems() == []
    assert house.slack.server is not None
    ws = house.slack.server.sandbox.ws
    ours = frozenset(member["id"] for member in house.slack.facts["members"])
    standing = [m for channel in ws.channels.values() for m in channel.messages.values()]
    standing += [message for messages in ws.ephemerals.values() for message in messages]
    for message in standing:
        if message.bot:
            found = problems_of_message(message.text, message.blocks or [], ours)
            assert not found, (found, message.text[:200])


async def _only_the_owner_is_named(house: WholeHouse) -> None:
    """An alert pings the one whose turn it is, and nobody a text from outside names."""
    for message in await house.slack.history("#inbound"):
        assert message["text"].count("<@") <= 1, message["text"]


async def _quiet(house: WholeHouse) -> None:
    """Everything enqueued has been told."""
    waiting = select(func.count()).select_from(OutboxItem).where(OutboxItem.state.in_(LIVE))
    async with asyncio.timeout(60):
        while True:
            if not await house.parts.database.read(lambda session: session.scalar(waiting)):
                return
            await asyncio.sleep(0.05)


async def _rung(person: PersonDriver) -> list[str]:
    """What a person's telephone showed, without our first words to each of them."""
    return [text for text in await person.notifications() if not text.startswith(f"Hello {person.name}")]


@pytest.mark.parametrize("group", GROUPS)
async def test_forms_with_hostile_words(sqlite_url: str, group: str) -> None:
    async with whole_house(sqlite_url, slack_budget="off") as house:
        for number, text in enumerate(GROUPS[group]):
            await _raises_a_hand(house, number, text)
        await _quiet(house)
        await _nothing_bad(house)
        await _only_the_owner_is_named(house)
        for person in (house.lena, house.maya, house.noor):
            assert await _rung(person) == [], person.name
        card = next((m for m in reversed(await house.sam.messages(in_="#inbound")) if "Claim" in m.buttons), None)
        if card is not None:
            await _claims_and_looks(house, card)


async def _claims_and_looks(house: WholeHouse, card: Seen) -> None:
    owner, _ = house.owner(card)
    assert await owner.clicks("Claim", on=card)
    await _quiet(house)
    await owner.types("/lead h", in_="#general")
    await owner.types("/handraiser events", in_="#general")
    await house.noor.types("/handraiser", in_="#general")
    await _nothing_bad(house)


@pytest.mark.parametrize("group", GROUPS)
async def test_touch_lines_with_hostile_words(sqlite_url: str, group: str) -> None:
    async with whole_house(sqlite_url, slack_budget="off") as house:
        await house.sends_form()
        await house.sam.sees("O'Neill", in_="#inbound")
        for text in GROUPS[group]:
            line = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")[:3000]
            for typed in (f"/touch oneill voicemail {line}", f"/touch {line}", f"/lead {line}"):
                deed = await house.sam.types(typed, in_="#general")
                assert deed, (typed[:80], deed.error)
        await _quiet(house)
        await _nothing_bad(house)
        assert await _rung(house.lena) == []


@pytest.mark.parametrize("group", GROUPS)
async def test_contacts_from_a_file_and_messages_with_hostile_words(sqlite_url: str, group: str) -> None:
    async with whole_house(sqlite_url, slack_budget="off") as house:
        texts = [text.encode("utf-8", "replace").decode() for text in GROUPS[group]]
        await asyncio.to_thread(import_contacts_file, house.parts.database, _file(texts), house.parts.clock.now)
        for typed in (
            "/lead works",
            "/touch works voicemail",
            "/lead h1@h1-works.example",
            "/lead h2@h2-works.example",
        ):
            assert await house.sam.types(typed, in_="#general")
        for text in texts:
            words = text[:3000].replace("\x00", "").strip()
            if not words:
                continue
            await house.ada.says(words, in_="#general")
            said = (await house.sam.messages(in_="#general"))[-1]
            await house.sam.uses_shortcut("Log a touch", on=said)
            if await house.sam.modal():
                await house.sam.closes(everything=True)
        await _quiet(house)
        await _nothing_bad(house)
        assert not await _rung_by_the_bot(house, house.lena)


async def _rung_by_the_bot(house: WholeHouse, person: PersonDriver) -> list[str]:
    """What rang for somebody and was not written by a colleague."""
    ours = {message.ts for message in await person.messages() if message.bot}
    rung = (one["text"] for one in (await person.view())["notifications"] if one["ts"] in ours)
    return [text for text in rung if not text.startswith(f"Hello {person.name}")]


def _file(texts: list[str]) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["First Name", "Last Name", "Title", "Company", "Email", "Industry"])
    for number, text in enumerate(texts):
        rows.writerow([text, text, text, f"{text} Works", f"h{number}@h{number}-works.example", text])
    return out.getvalue().encode()
