"""Handraiser: a Slack bot that runs a specialised sales process where reps already are."""

__version__ = "0.1.0"
