"""Sentences the product shows or a rep says and sends (process §2, §5): a team puts its own here."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from bot.playbook.schema.base import Count, Section, Sentence, placeholders, refuse

FILLS = frozenset(
    {
        "first_name",
        "full_name",
        "title",
        "company",
        "rep_name",
        "rep_first_name",
        "our_company",
        "our_phone",
        "fact",
        "segment",
        "credibility",
        "asked_for",
        "email_sent_on",
        "booking_link",
        "referrer",
    }
)
"""What the product can fill in. A missing one stops a draft and is named."""

LINK_FILLS = frozenset({"company", "full_name", "domain"})
"""What research links can fill in."""


def _web(text: str) -> str:
    if text and not text.startswith(("https://", "http://")):
        raise refuse(f"{text[:60]!r} is not a web address", "Begin it with https://.")
    return text


Link = Annotated[Sentence, AfterValidator(_web), AfterValidator(lambda text: placeholders(text, LINK_FILLS))]
"""An address with placeholders; what is filled in is escaped for addresses."""

Filled = Annotated[Sentence, AfterValidator(lambda text: placeholders(text, FILLS))]
"""A text with placeholders such as {first_name}."""


class Discovery(Section):
    """Questions for a first conversation (process §5)."""

    organisation: tuple[Filled, ...] = Field(min_length=1, description="About how they are set up (§5).")
    approach: tuple[Filled, ...] = Field(min_length=1, description="About how they would go about it (§5).")
    deciding: tuple[Filled, ...] = Field(min_length=1, description="About how they decide (§5).")


class CallCard(Section):
    """What stands beside the phone (process §5)."""

    opening: Filled = Field(description="Asks whether the moment is bad (§5).")
    aim: Filled = Field(description="Reminds that an appointment is the aim, not a pitch (§5).")
    voicemail: Filled = Field(
        description="Names, company, number, and when the e-mail went out: it is there to lift e-mail replies (§5)."
    )
    ask_for_time: Filled = Field(description="Asks for the appointment (§5).")
    discovery: Discovery = Field(description="Discovery questions (§5).")
    preparation: Annotated[tuple[Filled, ...], Field(min_length=1, max_length=12)] = Field(
        description="The preparation card: segment, first sentence, about them, peer tone, proof, personal, brief, "
        "different, follow-up (§5)."
    )


class Texts(Section):
    """Words for people (process §2, §5)."""

    our_company: Sentence = Field(description="How we call ourselves in texts, {our_company} (§5).")
    our_phone: str = Field(description="The number left on voicemail, {our_phone}; may be empty (§5).")
    booking_link: Annotated[str, AfterValidator(_web)] = Field(
        description="Where a prospect can book a time, {booking_link}; may be empty (§2)."
    )
    first_words: Filled = Field(description="First words for a call to somebody who raised a hand (§2).")
    research_links: Mapping[str, Link] = Field(
        description="Links on the alert by label; {company}, {full_name} and {domain} are filled in (§2)."
    )
    call_card: CallCard = Field(description="The call card (§5).")
    referral_question: Filled = Field(description="Asks for the right person; for e-mail only (§5).")
    research_checklist: tuple[Sentence, ...] = Field(
        min_length=1, description="What to look at before a first touch; one noted fact is asked for (§5)."
    )
    inside_seller: tuple[Filled, ...] = Field(
        min_length=1, description="For an AE whose contact only influences: helps that person to sell inside (§8)."
    )
    ask_for_referral: Filled = Field(description="Asks a champion whom else it would help (§8).")


class Piece(Section):
    """Something worth reading that can be sent along with a touch (process §5)."""

    title: Sentence = Field(description="What it is called (§5).")
    topic: Sentence = Field(description="What it is about; pieces are offered by topic (§5).")
    url: Annotated[Sentence, AfterValidator(_web)] = Field(description="Where it stands (§5).")


class Library(Section):
    """Educational pieces, offered beside a touch and logged when sent (process §5)."""

    pieces: tuple[Piece, ...] = Field(description="The pieces (§5).")


class MailTemplate(Section):
    """One e-mail to a segment, at a step, in a variant (process §5)."""

    segment: str = Field(default="any", description="Key of a segment, or any (§5).")
    step: Annotated[int, Field(ge=1, le=7)] = Field(description="Which cycle it opens: 1 is the opening (§5).")
    variant: Annotated[str, Field(pattern=r"^[a-z]$")] = Field(
        default="a", description="One letter; two variants of a step are compared (§5, §9)."
    )
    purpose: Literal["referral", "time", "reply"] = Field(
        description="Be referred to the right person, agree a time, or answer a raised hand (§5)."
    )
    subject: Filled = Field(description="The subject line; true to what follows (§10).")
    body: Filled = Field(description="The text, plain (§5).")


class Mail(Section):
    """E-mails reps send from their own mailbox (process §5)."""

    templates: Mapping[str, MailTemplate] = Field(description="Templates by key (§5).")
    warn_links: Count = Field(description="A hint shows on drafts with more links than this (§5).")
