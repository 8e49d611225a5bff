"""Slack in: one file per feature, each with ``register(edge)``."""

from bot.handlers import admin, alerts, home, lead, touch
from bot.handlers.edge import Edge

__all__ = ["register_all"]


def register_all(edge: Edge) -> None:
    """Every command, control, modal, shortcut and event of the product."""
    for feature in (touch, lead, alerts, admin, home):
        feature.register(edge)
