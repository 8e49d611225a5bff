"""A hot handoff as the rep, the executive, the manager and the admin live it (process §7)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.models import Person, TimeOff
from sandbox.driver import PersonDriver, Seen
from tests.front_door.whole_house import WholeHouse, whole_house

pytestmark = pytest.mark.anyio
ANSWERS = {
    "Who decides, and how?": "The board, in March",
    "Do we know the senior decision maker?": "Yes, it is Jane",
    "When do they want it, and why then?": "Before summer",
    "What happens next?": "A call with the founder",
}


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url) as house:
        yield house
        assert await house.slack.problems() == []


async def lead_in_hand(house: WholeHouse) -> PersonDriver:
    """Jane raised a hand, and somebody spoke with her; the rep."""
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    rep, _ = house.owner(card)
    assert await rep.clicks("Claim", in_="#inbound")
    assert await rep.types("/touch jane o'neill connected, two plants", in_="#inbound")
    await rep.sees("Logged for Jane O'Neill")
    return rep


async def fills_in(rep: PersonDriver) -> None:
    for label, answer in ANSWERS.items():
        assert await rep.fills(label, answer, in_="modal")


def options(form: Seen, action_id: str) -> list[str]:
    """The words of a menu of the form."""
    blocks = form.raw["view"]["blocks"]
    menus = [block["element"] for block in blocks if block.get("type") == "input"]
    return [one["text"]["text"] for menu in menus if menu["action_id"] == action_id for one in menu["options"]]


def block_of(form: Seen, action_id: str) -> str:
    blocks = form.raw["view"]["blocks"]
    return next(one["label"]["text"] for one in blocks if (one.get("element") or {}).get("action_id") == action_id)


async def picks_slot(rep: PersonDriver, number: int = -2) -> str:
    """A slot that is offered; the last one but "now" by default."""
    form = await rep.modal()
    assert form is not None
    slot = options(form, "handoff_slot")[number]
    assert await rep.picks(block_of(form, "handoff_slot"), slot, in_="modal")
    return slot


async def hands_off(rep: PersonDriver) -> str:
    """The whole form, sent; the slot."""
    assert await rep.types("/handoff jane o'neill", in_="#inbound")
    await rep.sees("Who decides, and how?", in_="modal")
    await fills_in(rep)
    slot = await picks_slot(rep)
    assert await rep.submits()
    return slot


async def the_post(house: WholeHouse) -> tuple[PersonDriver, Seen]:
    """The executive who got it (Erik is first in the order), and the post."""
    erik = house.slack.person("Erik")
    return erik, await erik.sees("hands you", in_="#ae-erik")


def files(house: WholeHouse) -> list[Any]:
    """Every calendar file that was sent, parsed, in order."""
    assert house.slack.server is not None
    sent = house.slack.server.sandbox.ws.file_bytes.values()
    return [Calendar.from_ical(content) for content in sent]


async def test_from_the_form_to_the_accepted_handoff_with_its_calendar_file(house: WholeHouse) -> None:
    rep = await lead_in_hand(house)
    assert await rep.types("/handoff jane o'neill", in_="#inbound")
    form = await rep.sees("Hand off", in_="modal")
    assert "Can somebody call me today?" in str(form.raw["view"])  # their words are the problem
    assert "two plants" in form.text
    assert options(form, "handoff_ae")[0] == "Erik Lund – first choice"
    assert "Erik Lund comes first in the order." in form.text
    await fills_in(rep)
    slot = await picks_slot(rep)
    assert "Oslo" in slot
    assert await rep.submits()

    erik, post = await the_post(house)
    for words in ("Can somebody call me today?", *ANSWERS.values(), "Score", "two plants", "Intro call"):
        assert words in post.text, words
    assert f"<@{erik.id}>" in post.raw["text"]
    await erik.is_rung("hands you")
    file = await erik.sees("intro-call.ics", in_="#ae-erik")
    assert file.thread_ts == post.ts
    (event,) = files(house)[0].walk("VEVENT")
    assert {str(one) for one in event["ATTENDEE"]} == {
        str(event["ORGANIZER"]),
        "mailto:erik@brightpath.example",
        "mailto:jane@acme-castings.example",
    }
    assert str(event["ORGANIZER"]).startswith("mailto:")

    assert await erik.clicks("Accept", on=post)
    await rep.is_rung("Erik Lund accepted Jane O'Neill")
    assert await erik.clicks("Undo", on="It's yours.")
    await rep.is_rung("Erik Lund took the answer back")
    await erik.sees("It waits for your answer again.")
    assert await erik.clicks("Accept", on=await erik.sees("hands you", in_="#ae-erik"))
    await erik.sees("has it: Jane O'Neill", in_="#ae-erik")
    mine = await rep.sees("You handed over Jane O'Neill, Acme Castings: accepted by Erik Lund", in_="dm")
    assert mine.bot
    folded = await rep.sees("Handed off", in_="#inbound")
    assert "to Erik Lund" in folded.text


async def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(house: WholeHouse) -> None:
    rep = await lead_in_hand(house)
    assert await rep.types("/handoff jane o'neill", in_="#inbound")
    await rep.sees("Hand off", in_="modal")
    refused = await rep.submits(**dict.fromkeys(ANSWERS, " "))
    assert len(refused.result["errors"]) == len(ANSWERS)
    await fills_in(rep)
    refused = await rep.submits()
    assert not refused
    assert "Pick a time for the call with Erik Lund." in str(refused.result["errors"])
    form = await rep.modal()
    assert form is not None
    assert await rep.picks("Who takes it?", options(form, "handoff_ae")[1], in_="modal")
    form = await rep.sees("Free for Farah", in_="modal")
    assert "The board, in March" in str(form.raw)
    await picks_slot(rep)
    refused = await rep.submits()
    assert refused.result["errors"] == {"ae_reason": "Why Farah Haddad? Another choice than the first needs a reason."}
    assert await rep.submits(**{"If you pick somebody else: why?": "She speaks Danish"})
    farah = house.slack.person("Farah")
    post = await farah.sees("hands you", in_="#ae-farah")
    assert "She speaks Danish" in post.text


async def test_a_no_too_fast_is_taken_back_where_it_was_said(house: WholeHouse) -> None:
    rep = await lead_in_hand(house)
    await hands_off(rep)
    erik, post = await the_post(house)
    assert await erik.clicks("Decline…", on=post)
    assert await erik.picks("Why not?", "Not my account", in_="modal")
    assert await erik.submits()
    await erik.sees("has it back.", in_="modal")
    await house.all_is_told()
    await erik.clicks("Undo", in_="modal")
    await erik.sees("Taken back: it is not declined", in_="modal")
    await house.all_is_told()
    assert "Accept" in (await the_post(house))[1].buttons
    await rep.sees("Erik Lund took the no back: Jane O'Neill", in_="dm")
    assert [str(one["METHOD"]) for one in files(house)][-1] == "REQUEST"
    await erik.closes()
    assert await erik.clicks("Accept", on=(await the_post(house))[1])


async def test_declined_it_is_the_reps_again_with_the_next_one_offered(house: WholeHouse) -> None:
    rep = await lead_in_hand(house)
    await hands_off(rep)
    erik, post = await the_post(house)
    await erik.sees("intro-call.ics", in_="#ae-erik")
    assert await erik.clicks("Decline…", on=post)
    await erik.sees("Why not?", in_="modal")
    assert await erik.picks("Why not?", "No time this week", in_="modal")
    assert await erik.submits(**{"Anything to add?": "on a fair"})
    told = await rep.sees("Erik Lund declined Jane O'Neill, Acme Castings: No time this week: on a fair", in_="dm")
    assert "Next: Farah Haddad is the only one who can take it." in told.text
    await erik.sees("Erik Lund declined Jane O'Neill", in_="#ae-erik")
    await erik.sees("intro-call-cancelled.ics", in_="#ae-erik")
    await rep.sees("answered in", in_="#inbound")  # the lead's card is open again
    assert await rep.clicks("Hand to Farah Haddad…", in_="dm")
    form = await rep.sees("Hand off", in_="modal")
    assert "The board, in March" in str(form.raw)  # the contract is kept
    await picks_slot(rep)
    assert await rep.submits()
    await house.slack.person("Farah").sees("hands you", in_="#ae-farah")
    requests = [one for one in files(house) if str(one["METHOD"]) == "REQUEST"]
    cancels = [one for one in files(house) if str(one["METHOD"]) == "CANCEL"]
    first = {str(one.walk("VEVENT")[0]["UID"]) for one in requests[:1]}
    assert {str(one.walk("VEVENT")[0]["UID"]) for one in cancels} == first


async def test_two_hand_over_the_same_person_one_wins_the_other_is_told(house: WholeHouse) -> None:
    rep = await lead_in_hand(house)
    other = house.ada if rep.id == house.sam.id else house.sam
    assert await other.types("/touch jane o'neill voicemail", in_="#inbound")
    await other.sees("Logged for Jane O'Neill")
    for person in (rep, other):
        assert await person.types("/handoff jane o'neill", in_="#inbound")
        await person.sees("Who decides, and how?", in_="modal")
        await fills_in(person)
        await picks_slot(person)
    results = await asyncio.gather(rep.submits(), other.submits())
    assert sorted(bool(one) for one in results) == [False, True]
    lost = next(one for one in results if not one)
    assert "handed them to Erik Lund at" in str(lost.result["errors"])
    await house.all_is_told()
    posts = [one for one in await house.slack.person("Erik").messages(in_="#ae-erik") if "hands you" in one.text]
    assert len(posts) == 1
    loser = other if results[0] else rep
    await loser.closes()
    await loser.types("/handoff jane o'neill", in_="#inbound")
    await loser.sees("handed them to Erik Lund at")


async def test_nobody_answers_reminded_then_the_manager_gives_it_to_another(house: WholeHouse) -> None:
    rep = await lead_in_hand(house)
    assert await rep.types("/handoff jane o'neill", in_="#inbound")
    await rep.sees("Hand off", in_="modal")
    await fills_in(rep)
    tomorrow = house.begins.astimezone(UTC) + timedelta(days=1, hours=1)
    assert await rep.fills("Or another time you agreed on", tomorrow, in_="modal")
    assert await rep.submits()
    erik, post = await the_post(house)
    await house.slack.clock.forward(minutes=31)
    reminder = await erik.sees("has been waiting for your answer", in_="#ae-erik")
    assert reminder.thread_ts == post.ts
    await erik.is_rung("has been waiting for your answer")
    await house.slack.clock.forward(minutes=90)
    asked = await house.lena.sees("has not answered for", in_="dm")
    assert await house.lena.clicks("Give it to somebody else…", on=asked)
    form = await house.lena.sees("Who gets it?", in_="modal")
    assert options(form, "handoff_give_to") == ["Farah Haddad"]
    assert await house.lena.submits(**{"Why?": "Erik is at a fair"})
    await house.slack.person("Farah").sees("hands you", in_="#ae-farah")
    await rep.sees("goes to somebody else. Lena Gross gave it to Farah Haddad: Erik is at a fair", in_="dm")
    await erik.sees("Taken back: Jane O'Neill", in_="#ae-erik")
    await house.all_is_told()
    events = [(str(one["METHOD"]), one.walk("VEVENT")[0]) for one in files(house)]
    assert {str(event["UID"]) for _, event in events} == {str(events[0][1]["UID"])}
    assert ("CANCEL", 1) in [(method, int(event["SEQUENCE"])) for method, event in events]
    assert ("REQUEST", 1) in [(method, int(event["SEQUENCE"])) for method, event in events]


async def test_the_call_is_moved_and_everybody_has_the_new_file(house: WholeHouse) -> None:
    rep = await lead_in_hand(house)
    await hands_off(rep)
    erik, post = await the_post(house)
    await house.all_is_told()
    assert await erik.clicks("Move the intro call…", on=post)
    await erik.sees("Move the intro call", in_="modal")
    await picks_slot(erik, 0)
    assert await erik.submits(**{"Why? Everybody in it reads this.": "a train"})
    await rep.sees("Erik Lund moved the intro call with Jane O'Neill, Acme Castings: a train", in_="dm")
    await house.all_is_told()
    events = [one.walk("VEVENT")[0] for one in files(house)]
    assert {int(one["SEQUENCE"]) for one in events} == {0, 1}
    assert len({str(one["UID"]) for one in events}) == 1
    assert await rep.clicks("Take it back…", on="You handed over")
    assert await rep.submits(**{"Why do you take it back?": "She wants to wait"})
    await erik.sees("Taken back: Jane O'Neill, Acme Castings: She wants to wait", in_="#ae-erik")
    await erik.sees("took Jane O'Neill, Acme Castings back: She wants to wait", in_="#ae-erik")


async def test_on_leave_is_not_offered_and_no_channel_goes_by_direct_message(house: WholeHouse) -> None:
    rep = await lead_in_hand(house)
    today = house.begins.date()

    def leave(session: Session) -> None:
        erik = session.query(Person).filter(Person.email == "erik@brightpath.example").one()
        farah = session.query(Person).filter(Person.email == "farah@brightpath.example").one()
        session.add(TimeOff(person_id=erik.id, starts_on=today, ends_on=today, cover_id=farah.id))
        session.execute(update(Person).where(Person.id == farah.id).values(channel=None))

    await house.parts.database.write(leave)
    assert await rep.types("/handoff jane o'neill", in_="#inbound")
    form = await rep.sees("Hand off", in_="modal")
    assert options(form, "handoff_ae") == ["Farah Haddad – first choice"]
    assert f"Erik Lund is away until {today:%-d %B}; Farah Haddad covers." in form.text
    await fills_in(rep)
    await picks_slot(rep)
    assert await rep.submits()
    farah = house.slack.person("Farah")
    post = await farah.sees("hands you", in_="dm")
    file = await farah.sees("intro-call.ics", in_="dm")
    assert file.thread_ts == post.ts
    await house.noor.sees("Farah Haddad has no channel for handoffs", in_="dm")
    assert await farah.clicks("Accept", on=post)
    await rep.is_rung("Farah Haddad accepted")


async def test_a_private_channel_without_the_bot_still_reaches_the_executive(house: WholeHouse) -> None:
    await house.parts.database.write(
        lambda session: (
            session.execute(
                update(Person).where(Person.email == "erik@brightpath.example").values(channel="#secret-erik")
            )
            and None
        )
    )
    rep = await lead_in_hand(house)
    await hands_off(rep)
    erik = house.slack.person("Erik")
    post = await erik.sees("hands you", in_="dm")
    file = await erik.sees("intro-call.ics", in_="dm")
    assert file.thread_ts == post.ts
    await house.noor.sees("I can't post to #secret-erik", in_="dm")
    assert await erik.clicks("Accept", on=post)
    await rep.is_rung("Erik Lund accepted")


async def test_a_live_transfer_goes_at_once(house: WholeHouse) -> None:
    rep = await lead_in_hand(house)
    assert await rep.types("/handoff jane", in_="#inbound")
    await rep.sees("Hand off", in_="modal")
    await fills_in(rep)
    await picks_slot(rep, -1)
    assert await rep.submits()
    erik = house.slack.person("Erik")
    post = await erik.sees("is handing over Jane O'Neill", in_="#ae-erik")
    assert "They are on the line now." in post.text
    assert files(house) == []


async def test_what_is_picked_counts_more_than_a_time_that_was_filled_in(house: WholeHouse) -> None:
    """A meeting that stands already fills the time in; whoever picks "now" does not mean that one."""
    rep = await lead_in_hand(house)
    assert await rep.types("/touch jane o'neill meeting booked tomorrow 14:00", in_="#inbound")
    await rep.sees("meeting booked")
    assert await rep.types("/handoff jane", in_="#inbound")
    await rep.sees("Hand off", in_="modal")
    await fills_in(rep)
    await picks_slot(rep, -1)
    assert await rep.submits()
    erik = house.slack.person("Erik")
    await erik.sees("is handing over Jane O'Neill", in_="#ae-erik")
    assert files(house) == []


async def test_every_way_in_and_every_unclear_name_leads_somewhere(house: WholeHouse) -> None:
    rep = await lead_in_hand(house)
    await rep.types("/handoff help", in_="#inbound")
    await rep.sees("Hand a lead over to an account executive")
    await rep.types("/handoff qwertz", in_="#inbound")
    nobody = await rep.sees("I know nobody called “qwertz”")
    assert await rep.clicks("Pick somebody…", on=nobody)
    await rep.sees("Whom do you hand over?", in_="modal")
    assert await rep.picks("Whom do you hand over?", "Jane O'Neill, Acme Castings", in_="modal", query="jane")
    await rep.sees("Who decides, and how?", in_="modal")
    await rep.closes()
    await rep.types("/handoff", in_="#inbound")
    own = await rep.sees("Whom do you hand over?")
    assert await rep.clicks("Jane O'Neill, Acme Castings", on=own)
    await rep.sees("Who decides, and how?", in_="modal")
    await rep.closes()
    await rep.types("/lead jane o'neill", in_="#inbound")
    assert await rep.clicks("Hand off…", on="Score")
    await rep.sees("Who decides, and how?", in_="modal")
    await rep.closes()
    assert await rep.clicks("Hand off…", in_="#inbound", on="answered in")
    await rep.sees("Who decides, and how?", in_="modal")
    await rep.closes()
    await house.gus.types("/handoff jane", in_="#inbound")
    await house.gus.sees("I don't know you yet")
    assert await rep.types("/handoff jane to @Erik thursday 3pm", in_="#inbound")
    told = await rep.sees("Write only whom it is about: /handoff jane.")
    await rep.types("/handoff ruth to @farah")
    await rep.sees("Write only whom it is about: /handoff ruth.")
    assert "<@" not in told.text


async def test_many_touches_are_read_page_by_page(house: WholeHouse) -> None:
    rep = await lead_in_hand(house)
    for number in range(7):
        assert await rep.types(f"/touch jane o'neill no answer, try {number}", in_="#inbound")
        await rep.sees(f"try {number}")
    await hands_off(rep)
    erik, post = await the_post(house)
    assert "try 6" in post.text
    assert "two plants" not in post.text
    assert await erik.clicks("All 8 touches", on=post)
    every = await erik.sees("Every earlier touch", in_="modal")
    assert "two plants" in every.text
    assert "1 to 8 of 8" in every.text
