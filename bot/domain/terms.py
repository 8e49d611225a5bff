"""The field's words as enums: one word per thing in tables, commands, messages and docs.

What must stay true: a value, once released, is never renamed; rows in databases hold it.
"""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person does in the process (process, opening table). One person may hold several."""

    MRR = "mrr"
    SDR = "sdr"
    AE = "ae"
    CSM = "csm"
    MARKETING = "marketing"
    MANAGER = "manager"
    ADMIN = "admin"


SELLING: Final = (Role.MRR, Role.SDR, Role.AE, Role.CSM)
"""Who sells: whose day it is about, who may have leads, plans and accounts."""


class Stage(StrEnum):
    """How far a relationship has come (process §1)."""

    ANONYMOUS = "anonymous"
    PROSPECT = "prospect"
    LEAD = "lead"
    OPPORTUNITY = "opportunity"
    CLIENT = "client"
    CHAMPION = "champion"


class LeadState(StrEnum):
    """Where one lead stands: ``open``, ``claimed`` and ``responded`` leads are worked, the rest closed."""

    OPEN = "open"
    CLAIMED = "claimed"
    RESPONDED = "responded"
    HANDED_OFF = "handed_off"
    RECYCLED = "recycled"
    JUNK = "junk"
    DISQUALIFIED = "disqualified"
    CLOSED = "closed"


class Intent(StrEnum):
    """What the person wanted when they raised a hand (process §2)."""

    CONTACT_ME = "contact_me"
    TRIAL_REQUEST = "trial_request"
    DOWNLOAD = "download"
    WEBINAR = "webinar"
    NEWSLETTER = "newsletter"
    EVENT = "event"
    REFERRAL = "referral"
    TOOL = "tool"
    SOCIAL = "social"
    LIST = "list"
    OTHER = "other"


class Source(StrEnum):
    """Where a lead came from (process §2)."""

    REFERRAL = "referral"
    FREE_TRIAL = "free_trial"
    TOOL = "tool"
    WEBINAR = "webinar"
    WHITEPAPER = "whitepaper"
    NEWSLETTER = "newsletter"
    LIVE_EVENT = "live_event"
    TRADESHOW = "tradeshow"
    AFFILIATE = "affiliate"
    PAY_PER_CLICK = "pay_per_click"
    SOCIAL = "social"
    COMMUNITY = "community"
    CONTACT_FORM = "contact_form"
    LIST = "list"
    OTHER = "other"


class Channel(StrEnum):
    """How somebody was touched (process §6)."""

    EMAIL = "email"
    CALL = "call"
    VOICEMAIL = "voicemail"
    SOCIAL = "social"
    MEETING = "meeting"


class Outcome(StrEnum):
    """What came of a touch (process §6)."""

    CONNECTED = "connected"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    GATEKEEPER = "gatekeeper"
    WRONG_NUMBER = "wrong_number"
    CALLBACK = "callback"
    NOT_NOW = "not_now"
    REFERRAL = "referral"
    MEETING_BOOKED = "meeting_booked"
    NOT_INTERESTED = "not_interested"
    DO_NOT_CALL = "do_not_call"
    SENT = "sent"
    REPLY_POSITIVE = "reply_positive"
    REPLY_NEGATIVE = "reply_negative"
    OUT_OF_OFFICE = "out_of_office"
    BOUNCED = "bounced"
    OPTED_OUT = "opted_out"
    FOLLOWED = "followed"
    REPLIED = "replied"
    COMMENTED = "commented"
    SHARED = "shared"
    THEY_RESPONDED = "they_responded"
    HELD = "held"
    NO_SHOW = "no_show"
    RESCHEDULED = "rescheduled"


CALL_OUTCOMES = (
    Outcome.CONNECTED,
    Outcome.VOICEMAIL,
    Outcome.NO_ANSWER,
    Outcome.BUSY,
    Outcome.GATEKEEPER,
    Outcome.WRONG_NUMBER,
    Outcome.CALLBACK,
    Outcome.NOT_NOW,
    Outcome.REFERRAL,
    Outcome.MEETING_BOOKED,
    Outcome.NOT_INTERESTED,
    Outcome.DO_NOT_CALL,
)
EMAIL_OUTCOMES = (
    Outcome.SENT,
    Outcome.REPLY_POSITIVE,
    Outcome.REPLY_NEGATIVE,
    Outcome.NOT_NOW,
    Outcome.REFERRAL,
    Outcome.OUT_OF_OFFICE,
    Outcome.BOUNCED,
    Outcome.OPTED_OUT,
    Outcome.MEETING_BOOKED,
)
SOCIAL_OUTCOMES = (
    Outcome.FOLLOWED,
    Outcome.REPLIED,
    Outcome.COMMENTED,
    Outcome.SHARED,
    Outcome.THEY_RESPONDED,
)
MEETING_OUTCOMES = (Outcome.MEETING_BOOKED, Outcome.HELD, Outcome.NO_SHOW, Outcome.RESCHEDULED)

OUTCOMES: dict[Channel, tuple[Outcome, ...]] = {
    Channel.CALL: CALL_OUTCOMES,
    Channel.VOICEMAIL: (Outcome.VOICEMAIL,),
    Channel.EMAIL: EMAIL_OUTCOMES,
    Channel.SOCIAL: SOCIAL_OUTCOMES,
    Channel.MEETING: MEETING_OUTCOMES,
}
"""Which outcomes a channel can have."""


class ScorePart(StrEnum):
    """The four parts of a score (process §2)."""

    DEMOGRAPHIC = "demographic"
    FIRMOGRAPHIC = "firmographic"
    BEHAVIOURAL = "behavioural"
    NEGATIVE = "negative"
