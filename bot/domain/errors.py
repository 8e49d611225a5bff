"""Errors that are told to a person. Whatever is not a ``UserError`` is unexpected and gets a reference."""

from collections.abc import Mapping


class UserError(Exception):
    """Something a person asked for cannot be done; the message is a plain sentence for them.

    ``field`` names the form field the sentence belongs to, if there is one.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class SeveralWrong(UserError):  # noqa: N818 — named for what is told
    """Several fields of a form are wrong at once: ``sentences`` by field; the first is also the error's own."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        field, sentence = next(iter(sentences.items()))
        super().__init__(sentence, field)
        self.sentences = dict(sentences)


class NotAllowed(UserError):  # noqa: N818 — named for what happened
    """The person's roles or ownership do not cover this."""


class AlreadyTaken(UserError):  # noqa: N818
    """Somebody was faster; the sentence says who and when."""


class NotFound(UserError):  # noqa: N818
    """What was named is not known here."""


class Gone(UserError):  # noqa: N818
    """It was there, but its time is over: undo after ten minutes, a button on an old card."""
