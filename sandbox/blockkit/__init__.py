"""Slack's Block Kit limits and surfaces, checked by us: what passes here is what Slack would take, or less."""

from sandbox.blockkit.check import check_blocks, check_options, check_view

__all__ = ["check_blocks", "check_options", "check_view"]
