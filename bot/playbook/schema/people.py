"""Stages, definitions, customers and the mix of selling time (process §1 and §3), and defaults for people."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bot.playbook.schema.base import Count, Country, Duration, Percent, Section, Sentence, refuse, sums_to_hundred
from bot.playbook.schema.hours import HoursError, parse_hours


def _hours(value: str) -> str:
    try:
        parse_hours(value)
    except HoursError as error:
        message, _, fix = str(error).partition(". ")
        raise refuse(message, fix) from None
    return value


class People(Section):
    """What holds for a person of whom nothing else is known (process, opening)."""

    hours: Annotated[str, AfterValidator(_hours)] = Field(
        description="Working hours of a rep whose row in people.csv has none, in the rep's own zone (opening)."
    )
    timezone: str = Field(
        description="Timezone (IANA name) of a rep when neither people.csv nor Slack knows one (opening)."
    )
    country: Country = Field(
        description="Country, two letters: whose public holidays apply, and how phones without + are read (opening)."
    )
    min_aligned_aes: Annotated[int, Field(ge=0)] = Field(
        description="Fewest AEs a rep is aligned with; doctor warns below it (opening)."
    )
    max_aligned_aes: Count = Field(description="Most AEs a rep is aligned with; doctor warns above it (opening).")

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.max_aligned_aes < self.min_aligned_aes:
            raise refuse("max_aligned_aes is below min_aligned_aes", "Use a maximum at least as large as the minimum.")
        return self


Fact = Literal[
    "score",
    "demographic",
    "firmographic",
    "behavioural",
    "intent",
    "source",
    "solution",
    "email",
    "phone",
    "problem",
    "decision_process",
    "decision_maker_known",
    "timing",
    "next_step",
]
"""What a condition can look at: parts of the score, what was asked, and the fields of the handoff contract."""


class Condition(Section):
    """One condition of a definition; the lead card shows whether it holds (process §1)."""

    label: Sentence = Field(description="What the lead card shows beside the tick or cross (§1).")
    fact: Fact = Field(description="What is looked at (§1).")
    at_least: int | None = Field(default=None, description="Holds when the fact is a number of at least this (§1).")
    one_of: tuple[str, ...] | None = Field(default=None, description="Holds when the fact is one of these (§1).")
    known: Literal[True] | None = Field(default=None, description="Holds when anything is known at all (§1).")

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        tests = [name for name in ("at_least", "one_of", "known") if getattr(self, name) is not None]
        if len(tests) != 1:
            said = "no test" if not tests else "more than one test (" + ", ".join(tests) + ")"
            raise refuse(f"this condition has {said}", "Give exactly one of at_least, one_of or known: true.")
        return self


class Stages(Section):
    """The two definitions that marketing and sales share (process §1)."""

    marketing_qualified: tuple[Condition, ...] = Field(
        min_length=1, description="All of these hold for a marketing-qualified lead (§1)."
    )
    sales_qualified: tuple[Condition, ...] = Field(
        min_length=1, description="All of these hold for a sales-qualified lead: the handoff contract (§1, §7)."
    )


class Segment(Section):
    """A kind of company that is talked to in its own way (process §3, §5)."""

    name: Sentence = Field(description="The segment's name, as reports show it (§3).")
    industries: tuple[str, ...] = Field(
        default=(), description="Industries that belong to it, lower case; empty: any (§3)."
    )
    countries: tuple[Country, ...] = Field(default=(), description="Countries that belong to it; empty: any (§3).")
    employees_from: Annotated[int, Field(ge=0)] = Field(default=0, description="Fewest employees (§3).")
    employees_to: Count | None = Field(default=None, description="Most employees; left out: no limit (§3).")
    credibility: Sentence = Field(
        description="One line about reference customers of this segment, used in drafts as {credibility} (§5)."
    )

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.employees_to is not None and self.employees_to < self.employees_from:
            raise refuse(
                f"employees_to ({self.employees_to}) is below employees_from ({self.employees_from})",
                "Swap them, or leave employees_to out for no limit.",
            )
        return self


class IcpWeights(Section):
    """How much each trait counts in an account's fit; together 100 (process §3)."""

    industry: Percent = Field(description="Share of the fit that comes from the industry, per cent (§3).")
    employees: Percent = Field(description="Share of the fit that comes from the size, per cent (§3).")
    country: Percent = Field(description="Share of the fit that comes from the place, per cent (§3).")

    @model_validator(mode="after")
    def _sum(self) -> Self:
        sums_to_hundred([(name, getattr(self, name)) for name in type(self).model_fields], "The weights")
        return self


class Icp(Section):
    """The ideal customer profile, learned from the best clients (process §3)."""

    top_percent: Annotated[int, Field(ge=5, le=10)] = Field(
        description="The profile is taken from this share of clients, the largest by revenue, per cent (§3)."
    )
    min_clients: Count = Field(
        description="Fewer clients than this are too few to learn a profile from; the segments are used (§3)."
    )
    weights: IcpWeights = Field(description="What an account's fit is made of (§3).")
    segments: Mapping[str, Segment] = Field(
        min_length=1, description="Kinds of companies by key; drafts and reports go by segment (§3, §5)."
    )


class Pool(Section):
    """Who can be put on an outbound list (process §3)."""

    dormant_months: Count = Field(
        description="An account without activity for this many calendar months is dormant and may be opened (§3)."
    )
    min_contacts_per_account: Count = Field(description="Fewest contacts enrolled per account, if known (§3).")
    max_contacts_per_account: Count = Field(description="Most contacts enrolled per account (§3).")
    touches_per_conversion: Count = Field(
        description="X, touches per converted lead, used until enough conversions are counted (§3)."
    )
    conversions_for_history: Count = Field(description="From this many conversions on, X is the mean of history (§3).")
    flow_days: Count = Field(description="New enrollments are metered looking this many days ahead (§3).")

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.max_contacts_per_account < self.min_contacts_per_account:
            raise refuse(
                "max_contacts_per_account is below min_contacts_per_account",
                "Use a maximum at least as large as the minimum.",
            )
        return self


class Mix(Section):
    """How selling time is meant to be split, over AE, CSM and SDR together (process §3)."""

    existing_percent: Percent = Field(description="Share for existing customers, per cent of selling time (§3).")
    profile_percent: Percent = Field(description="Share for new customers of the usual profile, per cent (§3).")
    explore_percent: Percent = Field(description="Share for exploration, per cent (§3).")
    explore_places: tuple[Sentence, ...] = Field(
        description="Where real hand raisers can be found for the exploring part: forums, communities (§3)."
    )

    @model_validator(mode="after")
    def _sum(self) -> Self:
        parts = (
            ("existing_percent", self.existing_percent),
            ("profile_percent", self.profile_percent),
            ("explore_percent", self.explore_percent),
        )
        sums_to_hundred(parts, "The shares")
        return self


class Matching(Section):
    """How an arriving lead is matched to a company we know (process §2)."""

    company_name_threshold: Annotated[int, Field(ge=50, le=100)] = Field(
        description="Two company names count as one from this likeness on, 50 to 100 (§2)."
    )
    repeat_within: Duration = Field(
        description="The same plain form with the same content within this time is one event (§2)."
    )
