"""Today's list on top of App Home: the message of ``/today`` in a modal."""

from typing import Any

from bot.slack.blocks import Post


def list_modal(shown: Post) -> dict[str, Any]:
    """The list's message, with its buttons."""
    return {
        "type": "modal",
        "callback_id": "home_list",
        "title": {"type": "plain_text", "text": "Touch list"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": shown.blocks,
    }
