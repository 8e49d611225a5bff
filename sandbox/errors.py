"""The one exception of the sandbox: Slack says no, with its own code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class SlackError(Exception):
    """Slack's refusal: the code a client sees in `error`, its messages, and further keys of the answer."""

    def __init__(self, code: str, messages: Sequence[str] = (), **extra: Any) -> None:
        super().__init__(code, *messages)
        self.code = code
        self.messages = list(messages)
        self.extra = extra

    def body(self) -> Mapping[str, Any]:
        """The answer's body."""
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["errors"] = [m.removeprefix("[ERROR] ") for m in self.messages]
            body["response_metadata"] = {"messages": self.messages}
        return body
