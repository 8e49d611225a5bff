"""Reading and writing: the list of messages, the box under it, threads, and what is only for one person."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.sandbox_page.bot import CARD
from tests.sandbox_page.stage import Stage

Look = Callable[..., Page]


def test_what_is_sent_stands_in_the_channel_for_everybody(look: Look) -> None:
    sam, ada = look("Sam"), look("Ada")
    sam.get_by_role("textbox", name="Message #inbound").fill("Good morning *all*")
    sam.keyboard.press("Enter")
    for page in (sam, ada):
        message = page.locator(".message", has_text="Good morning all")
        expect(message).to_be_visible()
        expect(message.locator("strong")).to_have_text("all")
        expect(message.locator(".message-name")).to_have_text("Sam Okafor")
    expect(sam.get_by_role("textbox", name="Message #inbound")).to_have_value("")


def test_shift_enter_makes_a_line_and_sends_nothing(look: Look) -> None:
    page = look("Sam")
    box = page.get_by_role("textbox", name="Message #inbound")
    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    expect(box).to_have_value("one\ntwo")
    expect(page.locator(".message")).to_have_count(0)


def test_typing_a_slash_lists_the_commands_and_tab_completes(look: Look) -> None:
    page = look("Sam")
    box = page.get_by_role("textbox", name="Message #inbound")
    box.press_sequentially("/to")
    suggestions = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(suggestions).to_have_count(2)
    expect(suggestions.first).to_contain_text("[who] [what came of it]")
    box.press("ArrowDown")
    expect(suggestions.nth(1)).to_have_attribute("aria-selected", "true")
    box.press("ArrowUp")
    box.press("Tab")
    expect(box).to_have_value("/touch ")
    expect(page.locator(".usage")).to_contain_text("[who] [what came of it]")


def test_enter_on_a_half_typed_command_completes_and_the_next_one_sends(look: Look, stage: Stage) -> None:
    page = look("Sam")
    box = page.get_by_role("textbox", name="Message #inbound")
    box.press_sequentially("/tod")
    box.press("Enter")
    expect(box).to_have_value("/today ")
    box.press("Enter")
    answer = page.locator(".message", has_text="Nothing is due today.")
    expect(answer).to_contain_text("Only visible to you")
    expect(answer.locator(".app-badge")).to_have_text("APP")


def test_an_answer_for_one_person_is_seen_by_nobody_else(look: Look) -> None:
    sam, ada = look("Sam"), look("Ada")
    sam.get_by_role("textbox", name="Message #inbound").fill("/today")
    sam.keyboard.press("Enter")
    expect(sam.locator(".message")).to_have_count(1)
    ada.get_by_role("textbox", name="Message #inbound").fill("hello")
    ada.keyboard.press("Enter")
    expect(ada.locator(".message", has_text="hello")).to_be_visible()
    expect(ada.locator(".message")).to_have_count(1)


def test_an_unknown_command_says_so_and_keeps_what_was_typed(look: Look) -> None:
    page = look("Sam")
    box = page.get_by_role("textbox", name="Message #inbound")
    box.fill("/nope with many words")
    box.press("Enter")
    expect(page.locator(".toast")).to_have_text("/nope is not a valid command.")
    expect(box).to_have_value("/nope with many words")
    page.locator(".toast").get_by_role("button", name="Dismiss").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_a_name_is_completed_into_a_mention(look: Look) -> None:
    page = look("Sam")
    box = page.get_by_role("textbox", name="Message #inbound")
    box.press_sequentially("ask @ad")
    box.press("Enter")
    expect(box).to_have_value("ask @Ada Lindqvist ")
    box.press("Enter")
    expect(page.locator(".message .mention")).to_have_text("@Ada Lindqvist")


def test_a_reply_stands_in_the_thread_and_is_counted_in_the_channel(look: Look, stage: Stage) -> None:
    stage.posts("Hand raised: Jane")
    page = look("Sam")
    page.locator(".message").hover()
    page.get_by_role("button", name=re.compile("^Reply in thread")).click()
    thread = page.get_by_role("complementary", name="Thread")
    reply = thread.get_by_role("textbox", name="Reply in thread")
    expect(reply).to_be_focused()
    reply.fill("On it")
    reply.press("Enter")
    expect(thread.locator(".message", has_text="On it")).to_be_visible()
    expect(page.get_by_role("button", name="1 reply")).to_be_visible()
    expect(page.get_by_role("main").locator(".message")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(thread).to_be_hidden()
    expect(page.get_by_role("button", name="1 reply")).to_be_focused()


def test_a_slash_command_in_a_thread_is_refused_in_words(look: Look, stage: Stage) -> None:
    ts = stage.posts("Hand raised: Jane")
    page = look("Sam", path=f"/?as=Sam#/c/{stage.channel('inbound')}/t/{ts}")
    reply = page.get_by_role("textbox", name="Reply in thread")
    reply.fill("/touch jane call")
    reply.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="do not work in threads")).to_be_visible()
    expect(reply).to_have_value("/touch jane call")


def test_a_change_elsewhere_keeps_focus_and_the_half_typed_line(look: Look, stage: Stage) -> None:
    ts = stage.posts("Hand raised: Jane", blocks=CARD)
    page = look("Sam")
    box = page.get_by_role("textbox", name="Message #inbound")
    box.press_sequentially("half a li")
    stage.run(stage.bot.client.chat_update(channel=stage.channel("inbound"), ts=ts, text="Jane: answered in 48 s"))
    expect(page.locator(".message")).to_contain_text("answered in 48 s")
    expect(page.locator(".message .edited")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("half a li")


def test_a_button_that_is_drawn_anew_keeps_the_focus(look: Look, stage: Stage) -> None:
    ts = stage.posts("Hand raised: Jane", blocks=CARD)
    page = look("Sam")
    page.get_by_role("button", name="Claim").focus()
    changed = [{"type": "header", "text": {"type": "plain_text", "text": "Hand raised: twice"}}, *CARD[1:]]
    stage.run(stage.bot.client.chat_update(channel=stage.channel("inbound"), ts=ts, text="x", blocks=changed))
    expect(page.get_by_role("heading", name="Hand raised: twice")).to_be_visible()
    expect(page.get_by_role("button", name="Claim")).to_be_focused()


def test_the_list_stays_at_the_bottom_for_who_is_there_and_still_for_who_reads_above(look: Look, stage: Stage) -> None:
    for number in range(40):
        stage.posts(f"Message {number}")
    page = look("Sam")
    expect(page.locator(".message").last).to_be_in_viewport()
    stage.posts("The newest")
    expect(page.locator(".message", has_text="The newest")).to_be_in_viewport()
    scroller = page.get_by_role("main").locator(".scroller")
    scroller.evaluate("node => { node.scrollTop = 200; }")
    stage.posts("Newer still")
    expect(page.get_by_role("button", name="New messages")).to_be_visible()
    assert scroller.evaluate("node => node.scrollTop") == 200
    page.get_by_role("button", name="New messages").click()
    expect(page.locator(".message", has_text="Newer still")).to_be_in_viewport()


def test_hostile_text_stays_text(look: Look, stage: Stage) -> None:
    hostile = (
        "<script>window.hit=1</script> <img src=x onerror='window.hit=2'> <javascript:window.hit=3|press me> "
        "<https://example.com/a|*not* a trick> &lt;b&gt; ```code <b>``` \u202eemordnilap <@U404> <!date^x^{date}|then>"
    )
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": hostile}}]
    blocks.append({"type": "header", "text": {"type": "plain_text", "text": "<svg onload=window.hit=4> & <b>"}})
    blocks.append({"type": "markdown", "text": "[x](javascript:window.hit=5) <img src=x onerror=window.hit=6>"})
    stage.posts(hostile)
    stage.posts(hostile, blocks=blocks)
    page = look("Sam")
    message = page.locator(".message").last
    expect(message).to_contain_text("<svg onload=window.hit=4> & <b>")
    expect(message.get_by_role("link")).to_have_count(1)
    expect(message.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    for inside in ("script", "img", "b"):
        expect(page.locator(f".messages {inside}")).to_have_count(0)
    assert page.evaluate("window.hit") is None


def test_a_mention_rings_and_leads_to_the_channel(look: Look, stage: Stage) -> None:
    page = look("Sam", "general")
    stage.posts(f"<@{stage.id_of('Sam')}>, a hand is raised")
    inbound = page.get_by_role("link", name=re.compile("inbound"))
    expect(inbound).to_have_accessible_name(re.compile("1 mention"))
    notice = page.get_by_role("region", name="Notifications").get_by_role("button", name=re.compile("a hand is raised"))
    notice.click()
    expect(page.get_by_role("textbox", name="Message #inbound")).to_be_visible()
    expect(page.get_by_role("region", name="Notifications").get_by_role("button")).to_have_count(0)
    expect(inbound).not_to_have_accessible_name(re.compile("mention"))


def test_a_file_can_be_dropped_in_and_fetched_again(look: Look, stage: Stage) -> None:
    page = look("Sam")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach a file").click()
    chooser.value.set_files({"name": "contacts.csv", "mimeType": "text/csv", "buffer": b"email\njane@acme.example\n"})
    link = page.get_by_role("link", name=re.compile("contacts.csv"))
    with page.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes() == b"email\njane@acme.example\n"
