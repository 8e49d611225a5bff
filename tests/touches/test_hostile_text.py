"""Text from outside in every view of /touch and /lead: nothing pings, links, formats or breaks Slack's limits."""

import json
import re
from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from bot.db.base import new_id
from bot.db.models import Consent, HandRaise, LeadMove, ScoreEntry, Task
from bot.db.queries.callbacks import callback_reminder
from bot.db.queries.contact_card import contact_card
from bot.db.queries.contacts import contact_candidate, find_contacts
from bot.db.queries.leads import lead_card
from bot.db.queries.own_leads import own_leads
from bot.domain.terms import Channel, Intent, LeadState, Outcome, ScorePart, Source
from bot.domain.touch_pending import PendingTouch
from bot.service.touch_lines import Asked, go_on, touch_by_line
from bot.service.touches import Logged
from bot.slack.blocks import Post
from bot.slack.views import contact_card as card_views
from bot.slack.views import lead as lead_views
from bot.slack.views import touch as touch_views
from bot.slack.views.touch_form import person_options, touch_form
from sandbox.blockkit.check import check_blocks, check_options, check_view
from tests.touches.house import NOW, House, add_account, add_contact

EVIL = [
    "<!channel> <!here> <@U00001SBX> <#C1>",
    "<https://evil.example|click me> www.evil.example",
    "*bold* _it_ ~gone~ `code` ```block``` > quote",
    "&lt;!channel&gt; &amp; & < >",
    "=HYPERLINK(1) +1 @sum \u202e\u2066right to left\u2069 \x00\x07\x1b[31m",
    "😀" * 50 + "ä" * 500,
    "x" * 100_000,
    "\n\n\n\t \u200b\u2028",
]
PINGS = re.compile(r"<(?!!date\^|tel:|mailto:|@U)[!@#h]|<!channel|<!here|<@U00001SBX")


def check(shown: object) -> None:
    if isinstance(shown, Post):
        assert check_blocks(json.loads(json.dumps(shown.blocks))) == []
        assert shown.text.strip()
        said = shown.text + json.dumps([block for block in shown.blocks if block["type"] != "rich_text"])
    else:
        assert check_view(json.loads(json.dumps(shown))) == []
        # What stands in an input is the person's own text, to be edited: nothing acts on it there.
        said = re.sub(r'"initial_value": "(?:[^"\\]|\\.)*"', "", json.dumps(shown))
    for text in [*re.findall(r'"type": "mrkdwn", "text": "((?:[^"\\]|\\.)*)"', said), getattr(shown, "text", "")]:
        assert not PINGS.search(text), text[:300]
    assert "\u202e" not in said
    assert "\\u202e" not in said


@pytest.mark.parametrize("evil", EVIL, ids=lambda text: repr(text[:20]))
def test_it_does_no_harm_in_any_view(house: House, evil: str) -> None:
    short = evil.replace("\x00", "")[:250]
    account = house.write(lambda session: add_account(session, short, industry=short))
    contact = house.write(
        lambda session: add_contact(
            session, short, "Zzyx", "zzyx@x.example", account, title=short, owner_id=house.sam.person_id
        )
    )
    lead_id = house.open_lead(contact, message=evil.replace("\x00", ""), owner_reason=[short])
    for model, values in (
        (
            HandRaise,
            {"lead_id": lead_id, "intent": Intent.OTHER, "source": Source.OTHER, "message": short, "raised_at": NOW},
        ),
        (LeadMove, {"lead_id": lead_id, "to_state": LeadState.OPEN, "at": NOW, "reason": short}),
        (ScoreEntry, {"contact_id": contact, "part": ScorePart.NEGATIVE, "points": -1, "reason": short, "at": NOW}),
        (Consent, {"contact_id": contact, "basis": short, "text": short, "given_at": NOW}),
    ):
        house.write(lambda session, m=model, v=values: session.execute(insert(m).values(id=new_id(), **v)))
    logged = house.log(
        Outcome.REFERRAL, contact=contact, note=evil, typed=evil, referral_name=evil[:200], said_by=evil[:200]
    )
    house.log(Outcome.CALLBACK, Channel.CALL, contact=contact, note=evil, follow_up_at=NOW.replace(hour=15))
    (task,) = house.all(Task, Task.kind == "callback")
    read = house.read
    check(touch_views.logged_post(replace(logged, assumed=(evil,)), "Europe/Berlin", NOW))
    check(touch_views.logged_modal(logged, "Europe/Berlin", NOW))
    check(touch_views.undone_post(evil, evil))
    check(touch_views.undone_modal(evil, evil))
    check(touch_views.callback_post(read(lambda session: callback_reminder(session, task.id, NOW))))
    check(card_views.contact_post(read(lambda session: contact_card(session, contact, NOW))))
    check(card_views.lead_post(read(lambda session: lead_card(session, lead_id, NOW))))
    check(lead_views.own_leads_post(read(lambda session: own_leads(session, house.sam.person_id))))
    check(lead_views.nobody_post(evil))
    people = read(lambda session: find_contacts(session, "zzyx", house.sam.person_id))
    check(lead_views.choice_post(evil, people, more=True))
    assert check_options({"options": json.loads(json.dumps(person_options(people, evil)))}) == []
    pending = PendingTouch(contact_id=contact, outcome=Outcome.REFERRAL, note=evil, referral_name=evil, who=evil)
    pending = pending.with_(referral_email=evil)
    person = read(lambda session: contact_candidate(session, contact))
    check(touch_form(pending, person, NOW, sentence="", metadata="{}"))
    nobody = PendingTouch(who=evil, new_name=evil, line=evil, note=evil, outcome=Outcome.NOT_INTERESTED, said_by=evil)
    check(touch_form(nobody.with_(new_email=evil, new_company=evil), None, NOW))


@pytest.mark.parametrize("evil", EVIL, ids=lambda text: repr(text[:20]))
def test_as_a_line_it_is_logged_asked_about_or_helped_and_never_lost(house: House, evil: str) -> None:
    result = house.write(lambda session: touch_by_line(session, house.sam, f"jane doe voicemail {evil}", NOW))
    if isinstance(result, Asked):
        check(touch_views.asked_post(result))
        assert result.pending.line.endswith(evil)
    else:
        assert isinstance(result, Logged)
        check(touch_views.logged_post(result, "Europe/Berlin", NOW))
    alone = house.write(lambda session: touch_by_line(session, house.sam, evil, NOW))
    if isinstance(alone, Asked):
        check(touch_views.asked_post(alone))
        pending = alone.pending.with_(contact_id=house.jane)
        again = house.write(lambda session: go_on(session, house.sam, pending, NOW))
        assert isinstance(again, Asked | Logged)


def test_the_database_holds_no_text_that_cannot_be_read_back(house: House) -> None:
    from bot.db.models import Touch

    house.log(Outcome.CONNECTED, note="a\x00b\ud800c", typed="\x00")
    (note,) = house.read(lambda session: session.scalars(select(Touch.note)).all())
    assert note == "ab?c"
