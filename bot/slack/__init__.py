"""Slack: client, errors, ids, blocks, views."""
