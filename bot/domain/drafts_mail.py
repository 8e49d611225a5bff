"""E-mails that reps send from their own mailbox: the playbook's template, filled in, and its address (process §5).

What must stay true: a missing fact stops the draft and is named; a draft that somebody changed is theirs, word for
word; what opens in the mail program is the whole text or, where an address cannot hold it, none of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote
from uuid import UUID

from bot.domain.counting import counted
from bot.domain.fill import fill
from bot.domain.terms import Intent
from bot.playbook.schema import Playbook
from bot.playbook.schema.people import Segment
from bot.playbook.schema.texts import MailTemplate

MOST_ADDRESS = 3000
"""Slack's limit for the address behind a button (slack.md)."""
_LINK = re.compile(r"https?://", re.IGNORECASE)
_ANY = "any"
_REPLY = "reply"
ASKED_FOR: Mapping[Intent, str] = {
    Intent.CONTACT_ME: "a call",
    Intent.TRIAL_REQUEST: "a trial",
    Intent.WEBINAR: "a seat in our webinar",
    Intent.DOWNLOAD: "something to read",
}
"""What somebody who raised a hand asked for, as a text says it."""
FACT_WORDS: Mapping[str, str] = {
    "first_name": "their first name",
    "full_name": "their name",
    "title": "their title",
    "company": "their company",
    "our_company": "our company's name (playbook, texts)",
    "our_phone": "our phone number (playbook, texts)",
    "fact": "one noted fact about them",
    "segment": "their segment: which kind of company it is",
    "credibility": "a line about reference customers of their segment",
    "asked_for": "what they asked for",
    "email_sent_on": "when the last e-mail went out",
    "booking_link": "the booking link (playbook, texts)",
    "referrer": "who referred us",
    "template": "an e-mail for this step (playbook, mail)",
    "email": "their e-mail address",
}
"""What a missing fact is called in a sentence."""


@dataclass(frozen=True, slots=True)
class MailDraft:
    """One e-mail. ``missing``: facts without which it does not go out; ``hints``: what to look at, in sentences.

    ``template``: its key in the playbook; empty where there is none. ``own``: the rep's words, not the template's.
    """

    to: str
    subject: str
    body: str
    template: str = ""
    purpose: str = ""
    missing: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    own: bool = False

    @property
    def ready(self) -> bool:
        """Whether it can be opened."""
        return not self.missing

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is missing, in words."""
        return tuple(FACT_WORDS.get(name, name.replace("_", " ")) for name in self.missing)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an e-mail is for: ``step`` counts from 1; ``follow_up``: they raised a hand before."""

    step: int
    follow_up: bool
    segment: str | None = None
    variant: str | None = None


def segment_of(rules: Playbook, industry: str | None, employees: int | None, country: str | None) -> str | None:
    """The key of the first segment a company belongs to; what is not known of it speaks against none."""
    return next(
        (key for key, one in rules.icp.segments.items() if _belongs(one, industry, employees, country)),
        None,
    )


def _belongs(segment: Segment, industry: str | None, employees: int | None, country: str | None) -> bool:
    if industry and segment.industries and industry.strip().lower() not in segment.industries:
        return False
    if country and segment.countries and country.upper() not in segment.countries:
        return False
    if employees is None:
        return True
    return segment.employees_from <= employees and (segment.employees_to is None or employees <= segment.employees_to)


def variant_of(rules: Playbook, contact_id: UUID, segment: str | None, *, follow_up: bool = False) -> str | None:
    """Which variant of their segment's templates somebody gets: split evenly, and the same each time (process §9).

    None where there is no template for them.
    """
    fitting = [one for _, one in _fitting(rules, segment, follow_up)]
    own = {one.step for one in fitting if one.segment != _ANY}  # there a template for any goes to nobody
    letters = sorted({one.variant for one in fitting if one.segment != _ANY or one.step not in own})
    if not letters:
        return None
    return letters[int.from_bytes(sha256(contact_id.bytes).digest()[:8]) % len(letters)]


