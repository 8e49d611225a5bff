"""What stands beside the phone: whom to call, the aim, the voicemail, the questions, the preparation (process §5).

What must stay true: a number that may not be called now is not shown; a text that lacks a fact says which; the
referral question is for e-mail and never stands here.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import quote as url_quote

from slackblocks import Block as SlackBlock

from bot.db.queries.touch_item import ItemCard
from bot.domain.compliance import Refused, Verdict, Warned
from bot.domain.drafts_mail import FACT_WORDS
from bot.domain.fill import fill
from bot.playbook.schema import Playbook
from bot.slack.blocks import at, bullet, context, esc, link, section
from bot.slack.views.words import dialled

WORDS = 700


def gate_line(verdict: Verdict, what: str) -> str:
    """What speaks against it; empty where nothing does."""
    match verdict:
        case Refused():
            until = f" Again {at(verdict.until)}." if verdict.until else ""
            return f"*Don't {what}:* {esc(verdict.reason, 400)}{until}"
        case Warned():
            return f"*Before you {what}:* {esc(verdict.reason, 400)}"
        case _:
            return ""


def call_blocks(card: ItemCard, rules: Playbook) -> list[SlackBlock]:
    """The call card."""
    if not card.phone:
        return _no_number(card)
    against = gate_line(card.may_call, "call")
    if isinstance(card.may_call, Refused):
        return [section(against)]
    phone = link(f"tel:{card.phone}", dialled(card.phone))
    texts = rules.texts.call_card
    blocks: list[SlackBlock] = [section(f"*Call* {phone}")]
    if against:
        blocks.append(context(against))
    blocks.append(section(f"*Open with* “{_said(texts.opening, card.facts)}”\n*Aim* {_said(texts.aim, card.facts)}"))
    blocks.append(section(f"*Ask* “{_said(texts.ask_for_time, card.facts)}”"))
    voicemail = fill(texts.voicemail, card.facts)
    blocks.append(section(f"*Voicemail* “{esc(voicemail.text, WORDS)}”"))
    if voicemail.missing:
        lacks = ", ".join(FACT_WORDS.get(name, name) for name in voicemail.missing)
        blocks.append(context(f"The voicemail lacks {lacks}."))
    asked = texts.discovery
    blocks += [
        section(f"*Discovery*\n{_list((*asked.organisation, *asked.approach, *asked.deciding), card.facts)}"),
        context(f"*Preparation*\n{_list(texts.preparation, card.facts)}"),
    ]
    return blocks


def _no_number(card: ItemCard) -> list[SlackBlock]:
    """What else there is: an e-mail in place of the call, or the next step."""
    if not card.email:
        return [section("*No phone number and no e-mail address is known.* Skip it, or note what you find out.")]
    against = gate_line(card.may_write, "write")
    if isinstance(card.may_write, Refused):
        return [section(f"*No phone number is known.* Skip the call.\n{against}")]
    address = link(f"mailto:{url_quote(card.email, safe='@')}", card.email)
    text = f"*No phone number is known.* Write to {address} and log the e-mail in place of the call, or skip it."
    return [section(text), *([context(against)] if against else [])]


def _said(text: str, facts: Mapping[str, str]) -> str:
    return esc(fill(text, facts).text, WORDS)


def _list(texts: Iterable[str], facts: Mapping[str, str]) -> str:
    return bullet(_said(text, facts) for text in texts)
