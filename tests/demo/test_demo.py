"""The demo as a stranger sees it: a browser, the website, the workspace, from the form to the folded card.

``PICTURES=folder`` keeps the pictures that the README and the pages of the roles show.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.demo.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    visiting = Visitor(browser, address)
    yield visiting
    visiting.close()


def test_from_the_form_to_answered(visitor: Visitor) -> None:
    visitor.acts_as("Sam", "inbound")
    name = visitor.sends_the_form(picture="website")
    card = visitor.page.locator(".message", has_text=name).first
    expect(card).to_contain_text("wants to talk to us")
    expect(card).to_contain_text("you're up")
    visitor.calms()
    visitor.keeps("alert")
    card.get_by_role("button", name=re.compile("^Claim")).click()
    expect(card).to_contain_text("has it")
    expect(card).to_contain_text("First words")
    expect(card.get_by_role("button", name="Voicemail")).to_be_visible()
    visitor.keeps("claimed")

    who = name_on(card.inner_text())
    visitor.types(f"/touch {who} connected, wants an audit of two plants")
    expect(visitor.message("Logged for")).to_contain_text("Only visible to you")
    expect(card).to_contain_text(re.compile(r"Sam Okafor answered in \d+ s"))
    visitor.keeps("answered")

    visitor.types(f"/lead {who}")
    expect(visitor.message("wants an audit of two plants")).to_contain_text("Timeline")
    visitor.keeps("lead")
    visitor.types("/touch")
    expect(visitor.dialog.get_by_label("Note")).to_be_visible()
    visitor.keeps("touch-form")
    form = visitor.dialog
    field = form.get_by_role("combobox", name="Who was it?")
    field.click()
    field.press_sequentially(who)
    visitor.page.get_by_role("option", name=who).first.click()
    visitor.chooses("How?", "E-mail")
    visitor.chooses("What came of it?", "Sent")
    form.get_by_role("button", name="Log it").click()
    expect(form).to_contain_text("e-mail, sent")
    visitor.page.keyboard.press("Escape")

    visitor.acts_as("Noor", "inbound")
    visitor.types("/handraiser events")
    expect(visitor.message("What came in")).to_contain_text("new lead")
    visitor.keeps("events")


def name_on(card: str) -> str:
    """The full name on the card."""
    match = re.search(r"has it:\s+(.+?), ", card)
    assert match, card
    return match.group(1)


def test_the_clock_shows_what_happens_when_nobody_answers(visitor: Visitor) -> None:
    visitor.acts_as("Lena", "inbound")
    visitor.sends_the_form("Start a trial", example=2)  # the first is somebody else's, whose lead may be answered
    expect(visitor.message("wants to start a trial")).to_be_visible()
    for _ in range(3):
        visitor.moves_the_clock("In 5 minutes")
    expect(visitor.page.locator(".message", has_text="Passed to").first).to_be_visible()
    visitor.acts_as("Lena", "Messages")
    expect(visitor.message("Nobody has answered for")).to_be_visible()
    visitor.keeps("manager")
