"""Sentences made of somebody's words.

What must stay true: whatever the words end with, there is one full stop.
"""

from typing import Final

_ENDS: Final = ".?!…"
_BEHIND: Final = "”\"'’)*_~`\u200b "
"""What may stand behind the last sign of a sentence: quotes, brackets, emphasis."""


def stop(text: str) -> str:
    """Return the text as a sentence, with a full stop unless it ends like one already."""
    bare = text.rstrip()
    return bare if not bare or bare.rstrip(_BEHIND)[-1:] in _ENDS else f"{bare}."
