"""Today's list on top of App Home: the message of ``/today`` in a modal."""

from typing import Any

from bot.slack.blocks import Post
from bot.slack.ids import Callback


def list_modal(shown: Post) -> dict[str, Any]:
    """The list's message, with its buttons."""
    return {
        "type": "modal",
        "callback_id": Callback.HOME_LIST,
        "title": {"type": "plain_text", "text": "Touch list"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": shown.blocks,
    }
