"""From a raised hand to the first human response, and the score (process §2)."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bot.playbook.schema.base import (
    Count,
    Country,
    Domain,
    Duration,
    Percent,
    Points,
    Reason,
    Section,
    ascending,
    refuse,
)

# The same words as bot.domain.terms, which may import this package and not the other way round; a test holds
# the two together.
IntentName = Literal[
    "contact_me",
    "trial_request",
    "download",
    "webinar",
    "newsletter",
    "event",
    "referral",
    "tool",
    "social",
    "list",
    "other",
]
SourceName = Literal[
    "referral",
    "free_trial",
    "tool",
    "webinar",
    "whitepaper",
    "newsletter",
    "live_event",
    "tradeshow",
    "affiliate",
    "pay_per_click",
    "social",
    "community",
    "contact_form",
    "list",
    "other",
]
SocialOutcomeName = Literal["followed", "replied", "commented", "shared", "they_responded"]
SeniorityName = Literal["c_level", "vp", "director", "manager", "staff", "unknown"]
FollowUpChannel = Literal["email", "call", "social"]


def _channel_name(value: str) -> str:
    if not value.startswith("#") or len(value) < 2 or value != value.lower() or " " in value:
        raise refuse(f"{value!r} is not a channel name", 'Write it as in Slack, in quotes: "#inbound".')
    return value


ChannelName = Annotated[str, AfterValidator(_channel_name)]


class Channels(Section):
    """Which Slack channel hears what (process §2, §7)."""

    inbound: ChannelName = Field(description="Where alerts about raised hands stand (§2).")
    managers: ChannelName | None = Field(
        default=None, description="Where digests for managers go; left out: direct messages (§9)."
    )


class Ladder(Section):
    """When an unanswered hot lead is told to whom (process §2). All but the last two count from the alert."""

    dm_unseen: Duration = Field(description="The owner gets a direct message if the alert is unseen this long (§2).")
    nudge: Duration = Field(description="The owner is nudged if nobody claimed the lead (§2).")
    next_rep: Duration = Field(description="The next MRR on shift gets it, as a new post (§2).")
    manager: Duration = Field(description="The manager is told (§2).")
    claimed_idle: Duration = Field(
        description="Counted from the claim: whoever claimed and did not respond is nudged (§2)."
    )
    claimed_reopen: Duration = Field(
        description="Counted from the claim: the lead is open again if there is still no response (§2)."
    )

    @model_validator(mode="after")
    def _order(self) -> Self:
        ascending(((name, getattr(self, name)) for name in ("dm_unseen", "nudge", "next_rep", "manager")), "The ladder")
        ascending(((name, getattr(self, name)) for name in ("claimed_idle", "claimed_reopen")), "The ladder")
        return self


class OffShift(Section):
    """What happens to a hot lead while nobody works (process §2)."""

    page_on_call: bool = Field(
        description="Page people who opted in as on call; nobody else is ever paged off shift (§2)."
    )
    send_booking_link: bool = Field(description="Send the prospect the booking link, if mail is set up (§2).")


class FollowUp(Section):
    """The plan after a first response that was not answered (process §2)."""

    touches: Count = Field(description="How many touches before the lead is nurtured (§2).")
    working_days: Count = Field(description="Over how many working days they are spread (§2).")
    channels: tuple[FollowUpChannel, ...] = Field(min_length=1, description="Channels in turn (§2).")
    min_channels: Count = Field(description="At least this many different channels are used (§2).")

    @model_validator(mode="after")
    def _channels(self) -> Self:
        if len(set(self.channels)) < self.min_channels:
            raise refuse(
                f"channels names {len(set(self.channels))} and min_channels asks for {self.min_channels}",
                "Add a channel (email, call, social) or lower min_channels.",
            )
        return self


class Capacity(Section):
    """How many leads a person can answer well (process §2)."""

    leads_per_mrr_month: Count = Field(description="Leads that need a human, per MRR and calendar month (§2).")
    warn_percent: Percent = Field(description="Warn when this share of the capacity is used, per cent (§2).")


class Inbound(Section):
    """From raised hand to first human response (process §2)."""

    hot_intents: tuple[IntentName, ...] = Field(min_length=1, description="Intents that raise an alert at once (§2).")
    quiet_intents: tuple[IntentName, ...] = Field(
        description="Intents that need nobody's answer: people are kept as prospects, not counted as leads (§1)."
    )
    first_response: Duration = Field(
        description="Every other lead has its first human response within this time by the wall clock (§2)."
    )
    first_hour: Duration = Field(
        description="If nobody works when the lead comes: within this time of the next shift's start (§2)."
    )
    hot_response: Duration = Field(
        description="A hot lead answered within this time, on shift, is inside its SLA (§2)."
    )
    ladder: Ladder = Field(description="Steps for a hot lead that waits (§2).")
    reminders_percent: tuple[Percent, ...] = Field(
        min_length=1, description="Reminders for standard leads at these shares of the time allowed, per cent (§2)."
    )
    off_shift: OffShift = Field(description="While nobody works (§2).")
    follow_up: FollowUp = Field(description="After a first response without an answer (§2).")
    capacity: Capacity = Field(description="Leads a person can answer well (§2).")
    social_answer_days: Annotated[int, Field(ge=0)] = Field(
        description="A social signal is answered within this many working days; 0 is the same day (§2)."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ascending(((f"{p} %", p) for p in self.reminders_percent), "reminders_percent")
        both = set(self.hot_intents) & set(self.quiet_intents)
        if both:
            raise refuse(
                f"{', '.join(sorted(both))} is both in hot_intents and in quiet_intents", "Keep it in one of the two."
            )
        return self


class EmployeeBand(Section):
    """Points for a size of company (process §2)."""

    up_to: Count | None = Field(
        default=None, description="Most employees in this band; left out in the last band: no limit (§2)."
    )
    points: Points = Field(description="Points for a company in this band (§2).")


class Negatives(Section):
    """Points taken away (process §2)."""

    free_mail: Annotated[int, Field(le=0)] = Field(description="The address is at a free-mail provider (§2).")
    student: Annotated[int, Field(le=0)] = Field(description="The title says student or the like (§2).")
    competitor: Annotated[int, Field(le=0)] = Field(description="The company is a competitor (§2).")
    disposable: Annotated[int, Field(le=0)] = Field(description="The address is a disposable one (§2).")


class Decay(Section):
    """How a score fades without activity (process §2)."""

    after_months: Count = Field(description="First decay after this many calendar months without activity (§2).")
    every_months: Count = Field(description="And again each this many months (§2).")
    points: Annotated[int, Field(le=-1)] = Field(description="Points of one decay entry, negative (§2).")
    floor: int = Field(description="Decay never takes a score below this (§2).")


class Scoring(Section):
    """Points, part by part; the score is the sum of its ledger (process §2)."""

    seniority: Mapping[SeniorityName, Points] = Field(
        description="Demographic points by seniority read from the title (§2)."
    )
    seniority_words: Mapping[SeniorityName, tuple[str, ...]] = Field(
        description="Words in a title that tell the seniority; the highest that matches counts (§2)."
    )
    employees: tuple[EmployeeBand, ...] = Field(
        min_length=1, description="Firmographic points by number of employees, smallest band first (§2)."
    )
    industries: Mapping[str, Points] = Field(description="Firmographic points by industry, lower case (§2).")
    countries: Mapping[Country, Points] = Field(description="Firmographic points by country (§2).")
    intents: Mapping[IntentName, Points] = Field(description="Behavioural points for what they asked (§2).")
    sources: Mapping[SourceName, Points] = Field(description="Behavioural points for where they came from (§2).")
    social: Mapping[SocialOutcomeName, Points] = Field(description="Behavioural points for social signals (§2).")
    negatives: Negatives = Field(description="Points taken away (§2).")
    student_words: tuple[str, ...] = Field(description="Words in a title that mean student (§2).")
    junk_at: Annotated[int, Field(le=-1)] = Field(description="A lead whose score is this or lower is junk (§2).")
    decay: Decay = Field(description="How a score fades (§2).")

    @model_validator(mode="after")
    def _bands(self) -> Self:
        limits = [band.up_to for band in self.employees]
        if None in limits[:-1]:
            raise refuse("a band before the last has no up_to", "Give every band but the last an up_to.")
        ascending(((f"up_to {limit}", limit) for limit in limits if limit is not None), "The employee bands")
        return self


class Junk(Section):
    """Who never becomes a lead (process §2)."""

    disposable_domains: tuple[Domain, ...] = Field(description="Domains of throw-away addresses: junk (§2).")
    competitor_domains: tuple[Domain, ...] = Field(description="Domains of competitors (§2).")
    competitor_names: tuple[str, ...] = Field(description="Names of competitors, when there is no domain (§2).")
    reasons: tuple[Reason, ...] = Field(
        min_length=1, description="Reasons a rep can choose for junk; they go back to marketing (§1)."
    )
