"""`docs/tour.md`, step by step, as a stranger clicks through it: a rep's morning, a raised hand, a handoff, the money.

The steps are tests that follow each other in one demo. ``PICTURES=folder`` keeps the pictures that the tour shows.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.demo.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

ANSWERS = {
    "Who decides": "She does, up to 50,000; above that the board signs.",
    "senior decision maker": "Yes, it is her.",
    "When do they want it": "Before the busy season in March.",
    "What happens next": "A look at both plants.",
}
BEFORE_THE_MAIL = 5
"""Items that may stand before the first e-mail: callbacks whose hour has come."""
CLICKS_TO_THE_CALL = 30
"""Hours to press at most: the executive may be away today."""


@pytest.fixture(scope="module")
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    """One window for the whole tour."""
    visiting = Visitor(browser, address)
    yield visiting
    visiting.close()


@pytest.fixture(scope="module")
def story() -> dict[str, str]:
    """Who it is about: what one step learns and the next one needs."""
    return {}


def test_1_the_morning_list(visitor: Visitor) -> None:
    visitor.acts_as("Lin", "Messages")
    visitor.moves_the_clock("Workday 07:30")
    morning = visitor.message(f"Touch list, {visitor.now:%a %-d %b}")  # a holiday may have left another one behind
    expect(morning).to_contain_text(re.compile(r"0 of ([3-9]\d|1\d\d) done"))
    expect(morning.get_by_role("button", name="Start")).to_be_visible()
    visitor.calms()
    morning.evaluate("one => one.scrollIntoView({block: 'start'})")
    visitor.keeps("tour-list")

    morning.get_by_role("button", name="Start").click()
    expect(visitor.dialog).to_contain_text(re.compile("Look into your inbox|What came of it"))
    if visitor.dialog.get_by_text("Look into your inbox").count():  # not on the morning after a holiday
        visitor.chooses("Who replied", 0)
        visitor.page.keyboard.press("Tab")
        visitor.dialog.get_by_role("button", name="That's all").click()
        expect(visitor.dialog).to_contain_text("They replied to your e-mail")
        visitor.chooses("What came of it", re.compile("^Reply positive"))
        visitor.dialog.get_by_label("Note").fill("wants to talk next week")
        visitor.dialog.get_by_role("button", name="Next").click()
        expect(visitor.dialog).to_contain_text("Logged for")


def test_2_one_person_at_a_time(visitor: Visitor) -> None:
    mail = visitor.dialog.get_by_role("button", name="Open in my mail")
    for _ in range(BEFORE_THE_MAIL):
        if mail.count():
            break
        person = visitor.dialog.locator("strong").first.inner_text()
        if visitor.dialog.get_by_text("This draft stops here").count():
            visitor.dialog.get_by_label("One fact about them").fill("They opened a second site in March.")
        visitor.dialog.get_by_role("button", name="Next").click()
        expect(mail.or_(visitor.dialog.locator("strong").first.filter(has_not_text=person)).first).to_be_visible()
    expect(mail).to_be_visible()
    visitor.keeps("tour-item", visitor.dialog)
    visitor.chooses("What came of it", re.compile("sent"))
    visitor.dialog.get_by_role("button", name="Next").click()
    expect(visitor.dialog).to_contain_text(re.compile(r"Logged for .*: e-mail, sent\. Next in their plan: a call"))
    visitor.dialog.get_by_role("button", name="Stop").click()
    expect(visitor.message("Touch list,").get_by_role("button", name="Go on")).to_be_visible()
    expect(visitor.message("Touch list,")).to_contain_text(re.compile(r"[1-9] of \d+ done"))


def test_3_a_hand_is_raised(visitor: Visitor, story: dict[str, str]) -> None:
    visitor.acts_as("Sam", "inbound")
    for _ in range(2):
        visitor.moves_the_clock("In 1 hour")
    first = visitor.sends_the_form()
    card = visitor.message(first)
    expect(card).to_contain_text("Sam Okafor, you're up")
    visitor.calms()
    visitor.keeps("tour-alert", card)
    card.get_by_role("button", name=re.compile("^Claim")).click()
    expect(card).to_contain_text("First words")
    visitor.keeps("tour-claimed", card)
    found = re.search(r"has it:\s+(.+?), .* at (\S+)", card.inner_text())
    assert found
    story["who"], story["company"] = found[1], found[2]
    visitor.types(f"/touch {story['who']} connected, wants an audit of two plants")
    expect(visitor.message("Logged for")).to_contain_text("wants an audit of two plants")
    expect(visitor.page.locator(".message", has_text="Sam Okafor answered in")).to_contain_text(story["who"])


def test_4_handed_off(visitor: Visitor, story: dict[str, str]) -> None:
    visitor.types(f"/handoff {story['who']}")
    expect(visitor.dialog.get_by_label("What is the problem")).to_have_value(re.compile(r"\w+ \w+"))
    for question, answer in ANSWERS.items():
        visitor.dialog.get_by_role("textbox", name=re.compile(question)).fill(answer)
    free = visitor.dialog.get_by_text(re.compile(r"^When\? Free for")).first.inner_text()
    story["ae"] = free.partition("Free for ")[2].partition(" (")[0]
    visitor.chooses("Free for", 0)
    visitor.keeps("tour-handoff", visitor.dialog)
    visitor.dialog.get_by_role("button", name="Hand off").click()
    expect(visitor.dialog).to_have_count(0)
    visitor.acts_as("Sam", "Messages")
    copy = visitor.message("You handed over")
    expect(copy).to_contain_text(f"waits for {story['ae']}'s answer")
    expect(copy).to_contain_text("1 reply")


def test_5_accepted_and_held(visitor: Visitor, story: dict[str, str]) -> None:
    first = story["ae"].split(" ")[0]
    visitor.acts_as(first, f"ae-{first.lower()}")
    post = visitor.message("hands you")
    expect(post).to_contain_text("wants an audit of two plants")
    visitor.keeps("tour-handed-over", post)
    post.get_by_role("button", name=re.compile("^Accept")).click()
    post = visitor.page.locator(".message", has_text="has it:").first
    expect(post).to_contain_text("Tell me when you have spoken to them.")
    held = post.get_by_role("button", name="Held", exact=True)
    for _ in range(CLICKS_TO_THE_CALL):
        visitor.moves_the_clock("In 1 hour")
        if _appears(held):
            break
    held.click()
    expect(post).to_contain_text("Is it an opportunity?")


def _appears(what: Locator) -> bool:
    """Soon; else the clock has to go on."""
    try:
        expect(what).to_be_visible(timeout=3000)
    except AssertionError:
        return False
    return True


def test_6_an_opportunity_and_won(visitor: Visitor, story: dict[str, str]) -> None:
    visitor.page.get_by_role("button", name=re.compile("^An opportunity")).first.click()
    visitor.dialog.get_by_label("How much").fill("18,000")
    visitor.dialog.get_by_label("When do you expect").fill(f"{visitor.now + timedelta(days=40):%Y-%m-%d}")
    visitor.dialog.get_by_role("button", name="It is one").click()
    expect(visitor.dialog).to_contain_text("An opportunity:")
    visitor.dialog.get_by_role("button", name="Close").last.click()
    post = visitor.message("Qualified by")
    expect(post).to_contain_text("18,000 USD")
    visitor.calms()
    visitor.keeps("tour-opportunity", post)
    post.get_by_role("button", name=re.compile("^Won")).click()
    expect(visitor.dialog.get_by_role("checkbox")).to_have_count(4)
    for fact in visitor.dialog.get_by_role("checkbox").all():
        fact.check()
    visitor.dialog.get_by_role("button", name="Won").click()
    expect(visitor.dialog).to_contain_text("Won: ")
    visitor.dialog.get_by_role("button", name="Close").last.click()
    expect(visitor.message("Qualified by")).to_contain_text("won")
    visitor.acts_as("Sam", "Messages")
    for step in ("accepted", "held", "won"):
        expect(visitor.page.locator(".message", has_text=step).last).to_be_visible()
    visitor.message(re.compile("won", re.IGNORECASE)).scroll_into_view_if_needed()
    visitor.keeps("tour-told")


def test_7_what_the_manager_sees(visitor: Visitor, story: dict[str, str]) -> None:
    visitor.acts_as("Lena", "general")
    visitor.types("/pipeline this quarter")
    report = visitor.message("Pipeline,")
    expect(report).to_contain_text("Closed business")
    expect(report.locator("svg.chart-svg").first).to_be_visible()
    visitor.calms()
    report.evaluate("one => one.scrollIntoView({block: 'start'})")
    visitor.keeps("tour-pipeline")
    report.locator("svg.chart-svg").first.scroll_into_view_if_needed()
    visitor.keeps("tour-funnel", report.locator(".chart").first)
    report.get_by_role("button", name=re.compile("^Rows")).first.click()
    expect(visitor.dialog).to_contain_text(story["company"])
    expect(visitor.dialog).to_contain_text("18,000 USD")
    visitor.keeps("tour-rows", visitor.dialog)
    visitor.dialog.get_by_role("button", name="Close").last.click()


def test_8_everybodys_home(visitor: Visitor, story: dict[str, str]) -> None:
    executive = story["ae"].split(" ")[0]
    homes = (
        ("Lin", "rep", "Your touch list"),
        (executive, "ae", "Open deals"),
        ("Lena", "manager", "Your team now"),
        ("Noor", "admin", "The set-up"),
    )
    for name, role, words in homes:
        visitor.acts_as(name, "Home")
        expect(visitor.page.get_by_text(words).first).to_be_visible()
        visitor.calms()
        visitor.keeps(f"home-{role}", visitor.page.locator(".home-body"), margin=20)
