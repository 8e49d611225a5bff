"""Ids of actions, blocks and callbacks: one word each, in one place.

What must stay true: an id, once released, keeps its meaning; messages standing in Slack carry it.
"""

from enum import StrEnum


class Command(StrEnum):
    """Slash commands."""

    TOUCH = "/touch"
    LEAD = "/lead"
    HANDRAISER = "/handraiser"


class Action(StrEnum):
    """Controls: ``action_id``."""

    CLAIM = "claim"
    DECLINE = "decline"
    ALERT_MORE = "alert_more"
    OUTCOME = "outcome"
    OPEN_LINK = "open_link"
    REASSIGN_TO = "reassign_to"
    REASON = "reason"
    ADMIN_PAGE = "admin_page"
    TOUCH_CHANGE = "touch_change"
    TOUCH_UNDO = "touch_undo"
    TOUCH_CHOOSE = "touch_choose"
    TOUCH_OUTCOME = "touch_outcome"
    LEAD_CHOOSE = "lead_choose"
    LEAD_LOG = "lead_log"


class Block(StrEnum):
    """Inputs of forms: ``block_id``, where an error sentence belongs."""

    REASSIGN_TO = "reassign_to_block"
    REASON = "reason_block"


class AlertMore(StrEnum):
    """What the alert's menu offers: the first part of an option's value."""

    DETAILS = "details"
    REASSIGN = "reassign"
    JUNK = "junk"
    REOPEN = "reopen"


class AdminPage(StrEnum):
    """The pages of ``/handraiser``: the words after the command, and the buttons' values."""

    HEALTH = "health"
    EVENTS = "events"
    PEOPLE = "people"
    HELP = "help"


class Callback(StrEnum):
    """Modals and shortcuts: ``callback_id``."""

    LOG_TOUCH_SHORTCUT = "log_touch"
    TOUCH_FORM = "touch_form"
    REASSIGN_FORM = "reassign_form"
    JUNK_FORM = "junk_form"
    REOPEN_FORM = "reopen_form"
