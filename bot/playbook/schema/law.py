"""The gate before every touch (process §10)."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.playbook.schema.base import Count, Country, Duration, Section, TimeOfDay, Weekday, refuse


class CallingHours(Section):
    """When somebody may be called, where that person is (process §10)."""

    legal_from: TimeOfDay = Field(description="No call before this time of the person's day: refused (§10).")
    legal_until: TimeOfDay = Field(description="No call from this time of the person's day on: refused (§10).")
    default_from: TimeOfDay = Field(description="Before this time there is a warning (§10).")
    default_until: TimeOfDay = Field(description="From this time on there is a warning (§10).")
    days: tuple[Weekday, ...] = Field(min_length=1, description="On other days there is a warning (§10).")

    @model_validator(mode="after")
    def _order(self) -> Self:
        if not self.legal_from <= self.default_from < self.default_until <= self.legal_until:
            raise refuse(
                "the default calling hours do not lie within the legal ones",
                "Order them legal_from, default_from, default_until, legal_until, from early to late.",
            )
        return self


class Compliance(Section):
    """Rules of law (process §10). A team may be stricter; what the law of its places asks, it must set itself."""

    calls: CallingHours = Field(description="Calling hours (§10).")
    consent_countries: tuple[Country, ...] = Field(
        description="Countries where cold mail needs the person's consent beforehand (§10)."
    )
    consent_bases: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        min_length=1, description="Bases of consent that allow cold mail in those countries (§10)."
    )
    implied_consent_days: Count = Field(
        description="Consent implied by a raised hand lasts this many days unless it names its own expiry (§10)."
    )
    do_not_call_recheck: Duration = Field(
        description="A check against a national do-not-call list is good for this long (§10)."
    )
    do_not_call_countries: tuple[Country, ...] = Field(
        description="Countries whose do-not-call list must have been checked before a cold call (§10)."
    )
    emails_per_domain_per_day: Count = Field(description="Most e-mails a day to one company domain (§10).")
    emails_per_mailbox_per_day: Count = Field(description="Most e-mails a day from one mailbox (§10).")
