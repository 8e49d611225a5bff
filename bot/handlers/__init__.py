"""Slack in: one file per feature, each with ``register(edge)``."""
