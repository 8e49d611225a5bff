"""The company's website: two ordinary forms that go to the bot's intake and come back to a page of thanks."""

import re
from collections.abc import Callable, Iterator

import pytest
from aiohttp import web
from playwright.sync_api import Page, expect

from tests.sandbox_page.reading import nameless, unreadable
from tests.sandbox_page.stage import Stage

Look = Callable[..., Page]


class Intake:
    """Stands where the bot's intake stands: on another origin, answering with the redirect it was asked for."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.runner: web.AppRunner
        self.url = ""

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/intake/form/key", self.take)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}/intake/form/key"

    async def take(self, request: web.Request) -> web.StreamResponse:
        assert request.content_type == "application/x-www-form-urlencoded"
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.forms.append(form)
        raise web.HTTPSeeOther(form["redirect"])


@pytest.fixture
def intake(stage: Stage) -> Iterator[Intake]:
    made = Intake()
    stage.run(made.start())
    stage.sends_forms_to(made.url)
    yield made
    stage.run(made.runner.cleanup())


def test_a_form_filled_in_by_hand_arrives_whole(look: Look, intake: Intake) -> None:
    page = look(path="/site/")
    form = page.get_by_role("form", name="Contact me")
    form.get_by_label("First name").fill("Zoë")
    form.get_by_label("Last name").fill("O'Brien & Sons")
    form.get_by_label("Work e-mail").fill("zoe@obrien.example")
    form.get_by_label("Company").fill("O'Brien <Castings>")
    form.get_by_label("Country").select_option(label="Ireland")
    form.get_by_role("button", name="Contact me").click()
    expect(page.get_by_role("heading", name="Thank you. Somebody is on it.")).to_be_visible()
    (sent,) = intake.forms
    assert sent["first_name"] == "Zoë"
    assert sent["last_name"] == "O'Brien & Sons"
    assert sent["company"] == "O'Brien <Castings>"
    assert (sent["country"], sent["intent"], sent["website_url"]) == ("IE", "contact_me", "")
    assert re.fullmatch(r"[0-9a-f-]{36}", sent["nonce"])


def test_an_example_takes_one_click_and_the_next_one_is_another_person(look: Look, intake: Intake) -> None:
    page = look(path="/site/")
    form = page.get_by_role("form", name="Start a trial")
    example = form.get_by_role("button", name="Fill in with an example")
    example.click()
    first = form.get_by_label("Work e-mail").input_value()
    example.click()
    expect(form.get_by_label("Work e-mail")).not_to_have_value(first)
    form.get_by_role("button", name="Start my trial").click()
    expect(page.get_by_role("link", name="Go to the workspace")).to_be_visible()
    assert intake.forms[0]["intent"] == "trial_request"
    assert all(intake.forms[0][key] for key in ("email", "phone", "country", "company", "title", "message", "timezone"))


def test_two_page_loads_are_two_events(look: Look, intake: Intake) -> None:
    page = look(path="/site/")
    for _ in range(2):
        form = page.get_by_role("form", name="Contact me")
        form.get_by_role("button", name="Fill in with an example").click()
        form.get_by_role("button", name="Contact me").click()
        page.get_by_role("link", name="Back to the website").click()
    one, other = intake.forms
    assert one["nonce"] != other["nonce"]


def test_people_neither_see_nor_reach_the_trap(look: Look, intake: Intake) -> None:
    page = look(path="/site/")
    form = page.get_by_role("form", name="Contact me")
    trap = form.locator("[name=website_url]")
    expect(trap).not_to_be_in_viewport()
    expect(trap).to_have_attribute("tabindex", "-1")
    expect(form.get_by_role("textbox", name="Leave this empty")).to_have_count(0)


def test_without_a_bot_the_form_says_so_and_keeps_what_was_typed(look: Look) -> None:
    page = look(path="/site/")
    form = page.get_by_role("form", name="Contact me")
    form.get_by_role("button", name="Fill in with an example").click()
    form.get_by_role("button", name="Contact me").click()
    expect(form.get_by_role("alert")).to_contain_text("not connected to a bot")
    expect(form.get_by_label("First name")).not_to_have_value("")


def test_the_website_stands_beside_the_workspace(look: Look, intake: Intake) -> None:
    page = look("Sam")
    expect(page.get_by_role("link", name="Open the company's website")).to_have_attribute("href", "/site/")
    page.get_by_role("button", name="Show the website beside the workspace").click()
    frame = page.frame_locator("iframe")
    form = frame.get_by_role("form", name="Contact me")
    form.get_by_role("button", name="Fill in with an example").click()
    form.get_by_role("button", name="Contact me").click()
    expect(frame.get_by_role("heading", name="Thank you. Somebody is on it.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Message #inbound")).to_be_visible()
    page.get_by_role("button", name="Close: The company's website").click()
    expect(page.locator("iframe")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_every_control_has_a_name_and_every_word_can_be_read(look: Look, scheme: str, width: int) -> None:
    page = look(path="/site/", color_scheme=scheme, viewport={"width": width, "height": 800})
    expect(page.locator("html")).to_have_attribute("data-ready", "true")
    form = page.get_by_role("form", name="Contact me")
    form.get_by_role("button", name="Fill in with an example").click()
    form.get_by_role("button", name="Contact me").click()
    expect(form.get_by_role("alert")).to_be_visible()
    assert nameless(page) == []
    assert unreadable(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_thanks_can_be_read_too(look: Look, scheme: str) -> None:
    page = look(path="/site/thanks.html", color_scheme=scheme)
    expect(page.get_by_role("link", name="Go to the workspace")).to_be_visible()
    assert nameless(page) == []
    assert unreadable(page) == []


def test_there_is_one_of_each_landmark_on_the_website_and_no_id_twice(look: Look) -> None:
    page = look(path="/site/")
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("navigation", name="Main")).to_have_count(1)
    ids = page.locator("[id]").evaluate_all("nodes => nodes.map((node) => node.id)")
    assert sorted(set(ids)) == sorted(ids)
