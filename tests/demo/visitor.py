"""Somebody who visits the demo: acts as one of the company after the other, types, clicks, and keeps pictures.

``PICTURES=folder`` keeps the pictures that README and docs show.
"""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, FloatRect, Locator, Page, ViewportSize, expect

SIZE = ViewportSize(width=1280, height=860)
WORDS = 780
"""No line of words is longer, in pixels."""


class Visitor:
    """One browser window with the workspace in it."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self._context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
        self.page: Page = self._context.new_page()
        self._problems: list[str] = []
        self.page.on("pageerror", lambda error: self._problems.append(str(error)))

    def close(self) -> None:
        """The page had no errors."""
        self._context.close()
        assert self._problems == []

    def acts_as(self, name: str, place: str) -> None:
        """Be somebody, by first name, at a channel, ``Messages`` or ``Home``."""
        members = self.page.request.get(f"{self.address}/sandbox/workspace").json()["members"]
        user = next(member["id"] for member in members if member["name"] == name)
        self.page.goto(f"{self.address}/?as={user}")
        self.page.get_by_role("link", name=place).or_(self.page.get_by_role("button", name=place)).first.click()
        self.calms()

    def types(self, line: str) -> None:
        """A line into the message box."""
        box = self.page.get_by_role("textbox", name=re.compile("^Message ")).first
        box.fill(line)
        box.press("Escape")
        box.press("Enter")

    def moves_the_clock(self, jump: str) -> None:
        """Press one of the clock's buttons."""
        self.page.get_by_role("region", name="Business clock").get_by_role("button", name=jump).click()
        expect(self.page.locator(".clock-said")).to_contain_text("It is now")

    @property
    def now(self) -> datetime:
        """What time it is in the demo; aware UTC."""
        clock = self.page.request.get(f"{self.address}/sandbox/clock").json()
        return datetime.fromisoformat(clock["now"]).astimezone(UTC)

    def calms(self) -> None:
        """Put the notifications away: they lie over what is looked at."""
        self.page.wait_for_function(
            "() => { document.querySelectorAll('.notice .tool').forEach((one) => one.click());"
            " return !document.querySelector('.notice'); }"
        )

    def message(self, words: str | re.Pattern[str]) -> Locator:
        """The newest message with these words."""
        return self.page.locator(".message", has_text=words).last

    @property
    def dialog(self) -> Locator:
        """The modal on top."""
        return self.page.get_by_role("dialog")

    def chooses(self, label: str, choice: str | re.Pattern[str] | int) -> str:
        """Choose from a menu of the modal, by words or by place; what was chosen."""
        self.dialog.get_by_role("combobox", name=re.compile(label)).click()
        options = self.page.get_by_role("listbox").get_by_role("option")
        option = options.nth(choice) if isinstance(choice, int) else options.filter(has_text=choice).first
        words = option.inner_text()
        option.click()
        return words

    def sends_the_form(self, which: str = "Contact me", example: int = 1, picture: str = "") -> str:
        """Go to the company's website, fill in its form with an example, send it; the first name on it."""
        site = self._context.new_page()
        site.goto(f"{self.address}/site/")
        form = site.get_by_role("form", name=which)
        for _ in range(example):
            form.get_by_role("button", name="Fill in with an example").click()
        if picture:
            form.scroll_into_view_if_needed()
            keep(site, picture)
        name = form.get_by_label("First name").input_value()
        form.get_by_role("button", name=re.compile(which.split(" ")[-1])).last.click()
        expect(site.get_by_role("heading", name=re.compile("Thank you"))).to_be_visible()
        site.close()
        return name

    def keeps(self, name: str, what: Locator | None = None, margin: int = 0) -> None:
        """Keep a picture of the page, or of a part of it, if pictures are wanted."""
        self.page.mouse.move(SIZE["width"] / 2, 4)  # what is under the mouse looks different
        keep(self.page, name, what, margin)


def keep(page: Page, name: str, what: Locator | None = None, margin: int = 0) -> None:
    """Keep a picture of the page, or of the width that the words of a part of it take, if pictures are wanted."""
    folder = os.environ.get("PICTURES")
    if not folder:
        return
    page.evaluate("() => Promise.all(document.getAnimations().map(one => one.finished))")
    path = str(Path(folder) / f"{name}.png")
    box = what.bounding_box() if what else None
    if box is None:
        page.screenshot(path=path)
        return
    left, top = max(box["x"] - margin, 0), max(box["y"] - margin, 0)
    width, height = min(box["width"], WORDS) + 2 * margin, box["height"] + 2 * margin
    clip = FloatRect(x=left, y=top, width=min(width, SIZE["width"] - left), height=min(height, SIZE["height"] - top))
    page.screenshot(path=path, clip=clip)
