"""Small helpers over ``slackblocks``: escaping, truncation, and the few shapes the views are made of.

What must stay true: text from outside goes through ``esc`` or a plain-text object, so that a lead named
``<!channel>`` pings nobody; every length is cut to Slack's limit here, never by hope.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from slackblocks import (
    ActionsBlock,
    Block,
    Button,
    ConfirmationDialogue,
    ContextBlock,
    DividerBlock,
    Element,
    HeaderBlock,
    HomeTabView,
    ModalView,
    Option,
    RichText,
    RichTextBlock,
    RichTextQuote,
    SectionBlock,
    Text,
    TextType,
)

from bot.domain.counting import counted

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
SECTION_TEXT = 3000
FIELD_TEXT = 2000
HEADER_TEXT = 150
BUTTON_TEXT = 75
OPTION_TEXT = 75
TITLE_TEXT = 24
NOTIFICATION_TEXT = 3900
NAME = 120
"""Where an outside name is cut; longer ones are no names."""

_FORMATTING = re.compile(r"(?<![A-Za-z0-9])[*_~`]|[*_~`](?![A-Za-z0-9])")
_AUTO_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Post:
    """A message as Slack wants it. ``text`` is what notifications and screen readers say: all of it, in words."""

    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)


def clean(text: str, limit: int = SECTION_TEXT, *, lines: bool = False) -> str:
    """Outside text without control and direction-changing characters, cut to ``limit``; still unescaped.

    Newlines become spaces unless ``lines``.
    """
    text = text[: limit * 4]
    if text.isprintable():  # nearly all of it: nothing to take out, and looking at each sign takes long
        return cut(" ".join(text.split()) if not lines else text.strip(), limit)
    kept = (
        ch if ch == "\n" and lines else " " if ch in "\n\r\t\v\f\u2028\u2029" else "" if _unseen(ch) else ch
        for ch in text
    )
    tidy = "".join(kept) if lines else " ".join("".join(kept).split())
    return cut(tidy.strip(), limit)


def _unseen(ch: str) -> bool:
    category = unicodedata.category(ch)
    return category in ("Cc", "Cs", "Co", "Cn") or (category == "Cf" and ch not in "\u200d\u00ad")


def cut(text: str, limit: int) -> str:
    """``text`` within ``limit`` characters, with an ellipsis where it was longer."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def esc(text: str | None, limit: int = NAME, *, lines: bool = False) -> str:
    """Outside text for a mrkdwn text: cleaned, cut, and with nothing left that Slack would act on."""
    safe = clean(text or "", limit, lines=lines)
    safe = safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _FORMATTING.sub(lambda match: f"\u200b{match.group()}\u200b", safe)


def plain(text: str | None, limit: int) -> Text:
    """A plain-text object: nothing in it is acted on."""
    return Text(clean(text or "", limit) or "–", TextType.PLAINTEXT)


def mrkdwn(text: str, limit: int = SECTION_TEXT) -> Text:
    """A mrkdwn object of our own words and escaped text; no address or name in it becomes a link by itself."""
    return Text(cut_safely(text, limit) or "–", verbatim=True)


def cut_safely(text: str, limit: int) -> str:
    """Cut mrkdwn without leaving half an entity or half a link."""
    if len(text) <= limit:
        return text
    short = text[: limit - 1]
    for opening, closing in (("<", ">"), ("&", ";")):
        start = short.rfind(opening)
        if start > short.rfind(closing) and (opening == "<" or len(short) - start < 6):
            short = short[:start]
    return short.rstrip() + "…"


def section(text: str, accessory: Element | None = None, block_id: str | None = None) -> SectionBlock:
    """A paragraph of mrkdwn."""
    return SectionBlock(mrkdwn(text), block_id=block_id, accessory=accessory)


def fields(*texts: str) -> SectionBlock:
    """Up to ten short texts in two columns."""
    return SectionBlock(fields=[mrkdwn(text, FIELD_TEXT) for text in texts[:10] if text])


def context(*texts: str) -> ContextBlock:
    """Small grey text."""
    return ContextBlock([mrkdwn(text) for text in texts[:10] if text])


def header(text: str) -> HeaderBlock:
    """A headline; plain text."""
    return HeaderBlock(Text(clean(text, HEADER_TEXT) or "–", TextType.PLAINTEXT, emoji=True))


def divider() -> DividerBlock:
    """A thin line."""
    return DividerBlock()


def quote(text: str, limit: int = 2500) -> RichTextBlock:
    """Outside words as they were said; rich text, in which nothing is parsed."""
    return RichTextBlock([RichTextQuote([RichText(clean(text, limit, lines=True) or "–")])])


