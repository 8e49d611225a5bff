"""Ids of actions, blocks and callbacks: one word each, in one place.

What must stay true: an id, once released, keeps its meaning; messages standing in Slack carry it.
"""

from enum import StrEnum


class Command(StrEnum):
    """Slash commands."""

    TOUCH = "/touch"
    LEAD = "/lead"
    HANDRAISER = "/handraiser"
    DEAL = "/deal"
    HANDOFF = "/handoff"


class Action(StrEnum):
    """Controls: ``action_id``."""

    CLAIM = "claim"
    DECLINE = "decline"
    ALERT_MORE = "alert_more"
    OUTCOME = "outcome"
    OPEN_LINK = "open_link"
    REASSIGN_TO = "reassign_to"
    REASON = "reason"
    REMARK = "remark"
    ADMIN_PAGE = "admin_page"
    TOUCH_CHANGE = "touch_change"
    TOUCH_UNDO = "touch_undo"
    TOUCH_CHOOSE = "touch_choose"
    TOUCH_OUTCOME = "touch_outcome"
    LEAD_CHOOSE = "lead_choose"
    TOUCH_PERSON = "touch_person"
    TOUCH_CHANNEL = "touch_channel"
    TOUCH_FOLLOW_UP = "touch_follow_up"
    TOUCH_CALLBACK = "touch_callback"
    TOUCH_HAPPENED = "touch_happened"
    TOUCH_SAID_BY = "touch_said_by"
    TOUCH_REFERRAL_NAME = "touch_referral_name"
    TOUCH_REFERRAL_EMAIL = "touch_referral_email"
    TOUCH_NEW_EMAIL = "touch_new_email"
    TOUCH_NEW_COMPANY = "touch_new_company"
    TOUCH_NOTE = "touch_note"
    LEAD_LOG = "lead_log"
    LEAD_PAGE = "lead_page"
    HANDOFF_OPEN = "handoff_open"
    HANDOFF_PERSON = "handoff_person"
    HANDOFF_ANSWER = "handoff_answer"
    HANDOFF_AE = "handoff_ae"
    HANDOFF_AE_REASON = "handoff_ae_reason"
    HANDOFF_SLOT = "handoff_slot"
    HANDOFF_AT = "handoff_at"
    HANDOFF_ACCEPT = "handoff_accept"
    HANDOFF_DECLINE = "handoff_decline"
    HANDOFF_MORE = "handoff_more"
    HANDOFF_TOUCHES = "handoff_touches"
    HANDOFF_GIVE = "handoff_give"
    HANDOFF_WAIT = "handoff_wait"
    CALL_HELD = "call_held"
    CALL_MISSED = "call_missed"
    CALL_RESCHEDULE = "call_reschedule"
    CALL_AT = "call_at"
    DEAL_QUALIFY = "deal_qualify"
    DEAL_NOT_QUALIFIED = "deal_not_qualified"
    DEAL_PROPOSE = "deal_propose"
    DEAL_WIN = "deal_win"
    DEAL_LOSE = "deal_lose"
    DEAL_CHANGE = "deal_change"
    DEAL_REOPEN = "deal_reopen"
    DEAL_UNDO = "deal_undo"
    DEAL_SHOW = "deal_show"
    DEAL_PAGE = "deal_page"
    DEAL_KIND = "deal_kind"
    DEAL_AMOUNT = "deal_amount"
    DEAL_CLOSE_ON = "deal_close_on"
    DEAL_NEXT_STEP = "deal_next_step"
    DEAL_GUARD = "deal_guard"
    DEAL_OVERRIDE = "deal_override"
    DEAL_PROMISED = "deal_promised"


class Block(StrEnum):
    """Inputs of forms: ``block_id``, where an error sentence belongs: ``UserError.field`` names the same words."""

    REASSIGN_TO = "to"
    REASON = "reason"
    REMARK = "remark"
    CONTACT = "contact"
    NEW_EMAIL = "new_email"
    NEW_COMPANY = "new_company"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    FOLLOW_UP = "follow_up_at"
    CALLBACK = "callback_at"
    SAID_BY = "said_by"
    REFERRAL_NAME = "referral_name"
    REFERRAL_EMAIL = "referral_email"
    HAPPENED = "happened_at"
    NOTE = "note"
    AE = "ae_id"
    AE_REASON = "ae_reason"
    SLOT = "slot"
    STARTS_AT = "starts_at"
    KIND = "kind"
    AMOUNT = "amount"
    CLOSE_ON = "expected_close_on"
    NEXT_STEP = "next_step"
    GUARD = "guard"
    OVERRIDE = "override"
    PROMISED = "promised"


class AlertMore(StrEnum):
    """What the alert's menu offers: the first part of an option's value."""

    DETAILS = "details"
    REASSIGN = "reassign"
    JUNK = "junk"
    REOPEN = "reopen"
    HAND_OFF = "hand_off"


class HandoffMore(StrEnum):
    """What the menu of a handoff offers: the first part of an option's value."""

    MOVE = "move"
    CANCEL_CALL = "cancel_call"
    TOUCHES = "touches"
    TAKE_BACK = "take_back"


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
    HANDOFF_FORM = "handoff_form"
    HANDOFF_DECLINE_FORM = "handoff_decline_form"
    HANDOFF_MOVE_FORM = "handoff_move_form"
    HANDOFF_CANCEL_FORM = "handoff_cancel_form"
    HANDOFF_BACK_FORM = "handoff_back_form"
    HANDOFF_GIVE_FORM = "handoff_give_form"
    HANDOFF_TOUCHES = "handoff_touches"
    RESCHEDULE_FORM = "reschedule_form"
    QUALIFY_FORM = "qualify_form"
    NOT_QUALIFIED_FORM = "not_qualified_form"
    PROPOSE_FORM = "propose_form"
    WIN_FORM = "win_form"
    LOSE_FORM = "lose_form"
    CHANGE_DEAL_FORM = "change_deal_form"
    REOPEN_DEAL_FORM = "reopen_deal_form"
