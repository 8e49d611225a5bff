"""The page around the messages: who acts, the clock, the website, colours, and that everybody can use it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.sandbox_page.bot import CARD
from tests.sandbox_page.reading import nameless, unreadable
from tests.sandbox_page.stage import Stage

Look = Callable[..., Page]


def furnished(stage: Stage) -> None:
    """A channel with one of everything."""
    stage.says("Ada", "Good morning, `code` and <https://example.com>")
    stage.posts(f"<@{stage.id_of('Sam')}> Hand raised", blocks=CARD)
    thread = stage.posts("With replies")
    stage.posts("A reply", thread_ts=thread)


def test_acting_as_somebody_else_shows_what_they_see(look: Look, stage: Stage) -> None:
    page = look("Sam")
    page.get_by_role("combobox", name="Act as").select_option(label="Ada Lindqvist · MRR")
    expect(page).to_have_url(re.compile(f"as={stage.id_of('Ada')}"))
    page.get_by_role("textbox", name="Message #inbound").fill("Ada here")
    page.keyboard.press("Enter")
    expect(page.locator(".message-name")).to_have_text("Ada Lindqvist")
    page.reload()
    expect(page.get_by_role("combobox", name="Act as")).to_have_value(stage.id_of("Ada"))


def test_a_person_can_be_named_in_the_address(look: Look, stage: Stage) -> None:
    page = look(path="/?as=Maya")
    expect(page.get_by_role("combobox", name="Act as")).to_have_value(stage.id_of("Maya"))
    expect(page.get_by_role("textbox", name="Message #inbound")).to_be_visible()


def test_the_clock_jumps_and_says_how_far_ahead_it_is(look: Look, stage: Stage) -> None:
    page = look("Sam")
    clock = page.get_by_role("region", name="Business clock")
    expect(clock).to_contain_text("The demo's clock shows real time.")
    clock.get_by_role("button", name="In 5 minutes").click()
    expect(clock).to_contain_text("5 minutes ahead of real time")
    clock.get_by_role("button", name="In 1 hour").click()
    expect(clock).to_contain_text("1 hour and 5 minutes ahead of real time")
    clock.get_by_role("button", name="In 1 minute").click()
    expect(clock).to_contain_text("1 hour and 6 minutes ahead of real time")
    other = look("Ada")
    expect(other.get_by_role("region", name="Business clock")).to_contain_text("1 hour and 6 minutes ahead")


def test_the_next_workday_begins_in_the_morning_of_the_acting_member(look: Look, stage: Stage) -> None:
    page = look("Maya")
    clock = page.get_by_role("region", name="Business clock")
    clock.get_by_role("button", name="Workday 07:30").click()
    expect(clock.get_by_role("status")).to_contain_text("07:30")
    expect(clock).to_contain_text("New York")
    expect(clock.locator(".clock-time")).to_have_text(re.compile("^07:30:"))


def test_any_later_time_can_be_picked_and_an_earlier_one_is_refused(look: Look) -> None:
    page = look("Sam")
    clock = page.get_by_role("region", name="Business clock")
    clock.get_by_text("Another time").click()
    field = clock.get_by_label("Date and time to go to")
    field.fill("2001-01-01T10:00")
    clock.get_by_role("button", name="Go").click()
    expect(clock.get_by_role("status")).to_contain_text("only goes forward")
    field.fill("2090-05-04T10:15")
    clock.get_by_role("button", name="Go").click()
    expect(clock.locator(".clock-time")).to_have_text(re.compile("^10:15:"))


def test_messages_stand_under_the_business_day_they_were_written_on(look: Look, stage: Stage) -> None:
    stage.posts("Before")
    page = look("Sam")
    page.request.post(f"{stage.url}/sandbox/clock", data={"tomorrow": "07:30", "tz": "Europe/Berlin"})
    expect(page.locator(".divider.day")).to_have_text(["Yesterday"])
    stage.posts("After")
    expect(page.locator(".divider.day")).to_have_text(["Yesterday", "Today"])
    expect(page.locator(".message", has_text="After").locator(".message-time")).to_have_text("07:30")


def test_dates_of_the_bot_are_in_the_readers_zone(look: Look, stage: Stage) -> None:
    stage.posts("Call at <!date^1893487800^{date_num} {time}|noon somewhere>")
    for name, words in (("Sam", "2030-01-01 09:50"), ("Maya", "2030-01-01 03:50")):
        expect(look(name).locator(".message time").last).to_have_text(words)


def test_colours_follow_the_system_and_the_toggle(look: Look) -> None:
    page = look("Sam", color_scheme="dark")
    html = page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Switch to light colours").click()
    expect(html).to_have_attribute("data-theme", "light")
    page.reload()
    expect(html).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Switch to dark colours").click()
    expect(html).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_control_has_a_name_and_every_word_can_be_read(look: Look, stage: Stage, scheme: str) -> None:
    furnished(stage)
    stage.posts(f"<@{stage.id_of('Sam')}> and elsewhere", channel="general")
    page = look("Sam", color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator(".message")).to_have_count(3)
    expect(page.get_by_role("link", name=re.compile("general.*1 mention"))).to_be_visible()
    page.get_by_text("Another time").click()
    page.get_by_role("button", name="1 reply").click()
    expect(page.get_by_role("complementary", name="Thread").locator(".message")).to_have_count(2)
    assert nameless(page) == []
    assert unreadable(page) == []
    page.get_by_role("textbox", name="Message #inbound").fill("/touch")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.locator(".input-error").first).to_be_visible()
    assert nameless(page) == []
    assert unreadable(page) == []


def test_words_too_pale_to_read_and_controls_without_a_name_are_found(look: Look) -> None:
    page = look("Sam")
    expect(page.get_by_role("textbox", name="Message #inbound")).to_be_visible()
    for place, words in (("sidebar", "pale beside"), ("main", "pale in the middle")):
        page.evaluate(
            """([place, words]) => {
              const note = Object.assign(document.createElement("p"), { textContent: words, className: "pale" });
              note.style.color = place === "sidebar" ? "rgb(60 90 86)" : "rgb(200 200 200)";
              document.getElementById(place).prepend(note, document.createElement("button"));
            }""",
            [place, words],
        )
    assert unreadable(page) == ["pale: pale beside", "pale: pale in the middle"]
    assert len(nameless(page)) == 2


def test_there_is_one_of_each_landmark_and_no_id_twice(look: Look, stage: Stage) -> None:
    furnished(stage)
    page = look("Sam")
    expect(page.locator(".message")).to_have_count(3)
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("navigation", name="Workspace")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    ids = page.locator("[id]").evaluate_all("nodes => nodes.map((node) => node.id)")
    assert sorted(set(ids)) == sorted(ids)


def test_the_first_tab_stop_leads_to_the_message_box(look: Look) -> None:
    page = look("Sam")
    expect(page.get_by_role("textbox", name="Message #inbound")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the message box")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Message #inbound")).to_be_focused()


def test_a_narrow_window_has_its_channels_in_a_drawer(look: Look, stage: Stage) -> None:
    furnished(stage)
    page = look("Sam", viewport={"width": 400, "height": 800})
    expect(page.locator(".message")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    expect(page.get_by_role("link", name="general")).to_be_hidden()
    page.get_by_role("button", name="Channels and people").click()
    page.get_by_role("link", name="general").click()
    expect(page.get_by_role("textbox", name="Message #general")).to_be_visible()
    expect(page.get_by_role("link", name="general")).to_be_hidden()


def test_a_new_message_is_read_out(look: Look, stage: Stage) -> None:
    page = look("Sam")
    expect(page.get_by_role("textbox", name="Message #inbound")).to_be_visible()
    stage.says("Ada", "Jane is on the line")
    expect(page.locator("#live")).to_have_text("Ada Lindqvist: Jane is on the line")


def test_what_only_you_can_see_is_gone_when_the_page_is_opened_anew(look: Look, stage: Stage) -> None:
    page = look("Sam")
    box = page.get_by_role("textbox", name="Message #inbound")
    box.fill("/today")
    box.press("Enter")
    expect(page.locator(".message.is-ephemeral")).to_contain_text("Nothing is due today.")
    stage.posts("This stays")
    expect(page.locator(".message")).to_have_count(2)
    page.reload()
    expect(page.locator(".message")).to_have_count(1)
    expect(page.locator(".message")).to_contain_text("This stays")


def test_the_page_says_when_the_sandbox_is_gone_and_recovers(look: Look, stage: Stage) -> None:
    page = look("Sam")
    expect(page.get_by_role("textbox", name="Message #inbound")).to_be_visible()
    page.route("**/sandbox/view*", lambda route: route.fulfill(body="closed for a moment"))
    stage.says("Ada", "behind the curtain")
    banner = page.locator(".offline")
    expect(banner).to_contain_text("does not understand. Trying again")
    page.unroute("**/sandbox/view*")
    expect(page.locator(".message", has_text="behind the curtain")).to_be_visible()
    expect(banner).to_have_count(0)
