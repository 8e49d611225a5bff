"""The cadence, the touch list and touches (process §4 to §6)."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.playbook.schema.base import Count, Duration, Reason, Section, TimeOfDay, ascending, refuse


class Cadence(Section):
    """Cycles of an e-mail, then a call (process §4)."""

    cycles: Annotated[int, Field(ge=3, le=5)] = Field(description="How many cycles, 3 to 5 (§4).")
    email_days: tuple[Count, ...] = Field(
        description="Nominal day of each cycle's e-mail, counted from day 1, the first working day (§4)."
    )
    window_days: Count = Field(description="Calendar days, inclusive; what falls later is dropped (§4).")
    call_after_working_days: Count = Field(
        description="The call is due this many working days after its e-mail went out, if there was no reply (§4)."
    )
    absence_shift_days: Annotated[int, Field(ge=0)] = Field(
        description="Absences up to this many days shift the plan; longer ones go to the cover or pause it (§4)."
    )
    recycle_days: Count = Field(description="Days of rest after a cadence without a conversation (§4).")
    recycle_rounds: Count = Field(description="At most this many rounds for one person (§4).")
    not_a_fit_reasons: tuple[Reason, ...] = Field(
        min_length=1, description="Evidence with which an organisation is disqualified as not a fit (§4)."
    )

    @model_validator(mode="after")
    def _days(self) -> Self:
        days = self.email_days
        if len(days) != self.cycles:
            raise refuse(
                f"cycles is {self.cycles} and email_days has {len(days)}",
                f"List {self.cycles} days in email_days, or set cycles to {len(days)}.",
            )
        ascending(((f"day {day}", day) for day in days), "email_days")
        late = [day for day in days if day > self.window_days]
        if late:
            raise refuse(
                f"day {late[0]} lies after the window of {self.window_days} days",
                f"Use days up to {self.window_days}, or widen window_days.",
            )
        if days[0] != 1:
            raise refuse(f"the first e-mail is on day {days[0]}", "Begin email_days with 1, the day of enrolment.")
        return self


class TouchList(Section):
    """The rep's list of the day (process §5)."""

    morning_at: TimeOfDay = Field(description="When the morning list is there, in the rep's zone (§5).")
    email_before: TimeOfDay = Field(description="E-mails go out before this time of the recipient's day (§5).")
    email_after: TimeOfDay = Field(description="…or after this time of the recipient's day (§5).")
    prepare_at: TimeOfDay = Field(
        description="From this time of the rep's day, tomorrow's drafts can be read and approved (§5)."
    )
    min_emails_per_day: Count = Field(description="Least e-mails a rep's day aims at (§5).")
    max_emails_per_day: Count = Field(description="Most e-mails in a rep's day (§5).")
    target_emails_per_day: Count = Field(description="What a rep's day aims at (§5).")
    ramp_from: Count = Field(description="E-mails on the first day of a new mailbox (§5).")
    ramp_step: Count = Field(description="How many more each following working day, up to the target (§5).")
    skip_reasons: tuple[Reason, ...] = Field(min_length=1, description="Reasons for skipping an item (§5).")
    snooze_for: Duration = Field(description="“Later today” puts an item off for this long (§5).")
    long_draft_words: Count = Field(description="A hint shows on drafts with more words than this (§5).")

    @model_validator(mode="after")
    def _bands(self) -> Self:
        if not self.min_emails_per_day <= self.target_emails_per_day <= self.max_emails_per_day:
            raise refuse(
                f"the target of {self.target_emails_per_day} e-mails a day is outside "
                f"{self.min_emails_per_day} to {self.max_emails_per_day}",
                f"Use a target from {self.min_emails_per_day} to {self.max_emails_per_day}.",
            )
        if self.email_before >= self.email_after:
            raise refuse("email_before is not earlier than email_after", 'Use for example "09:00" and "17:00".')
        if self.ramp_from > self.target_emails_per_day:
            raise refuse(
                f"ramp_from ({self.ramp_from}) is above the target ({self.target_emails_per_day})",
                f"Begin the ramp at {self.target_emails_per_day} or fewer.",
            )
        return self


class Touches(Section):
    """Logging what happened (process §6)."""

    undo_for: Duration = Field(description="A logged touch can be undone this long, with all it caused (§6).")
    min_channels: Count = Field(description="Touches toward X count over at least this many channels (§3).")
    no_show_credit: bool = Field(description="The rep keeps the credit for a meeting that was a no-show (§7).")