def button(
    label: str,
    action: str,
    value: str = "",
    *,
    style: Literal["primary", "danger"] | None = None,
    url: str | None = None,
    confirm: ConfirmationDialogue | None = None,
    describe: str | None = None,
) -> Button:
    """A button; ``describe`` is what a screen reader says."""
    return Button(
        Text(clean(label, BUTTON_TEXT) or "–", TextType.PLAINTEXT, emoji=True),
        action_id=action,
        value=value or None,
        style=style,
        url=url,
        confirm=confirm,
        accessibility_label=clean(describe, BUTTON_TEXT) or None if describe else None,
    )


def buttons(*elements: Element | None, block_id: str | None = None) -> ActionsBlock:
    """A row of controls."""
    return ActionsBlock([element for element in elements if element is not None][:25], block_id=block_id)


def option(label: str, value: str, description: str | None = None) -> Option:
    """An option of a menu; plain text."""
    return Option(
        plain(label, OPTION_TEXT), value[:150], description=plain(description, OPTION_TEXT) if description else None
    )


def confirm(title: str, text: str, yes: str, no: str = "Keep it") -> ConfirmationDialogue:
    """Ask before something is destroyed."""
    return ConfirmationDialogue(
        title=Text(cut(title, 100), TextType.PLAINTEXT),
        text=Text(cut(text, 300), TextType.PLAINTEXT),
        confirm=Text(cut(yes, 30), TextType.PLAINTEXT),
        deny=Text(cut(no, 30), TextType.PLAINTEXT),
    )


def post(text: str, blocks: Sequence[Block]) -> Post:
    """A message. Blocks past Slack's limit are left out, and the message says so."""
    shown = list(blocks)
    if len(shown) > MESSAGE_BLOCKS:
        left_out = len(shown) - MESSAGE_BLOCKS + 1
        shown = [*shown[: MESSAGE_BLOCKS - 1], context(f"{counted(left_out, 'more part')} left out for lack of room.")]
    # Not by ``Message``, which resolves each block four times over: that took as long as three statements.
    resolved: list[dict[str, Any]] = [block._resolve() for block in shown]
    return Post(text=cut_safely(text, NOTIFICATION_TEXT), blocks=_name(resolved))


def say(text: str) -> Post:
    """A message of one paragraph."""
    return post(text, [section(text)])


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback: str,
    submit: str | None = None,
    close: str = "Cancel",
    metadata: str = "",
) -> dict[str, Any]:
    """A modal. Raises ``ValueError`` where ``metadata`` passes Slack's 3,000 characters."""
    if len(metadata) > 3000:
        raise ValueError("a modal's metadata holds at most 3,000 characters")
    view = ModalView(
        title=Text(cut(title, TITLE_TEXT), TextType.PLAINTEXT),
        blocks=list(blocks)[:VIEW_BLOCKS],
        submit=Text(cut(submit, TITLE_TEXT), TextType.PLAINTEXT) if submit else None,
        close=Text(cut(close, TITLE_TEXT), TextType.PLAINTEXT),
        callback_id=callback,
        private_metadata=metadata or None,
    ).to_dict()
    view["blocks"] = _name(view["blocks"])
    return view


def home(blocks: Sequence[Block]) -> dict[str, Any]:
    """An App Home."""
    view: dict[str, Any] = HomeTabView(blocks=list(blocks)[:VIEW_BLOCKS]).to_dict()
    view["blocks"] = _name(view["blocks"])
    return view


def _name(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give blocks without an id of ours their place as id, so that equal states give equal blocks."""
    for place, block in enumerate(blocks):
        if _AUTO_ID.fullmatch(block.get("block_id", "")):
            block["block_id"] = f"b{place}"
    return blocks


def mention(slack_user_id: str | None, name: str) -> str:
    """A mention that pings, or the escaped name of somebody Slack does not know."""
    return f"<@{slack_user_id}>" if slack_user_id else esc(name)


def link(url: str, label: str) -> str:
    """A link of ours; both parts made safe."""
    whole = "".join(clean(url).split())  # a blank or a line break would end it
    safe = whole.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")
    return f"<{safe}|{esc(label) or 'link'}>"


def at(moment: datetime, style: str = "{date_short_pretty} at {time}") -> str:
    """A moment in the reader's own zone, with UTC as the fallback."""
    return f"<!date^{int(moment.timestamp())}^{style}|{moment:%d %b %H:%M} UTC>"


def bullet(lines: Iterable[str]) -> str:
    """Lines as a list."""
    return "\n".join(f"• {line}" for line in lines)
