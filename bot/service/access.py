"""Who may see the people outside: addresses, numbers, notes.

What must stay true: every way to read them asks here first; being in the workspace is not enough, a role of ours is.
"""

from bot.domain.commands import Actor
from bot.domain.errors import NotAllowed


def may_read_contacts(actor: Actor) -> None:
    """Let anybody with a role of ours read contacts and leads. Raises ``NotAllowed`` for people without any."""
    if not actor.roles:
        raise NotAllowed(
            "You have no role here yet, so I cannot show you leads and contacts. An admin can give you one."
        )
