"""Numbers with their word, the same in every sentence."""


def counted(number: int, word: str, plural: str | None = None) -> str:
    """Return "1 lead", "2 leads", "1,200 companies"; ``plural`` where an s does not make it."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"
