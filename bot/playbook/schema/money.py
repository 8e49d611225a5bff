"""Handoff, opportunities, commission and figures (process §7 to §9)."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.playbook.schema.base import (
    Count,
    Duration,
    Percent,
    Reason,
    Section,
    Sentence,
    ascending,
    refuse,
    sums_to_hundred,
)

ContractKey = Literal["problem", "decision_process", "decision_maker_known", "timing", "next_step"]


class ContractField(Section):
    """One field of the handoff contract (process §7)."""

    key: ContractKey = Field(description="Which fact it is; conditions of sales_qualified name it (§7).")
    label: Sentence = Field(description="The question in the handoff form (§7).")
    hint: str = Field(default="", description="A hint below the field (§7).")
    required: bool = Field(default=True, description="The handoff waits until it is filled (§7).")


class IntroCall(Section):
    """The meeting a handoff leads to (process §7)."""

    minutes: Annotated[int, Field(ge=5, le=240)] = Field(description="Length of the intro call, minutes (§7).")
    remind_before: tuple[Duration, ...] = Field(
        min_length=1, description="Reminders this long before the intro call (§7)."
    )
    slots_offered: Count = Field(description="How many of the AE's next free slots are offered (§7).")


class Handoff(Section):
    """From rep to AE, warm (process §7)."""

    contract: tuple[ContractField, ...] = Field(min_length=1, description="What an AE is told, in order (§7).")
    remind_after: Duration = Field(description="Unanswered in working time: the AE is reminded after this (§7).")
    manager_after: Duration = Field(description="…and the manager decides after this, in working time (§7).")
    requalify_remind_after: Duration = Field(
        description="Held without a verdict: the AE is reminded after this; a day is a working day of theirs (§7)."
    )
    requalify_manager_after: Duration = Field(
        description="…and the manager is told after this, counted the same way (§7)."
    )
    intro_call: IntroCall = Field(description="The intro call (§7).")
    decline_reasons: tuple[Reason, ...] = Field(min_length=1, description="Reasons an AE can decline with (§7).")
    not_qualified_reasons: tuple[Reason, ...] = Field(
        min_length=1, description="Reasons for not qualified; they go to the rep and to marketing (§7)."
    )
    lull_accounts: Count = Field(description="How many strategic accounts an AE in a gap is offered (§7).")

    @model_validator(mode="after")
    def _order(self) -> Self:
        keys = [one.key for one in self.contract]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise refuse(f"the contract asks for {twice} twice", "Keep one question for each key.")
        for pair in (("remind_after", "manager_after"), ("requalify_remind_after", "requalify_manager_after")):
            ascending(((name, getattr(self, name)) for name in pair), "The handoff's reminders")
        return self


class Opportunities(Section):
    """From opportunity to money and after (process §8)."""

    types: tuple[Literal["new", "add_on", "renewal"], ...] = Field(
        min_length=1, description="Kinds of business won (§8)."
    )
    proposal_guard: tuple[Literal["need", "decision_maker", "budget", "timing"], ...] = Field(
        description="What must be confirmed before a proposal; an override needs a reason (§8)."
    )
    lost_reasons: tuple[Reason, ...] = Field(min_length=1, description="Reasons for a lost opportunity (§8).")
    renewal_days: tuple[Count, ...] = Field(
        min_length=1, description="Renewals are announced this many days ahead, longest first (§8)."
    )
    relationship_levels: Annotated[int, Field(ge=2, le=10)] = Field(
        description="Steps of the relationship scale, from mere supplier to trusted partner (§8)."
    )

    most_amount: Annotated[int, Field(ge=1, lt=10**12)] = Field(
        description="Above this a deal's amount is refused as a slip, in whole units of its currency (§8)."
    )

    @model_validator(mode="after")
    def _order(self) -> Self:
        ascending(((f"{days} days", days) for days in reversed(self.renewal_days)), "renewal_days, last to first")
        return self


class Commission(Section):
    """Monthly commission of MRRs and SDRs (process §8)."""

    opportunities_percent: Percent = Field(
        description="Share paid on the number of AE-qualified opportunities, per cent (§8)."
    )
    closed_percent: Percent = Field(description="Share paid on closed business, per cent (§8).")
    ramp_percent: tuple[Percent, ...] = Field(
        description="Quota of a new hire in the first months, per cent of the full one (§8)."
    )
    opportunity_quota: Mapping[Literal["mrr", "sdr"], Count] = Field(
        description="AE-qualified opportunities a month that are a full quota, by role (§8)."
    )

    @model_validator(mode="after")
    def _sum(self) -> Self:
        parts = (("opportunities_percent", self.opportunities_percent), ("closed_percent", self.closed_percent))
        sums_to_hundred(parts, "The shares")
        return self


class HourCost(Section):
    """What an hour of selling costs: loaded cost ÷ (weeks × days × selling hours) (process §9)."""

    loaded_cost_cents: Count = Field(description="What a rep costs a year, all included, in cents (§9).")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        description="Currency of the cost, three letters of ISO 4217 (§9)."
    )
    weeks: Annotated[int, Field(ge=1, le=53)] = Field(description="Weeks worked a year (§9).")
    days: Annotated[int, Field(ge=1, le=7)] = Field(description="Days worked a week (§9).")
    hours: Annotated[float, Field(gt=0, le=24)] = Field(description="Hours of real selling a day (§9).")


class Metrics(Section):
    """What managers watch (process §9)."""

    hour_cost: HourCost = Field(description="The cost of an hour (§9).")
    stale_after_days: Count = Field(description="A record untouched this many days counts as stale (§9).")
    experiment_min_sample: Count = Field(
        description="People per variant before an experiment says more than not yet (§9)."
    )
    experiment_confidence_percent: Annotated[int, Field(ge=50, le=99)] = Field(
        description="Width of the intervals shown for experiments, per cent (§9)."
    )
