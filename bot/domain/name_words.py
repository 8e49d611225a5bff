"""How names are folded into plain words: the rows of the search index, and the words of what was typed.

What must stay true: both sides fold alike, so that accents, apostrophes, hyphens and the spellings of umlauts make no
difference; whoever changes a word here has to build the index anew.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from anyascii import anyascii

LONGEST_TEXT: Final = 400
MOST_TOKENS: Final = 32
_LONGEST_TOKEN: Final = 40
_SHORTEST_RESPELLED: Final = 4
_WORD: Final = re.compile(r"[a-z0-9]+")
_APOSTROPHES: Final = re.compile(r"['`´ʹʼ‘’]")
_DIGRAPHS: Final = re.compile(r"([auo])e|aa")
DOMAIN: Final = re.compile(r"(?:https?://)?(?:www\.)?([\w-]{2,63})(?:\.[\w-]{2,24}){1,3}/?", re.IGNORECASE)
PARTICLES: Final = frozenset([
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "do", "dos", "du", "la", "le", "ter", "ten",
    "zu", "af", "al", "el", "bin", "ibn", "mac", "mc", "o", "d", "st", "san",
])  # fmt: skip
LEGAL_FORMS: Final = frozenset([
    "inc", "gmbh", "ltd", "llc", "ag", "sa", "sas", "sarl", "bv", "nv", "co", "corp", "kg", "plc", "srl", "spa",
    "ab", "oy", "as",
])  # fmt: skip


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Plain lower-case words with single spaces: "D’Angelo-Müller" -> "dangelo muller"."""
    plain = anyascii(text[:LONGEST_TEXT])
    return " ".join(_WORD.findall(_APOSTROPHES.sub("", plain).casefold()))


def tokens(text: str) -> list[str]:
    """The words a text is found by, in order, each once: rows of the search index and words of a query.

    Both sides use this one function. "Mueller" gives ``mueller`` and ``muller``, "van der Berg" also
    ``vanderberg``, "Jean-Luc" also ``jeanluc``, "O'Brien" ``obrien`` and ``brien``. At most 32 words.
    """
    found: dict[str, None] = {}
    for chunk in anyascii(_APOSTROPHES.sub("'", text[:LONGEST_TEXT])).casefold().split():
        plain = _WORD.findall(chunk.replace("'", ""))
        pieces = [word for word in _WORD.findall(chunk) if len(word) > 1]
        joined = ["".join(plain)] if "-" in chunk and plain else []
        found.update(dict.fromkeys((*joined, *plain, *pieces)))
    run = ""
    for word in fold(text).split():
        run += word
        if word in PARTICLES:
            continue
        if run != word:
            found[run] = None
        run = ""
    spelled = [spelling for word in found for spelling in dict.fromkeys((word, alike(word)))]
    return [word[:_LONGEST_TOKEN] for word in dict.fromkeys(spelled)][:MOST_TOKENS]


@lru_cache(maxsize=4096)
def alike(word: str) -> str:
    """One spelling for Mueller and Muller, Aarhus and Arhus; only for comparing."""
    if len(word) < _SHORTEST_RESPELLED:
        return word
    return _DIGRAPHS.sub(lambda match: match[1] or "a", word)


def alike_all(words: Sequence[str]) -> str:
    """A whole name in one spelling, without spaces."""
    return "".join(map(alike, words))


def company_words(text: str) -> tuple[str, ...]:
    """A company's words from its name or domain, its legal form left out; a short name also as one word."""
    domain = DOMAIN.fullmatch(text.strip())
    words = fold(domain[1] if domain else text).split()
    named = [word for word in words if word not in LEGAL_FORMS]
    joined = ["".join(named)] if 1 < len(named) <= 3 else []
    return (*(named or words), *joined)[:MOST_TOKENS]
