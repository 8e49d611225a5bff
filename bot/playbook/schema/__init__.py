"""The playbook's schema: the whole sales process as data (process §1 to §10).

What must stay true: every number and sentence of the process has its field here, with a description from which
the docs' reference is made; no field carries a default of the process itself: those stand in ``default.yaml``.
Models are frozen, unknown keys are refused.
"""

from typing import Self

from pydantic import Field, model_validator

from bot.playbook.schema.base import Section, refuse
from bot.playbook.schema.inbound import Channels, Inbound, Junk, Scoring
from bot.playbook.schema.law import CallingHours, Compliance
from bot.playbook.schema.money import Commission, Handoff, Metrics, Opportunities
from bot.playbook.schema.outbound import Cadence, Touches, TouchList
from bot.playbook.schema.people import Condition, Icp, Matching, Mix, People, Pool, Segment, Stages
from bot.playbook.schema.texts import Library, Mail, MailTemplate, Piece, Texts

__all__ = [
    "Cadence",
    "CallingHours",
    "Channels",
    "Commission",
    "Compliance",
    "Condition",
    "Handoff",
    "Icp",
    "Inbound",
    "Junk",
    "Library",
    "Mail",
    "MailTemplate",
    "Matching",
    "Metrics",
    "Mix",
    "Opportunities",
    "People",
    "Piece",
    "Playbook",
    "Pool",
    "Scoring",
    "Section",
    "Segment",
    "Stages",
    "Texts",
    "TouchList",
    "Touches",
]


class Playbook(Section):
    """A team's whole sales process; a section left out of the file keeps its defaults."""

    people: People = Field(description="Defaults for people (opening).")
    channels: Channels = Field(description="Slack channels (§2).")
    stages: Stages = Field(description="What marketing-qualified and sales-qualified mean (§1).")
    inbound: Inbound = Field(description="From raised hand to first human response (§2).")
    matching: Matching = Field(description="Matching to people and companies we know (§2).")
    scoring: Scoring = Field(description="Points of the score (§2).")
    junk: Junk = Field(description="Who never becomes a lead (§2).")
    icp: Icp = Field(description="The ideal customer profile and segments (§3).")
    pool: Pool = Field(description="Who can be put on an outbound list (§3).")
    mix: Mix = Field(description="How selling time is split (§3).")
    cadence: Cadence = Field(description="Cycles of an e-mail, then a call (§4).")
    touch_list: TouchList = Field(description="The rep's list of the day (§5).")
    touches: Touches = Field(description="Logging what happened (§6).")
    handoff: Handoff = Field(description="From rep to AE (§7).")
    opportunities: Opportunities = Field(description="To the money and after (§8).")
    commission: Commission = Field(description="Monthly commission (§8).")
    metrics: Metrics = Field(description="What managers watch (§9).")
    compliance: Compliance = Field(description="Rules of law (§10).")
    texts: Texts = Field(description="Words for people (§2, §5).")
    library: Library = Field(description="Educational pieces (§5).")
    mail: Mail = Field(description="E-mail templates (§5).")

    @model_validator(mode="after")
    def _templates_fit(self) -> Self:
        known = set(self.icp.segments) | {"any"}
        seen: dict[tuple[str, int, str, str], str] = {}
        for key, template in self.mail.templates.items():
            if template.segment not in known:
                raise refuse(
                    f"mail.templates.{key} is for the segment {template.segment!r}, which is not in icp.segments",
                    "Use one of: " + ", ".join(sorted(known)) + ".",
                )
            place = (template.segment, template.step, template.variant, template.purpose)
            if place in seen:
                raise refuse(
                    f"mail.templates.{key} and {seen[place]} have the same segment, step, variant and purpose",
                    "Give one of them another variant letter.",
                )
            seen[place] = key
        return self
