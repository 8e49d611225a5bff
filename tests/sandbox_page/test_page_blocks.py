"""Clicking, choosing and filling in: what stands in messages, modals and the App Home."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.sandbox_page.bot import CARD
from tests.sandbox_page.stage import Stage

Look = Callable[..., Page]


def first_action(stage: Stage) -> dict[str, Any]:
    return stage.bot.heard(1)[0]["actions"][0]


def form(page: Page) -> Locator:
    box = page.get_by_role("textbox", name="Message #inbound")
    box.fill("/touch jane")
    box.press("Enter")
    dialog = page.get_by_role("dialog", name="Log a touch")
    expect(dialog).to_be_visible()
    return dialog


def choose(dialog: Locator, label: str, typed: str, name: str) -> None:
    field = dialog.get_by_role("combobox", name=label)
    field.click()
    field.press_sequentially(typed)
    dialog.get_by_role("option", name=name).click()


def test_a_click_reaches_the_bot_with_its_value(look: Look, stage: Stage) -> None:
    stage.posts("Hand raised: Jane", blocks=CARD)
    page = look("Ada")
    page.get_by_role("button", name="Claim").click()
    action = first_action(stage)
    assert (action["action_id"], action["value"]) == ("claim", "7")
    assert stage.bot.heard(1)[-1]["user"]["id"] == stage.id_of("Ada")


def test_a_dangerous_button_asks_first(look: Look, stage: Stage) -> None:
    stage.posts("Hand raised: Jane", blocks=CARD)
    page = look("Sam")
    page.get_by_role("button", name="Junk").click()
    question = page.get_by_role("alertdialog", name="Mark as junk?")
    question.get_by_role("button", name="Keep it").click()
    expect(question).to_have_count(0)
    expect(page.get_by_role("button", name="Junk")).to_be_focused()
    assert stage.bot.heard() == []
    page.get_by_role("button", name="Junk").click()
    question.get_by_role("button", name="Mark it").click()
    assert first_action(stage)["action_id"] == "junk"


def test_a_menu_is_worked_with_the_keyboard_alone(look: Look, stage: Stage) -> None:
    stage.posts("Hand raised: Jane", blocks=CARD)
    page = look("Sam")
    more = page.get_by_role("button", name="More options")
    more.press("Enter")
    expect(page.get_by_role("menuitem", name="Reassign")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert first_action(stage)["selected_option"]["value"] == "hand_off"
    expect(more).to_be_focused()


def test_a_select_filters_its_groups_and_sends_the_choice(look: Look, stage: Stage) -> None:
    stage.posts("Hand raised: Jane", blocks=CARD)
    page = look("Sam")
    outcome = page.get_by_role("combobox", name="Log outcome")
    outcome.click()
    expect(page.get_by_role("group", name="E-mail")).to_be_visible()
    outcome.press_sequentially("bus")
    expect(page.get_by_role("listbox", name="Choices").get_by_role("option")).to_have_count(1)
    outcome.press("Enter")
    assert first_action(stage)["selected_option"]["value"] == "busy"
    expect(outcome).to_have_value("Busy")


def test_a_message_shortcut_hangs_on_every_message(look: Look, stage: Stage) -> None:
    stage.says("Ada", "I just called Jane")
    page = look("Sam")
    page.get_by_role("button", name="More actions for message from Ada Lindqvist").click()
    page.get_by_role("menuitem", name="Log a touch").click()
    expect(page.get_by_role("dialog", name="Log a touch")).to_be_visible()
    assert stage.bot.heard()[-1]["message"]["text"] == "I just called Jane"


def test_a_form_is_filled_in_and_submitted(look: Look, stage: Stage) -> None:
    page = look("Maya")
    dialog = form(page)
    choose(dialog, "Who", "jan", "Jane O'Neill")
    choose(dialog, "Outcome", "", "Busy")
    choose(dialog, "Also tell", "ada", "Ada Lindqvist")
    dialog.get_by_role("button", name="Remove Ada Lindqvist").click()
    choose(dialog, "Also tell", "sam", "Sam Okafor")
    page.keyboard.press("Escape")
    dialog.get_by_label("When").fill("2027-03-01T09:30")
    dialog.get_by_role("checkbox", name="Share it").check()
    dialog.get_by_role("textbox", name="Note").fill("She asked for a call")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    values = stage.bot.heard()[-1]["view"]["state"]["values"]
    assert values["who"]["it"]["selected_option"]["value"] == "Jane O'Neill"
    assert values["outcome"]["it"]["selected_option"]["value"] == "busy"
    assert values["tell"]["it"]["selected_users"] == [stage.id_of("Sam")]
    assert values["when"]["it"]["selected_date_time"] == 1803911400  # 09:30 in New York, where Maya is
    assert [o["value"] for o in values["how"]["it"]["selected_options"]] == ["share"]
    assert values["note"]["it"]["value"] == "She asked for a call"


def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(look: Look, stage: Stage) -> None:
    page = look("Sam")
    dialog = form(page)
    choose(dialog, "Who", "jos", "José García")
    dialog.get_by_role("textbox", name="Note").fill("no")
    dialog.get_by_role("button", name="Save").click()
    outcome = dialog.get_by_role("combobox", name="Outcome")
    expect(outcome).to_have_accessible_description(re.compile("required"))
    expect(outcome).to_be_focused()
    choose(dialog, "Outcome", "se", "Sent")
    dialog.get_by_role("button", name="Save").click()
    note = dialog.get_by_role("textbox", name="Note")
    expect(note).to_have_accessible_description("Say a little more than no. In your own words")
    expect(note).to_have_attribute("aria-invalid", "true")
    expect(note).to_have_value("no")
    expect(dialog.get_by_role("combobox", name="Who")).to_have_value("José García")
    note.fill("She said no")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert stage.bot.heard()[-1]["view"]["state"]["values"]["note"]["it"]["value"] == "She said no"


def test_the_typeahead_asks_the_bot_and_says_when_nothing_fits(look: Look) -> None:
    page = look("Sam")
    dialog = form(page)
    who = dialog.get_by_role("combobox", name="Who")
    who.click()
    expect(dialog.get_by_role("listbox")).to_contain_text("Type at least 1 character.")
    who.press_sequentially("jan")
    expect(dialog.get_by_role("option")).to_have_text(["Jane O'Neill", "Jana Müller"])
    who.press_sequentially("zzz")
    expect(dialog.get_by_role("listbox")).to_contain_text("Nothing matches.")


def test_a_second_form_lies_on_the_first_and_escape_goes_back(look: Look, stage: Stage) -> None:
    page = look("Sam")
    dialog = form(page)
    dialog.get_by_role("textbox", name="Note").fill("half a note")
    dialog.get_by_role("button", name="Another person").click()
    deeper = page.get_by_role("dialog", name="Another person")
    expect(deeper).to_be_visible()
    assert stage.bot.heard()[-1]["view"]["state"]["values"]["note"]["it"]["value"] == "half a note"
    page.keyboard.press("Escape")
    expect(deeper).to_have_count(0)
    expect(dialog.get_by_role("textbox", name="Note")).to_have_value("half a note")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("textbox", name="Message #inbound")).to_be_focused()


def test_the_focus_never_leaves_an_open_form(look: Look) -> None:
    page = look("Sam")
    dialog = form(page)
    for _ in range(25):
        page.keyboard.press("Tab")
        assert dialog.evaluate("node => node.contains(document.activeElement)")
    for _ in range(5):
        page.keyboard.press("Shift+Tab")
        assert dialog.evaluate("node => node.contains(document.activeElement)")


def test_the_home_of_the_app_is_asked_for_and_its_buttons_work(look: Look, stage: Stage) -> None:
    page = look("Sam")
    page.get_by_role("link", name="Home").first.click()
    expect(page.get_by_role("heading", name="Good morning")).to_be_visible()
    page.get_by_role("button", name="Open my list").click()
    assert first_action(stage)["action_id"] == "list"


POINTS = [{"label": "Jan", "value": 32}, {"label": "Feb", "value": 41.5}]
AXES = {"categories": ["Jan", "Feb"], "x_label": "Month"}


@pytest.mark.parametrize("kind", ["bar", "line", "area", "pie"])
def test_a_chart_has_its_words_and_its_figures(look: Look, stage: Stage, kind: str) -> None:
    chart = {"type": kind, "series": [{"name": "Inbound", "data": POINTS}], "axis_config": AXES}
    if kind == "pie":
        chart = {"type": "pie", "segments": [{"label": "Jan", "value": 32}, {"label": "Feb", "value": 41.5}]}
    stage.posts("Leads", blocks=[{"type": "data_visualization", "title": "Leads by month", "chart": chart}])
    page = look("Sam")
    picture = page.get_by_role("figure", name="Leads by month")
    expect(picture.get_by_role("img")).to_have_accessible_name(re.compile(r"Leads by month\..*Jan 32.*Feb 41\.5"))
    picture.get_by_text("Show the figures").click()
    expect(picture.get_by_role("cell", name="41.5")).to_be_visible()


def test_a_long_table_turns_its_pages_and_sorts(look: Look, stage: Stage) -> None:
    rows = [[{"type": "raw_text", "text": "Rep"}, {"type": "raw_text", "text": "Claims"}]]
    rows += [
        [{"type": "raw_text", "text": f"Rep {n}"}, {"type": "raw_number", "value": n, "text": str(n)}]
        for n in range(1, 8)
    ]
    stage.posts("Reps", blocks=[{"type": "data_table", "caption": "Reps", "page_size": 5, "rows": rows}])
    page = look("Sam")
    table = page.get_by_role("table", name="Reps")
    expect(table.locator("tbody tr")).to_have_count(5)
    page.get_by_role("button", name="Next").click()
    expect(table.locator("tbody tr")).to_have_count(2)
    table.get_by_role("button", name="Claims").click()
    table.get_by_role("button", name="Claims").click()
    expect(table.locator("tbody tr").first).to_contain_text("Rep 7")
    expect(table.get_by_role("columnheader", name="Claims")).to_have_attribute("aria-sort", "descending")


def test_a_failing_command_shows_what_slack_would_say(look: Look) -> None:
    page = look("Sam")
    box = page.get_by_role("textbox", name="Message #inbound")
    box.fill("/broken")
    box.press("Enter")
    expect(page.locator(".toast")).to_contain_text("/broken failed with the error")
    expect(box).to_have_value("/broken")