def choose_template(rules: Playbook, occasion: Occasion) -> tuple[str, MailTemplate] | None:
    """The template for an occasion: of its segment before any, of its variant before another, of its own step.

    A follow-up plan that goes on longer than its templates takes the last of them.
    """
    fitting = _fitting(rules, occasion.segment, occasion.follow_up)
    steps = {one.step for _, one in fitting}
    if occasion.step not in steps and not occasion.follow_up:
        return None
    step = occasion.step if occasion.step in steps else max((s for s in steps if s < occasion.step), default=None)
    of_step = [(key, one) for key, one in fitting if one.step == step]
    return min(
        of_step,
        key=lambda found: (found[1].segment == _ANY, found[1].variant != (occasion.variant or "a"), found[0]),
        default=None,
    )


def _fitting(rules: Playbook, segment: str | None, follow_up: bool) -> list[tuple[str, MailTemplate]]:
    return [
        (key, one)
        for key, one in rules.mail.templates.items()
        if (one.purpose == _REPLY) is follow_up and one.segment in (_ANY, segment)
    ]


def make_draft(
    rules: Playbook, occasion: Occasion, to: str | None, facts: Mapping[str, str | None], postal_address: str | None
) -> MailDraft:
    """Fill in the template of an occasion. ``postal_address``: of our brand, under every e-mail (process §10)."""
    chosen = choose_template(rules, occasion)
    no_address = () if to else ("email",)
    if chosen is None:
        return MailDraft(to or "", "", "", missing=("template", *no_address))
    key, template = chosen
    subject, body = fill(template.subject, facts), fill(template.body.strip(), facts)
    text = "\n\n".join(part for part in (body.text, postal_address) if part)
    missing = tuple(dict.fromkeys((*no_address, *subject.missing, *body.missing)))
    hints = list(look_at(rules, text))
    if not postal_address:
        hints.append("Your team has no postal address yet; the law of many places wants one in every e-mail.")
    return MailDraft(to or "", subject.text, text, key, template.purpose, missing, tuple(hints))


def own_draft(rules: Playbook, to: str | None, subject: str, body: str) -> MailDraft:
    """A draft as a rep approved or changed it."""
    return MailDraft(
        to or "", subject, body, missing=() if to else ("email",), hints=tuple(look_at(rules, body)), own=True
    )


def look_at(rules: Playbook, text: str) -> list[str]:
    """What to look at before a text goes out (process §5)."""
    hints = []
    words = len(text.split())
    if words > rules.touch_list.long_draft_words:
        hints.append(f"{counted(words, 'word')}: shorter than {rules.touch_list.long_draft_words} is read more often.")
    links = len(_LINK.findall(text))
    if links > rules.mail.warn_links:
        hints.append(f"{counted(links, 'link')}: many filters mind more than {rules.mail.warn_links}.")
    return hints


def mail_address(draft: MailDraft) -> str | None:
    """What opens the draft in the rep's mail program; None where it does not fit into an address."""
    body = draft.body.replace("\r\n", "\n").replace("\n", "\r\n")
    return _short(f"mailto:{_escaped(draft.to, '@')}?subject={_escaped(draft.subject)}&body={_escaped(body)}")


def gmail_address(draft: MailDraft) -> str | None:
    """What opens the draft in Gmail in the browser; None where it does not fit into an address."""
    to, subject, body = (_escaped(part) for part in (draft.to, draft.subject, draft.body))
    return _short(f"https://mail.google.com/mail/?view=cm&fs=1&to={to}&su={subject}&body={body}")


def _escaped(text: str, safe: str = "") -> str:
    return quote(text.encode("utf-8", "replace"), safe=safe)


def _short(address: str) -> str | None:
    return address if len(address) <= MOST_ADDRESS else None
