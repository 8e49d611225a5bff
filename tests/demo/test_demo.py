"""The demo as a stranger sees it: a browser, the website, the workspace, from the form to the folded card.

``PICTURES=folder`` keeps the pictures that the README shows.
"""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo.visitor import SIZE, keep

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]


def type_line(page: Page, line: str) -> None:
    box = page.get_by_role("textbox", name="Message #inbound")
    box.fill(line)
    box.press("Escape")
    box.press("Enter")


def act_as(page: Page, address: str, name: str) -> None:
    members = page.request.get(f"{address}/sandbox/workspace").json()["members"]
    user = next(member["id"] for member in members if member["name"] == name)
    page.goto(f"{address}/?as={user}")
    page.get_by_role("link", name="inbound").or_(page.get_by_role("button", name="inbound")).first.click()


def test_from_the_form_to_answered(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
    page, site = context.new_page(), context.new_page()
    act_as(page, address, "Sam")
    site.goto(f"{address}/site/")
    form = site.get_by_role("form", name="Contact me")
    form.get_by_role("button", name="Fill in with an example").click()
    form.scroll_into_view_if_needed()
    keep(site, "website")
    name = form.get_by_label("First name").input_value()
    form.get_by_role("button", name="Contact me").click()
    expect(site.get_by_role("heading", name=re.compile("Thank you"))).to_be_visible()

    card = page.locator(".message", has_text=name).first
    expect(card).to_contain_text("wants to talk to us")
    expect(card).to_contain_text("you're up")
    keep(page, "alert")
    card.get_by_role("button", name=re.compile("^Claim")).click()
    expect(card).to_contain_text("has it")
    expect(card).to_contain_text("First words")
    expect(card.get_by_role("button", name="Voicemail")).to_be_visible()
    keep(page, "claimed")

    last = form_name(card.inner_text())
    type_line(page, f"/touch {last} connected, wants an audit of two plants")
    echo = page.locator(".message", has_text="Logged for")
    expect(echo).to_contain_text("Only visible to you")
    expect(card).to_contain_text(re.compile(r"Sam Okafor answered in \d+ s"))
    keep(page, "answered")

    type_line(page, f"/lead {last}")
    expect(page.locator(".message", has_text="wants an audit of two plants").last).to_be_visible()
    keep(page, "lead")
    type_line(page, "/touch")
    expect(page.get_by_role("dialog").get_by_label("Note")).to_be_visible()
    keep(page, "touch-form")
    page.keyboard.press("Escape")

    act_as(page, address, "Noor")
    type_line(page, "/handraiser events")
    expect(page.locator(".message", has_text="What came in").last).to_contain_text("new lead")
    keep(page, "events")
    context.close()


def form_name(card: str) -> str:
    """The full name on the card."""
    match = re.search(r"has it:\s+(.+?), ", card)
    assert match, card
    return match.group(1)


def test_the_clock_shows_what_happens_when_nobody_answers(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
    page, site = context.new_page(), context.new_page()
    act_as(page, address, "Lena")
    site.goto(f"{address}/site/")
    form = site.get_by_role("form", name="Start a trial")
    for _ in range(2):  # the first is somebody else's, whose lead may be answered already
        form.get_by_role("button", name="Fill in with an example").click()
    form.get_by_role("button", name=re.compile("trial")).click()
    expect(page.locator(".message", has_text="wants to start a trial").first).to_be_visible()
    for _ in range(3):
        page.get_by_role("button", name="In 5 minutes").click()
    expect(page.locator(".message", has_text="Passed to").first).to_be_visible()
    page.get_by_role("link", name="Messages").or_(page.get_by_role("button", name="Messages")).first.click()
    expect(page.locator(".message", has_text="Nobody has answered for").first).to_be_visible()
    keep(page, "manager")
    context.close()
