"""A typed line without Slack's markup, cut into words.

What must stay true: ``plain`` drops markup but no word; ``split`` is linear, whatever the text.
"""

import re
from dataclasses import dataclass
from typing import Final

_MARKUP: Final = re.compile(r"<((?:mailto:|https?:|tel:|[@#!])[^<>|]{1,2000})(?:\|([^<>]{0,500}))?>")
_ENTITY: Final = re.compile(r"&(amp|lt|gt);")
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">"}
_SPACES: Final = re.compile(r"[^\S\n ]")
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1b]")

_WORD: Final = re.compile(
    r"""(?P<phone>\+\d[\d ()./-]{5,18}\d)
      | (?P<email>[\w+][\w.+'-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})
      | (?P<user><@[UW][A-Z0-9]{2,20}>)
      | (?P<emoji>:[a-z][a-z0-9_+-]{1,40}:)
      | (?P<word>[^\W_]+(?:['’][^\W_]+)*)
      | (?P<break>[,;\n()|·•!?]|:(?!\d)|(?<=\s)[-–—](?=\s)|[.](?=\s|$))""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: where it stands, its plain key, whether a new segment begins with it, and what it is."""

    start: int
    end: int
    key: str
    opens: bool = False
    capital: bool = False
    kind: str = "word"


def plain(text: str) -> str:
    """The text as a person sees it: Slack's links and entities undone, odd spaces made plain."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if "<" in text:
        text = _MARKUP.sub(_unmarked, text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: _ENTITIES[match[1]], text)
    return _SPACES.sub(" ", text)


def _unmarked(match: re.Match[str]) -> str:
    target, label = match[1], (match[2] or "").strip()
    if target[0] == "@":
        return f"<{target}>"
    if target[0] in "#!":
        return label or target
    address = target.split(":", 1)[1].lstrip("/") if not target.startswith("http") else target
    if not label:
        return address
    bare = label.casefold().removeprefix("mailto:")
    return label if bare in address.casefold() or bare == address.casefold() else f"{label} {address}"


def split(text: str) -> list[Word]:
    """The words of a plain text in order. Addresses and Slack users are one word each; emoji are none."""
    words: list[Word] = []
    opens = True
    for match in _WORD.finditer(text):
        kind = match.lastgroup or "word"
        if kind == "emoji":
            continue
        if kind == "break":
            opens = True
            continue
        typed = match[0]
        key = typed if kind == "user" else typed.casefold().replace("'", "").replace("’", "")
        words.append(Word(match.start(), match.end(), key, opens, typed[0].isupper(), kind))
        opens = False
    return words
