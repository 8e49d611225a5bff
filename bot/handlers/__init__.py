"""Slack in: one file per feature, each with ``register(edge)``."""

from bot.handlers import (
    admin,
    alerts,
    company,
    deal,
    deal_new,
    enroll,
    give_back,
    give_up,
    handoff,
    handoff_answers,
    home,
    lead,
    next_item,
    pipeline,
    plan,
    reassign,
    setup,
    setup_forms,
    today,
    touch,
    verdict,
)
from bot.handlers.edge import Edge

__all__ = ["register_all"]

FEATURES = (
    touch,
    lead,
    company,
    today,
    next_item,
    alerts,
    handoff,
    handoff_answers,
    verdict,
    deal,
    deal_new,
    enroll,
    give_back,
    give_up,
    pipeline,
    plan,
    reassign,
    admin,
    home,
    setup,
    setup_forms,
)


def register_all(edge: Edge) -> None:
    """Every command, control, modal, shortcut and event of the product."""
    for feature in FEATURES:
        feature.register(edge)
