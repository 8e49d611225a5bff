"""An e-mail that a rep sends from their own mailbox: shown, changed, approved ahead (process §5).

What must stay true: a draft that lacks a fact has no button that opens it; what a rep typed comes back word for word.
"""

from typing import Any
from uuid import UUID

from slackblocks import Block as SlackBlock
from slackblocks import InputBlock, PlainTextInput

from bot.db.queries.touch_ahead import DraftAhead
from bot.db.queries.touch_item import ItemCard
from bot.domain.compliance import Refused
from bot.domain.drafts_mail import MailDraft, gmail_address, mail_address
from bot.slack.blocks import button, buttons, clean, context, esc, modal, plain, quote, section
from bot.slack.ids import Action, Block, Callback
from bot.slack.views.call_card import gate_line
from bot.slack.views.touch_list import who

SUBJECT = 255
BODY = 3000


def mail_blocks(card: ItemCard) -> list[SlackBlock]:
    """The draft with what opens it, or with what stops it."""
    mail = card.mail
    if mail is None:
        return []
    against = gate_line(card.may_write, "write")
    if isinstance(card.may_write, Refused):
        return [section(against)]
    blocks: list[SlackBlock] = (
        [section(f"*To* {esc(mail.to, 320)}\n*Subject* {esc(mail.subject, SUBJECT)}")]
        if mail.to or mail.subject
        else []
    )
    if mail.body:
        blocks.append(quote(mail.body, 2900))
    if against:
        blocks.append(context(against))
    if mail.missing:
        blocks.append(section(f"*This draft stops here.* It lacks {esc(_and(mail), 600)}."))
    blocks += _hints(mail)
    blocks.append(_openers(card, mail))
    return blocks


def _hints(mail: MailDraft) -> list[SlackBlock]:
    hints = " ".join(esc(hint, 300) for hint in mail.hints).strip()
    return [context(hints)] if hints else []


def _and(mail: MailDraft) -> str:
    *before, last = mail.lacks
    return f"{', '.join(before)} and {last}" if before else last


def _openers(card: ItemCard, mail: MailDraft) -> SlackBlock:
    value = str(card.item_id)
    edit = button("Change the text", Action.ITEM_EDIT, value)
    if not mail.ready:
        return buttons(edit)
    in_mail, in_gmail = mail_address(mail), gmail_address(mail)
    if in_mail is None or in_gmail is None:
        return buttons(button("I have it in my mail", f"{Action.ITEM_OPEN}_copied", value, style="primary"), edit)
    return buttons(
        button("Open in my mail", f"{Action.ITEM_OPEN}_mail", value, style="primary", url=in_mail),
        button("Open in Gmail", f"{Action.ITEM_OPEN}_gmail", value, url=in_gmail),
        edit,
    )


def draft_form(card: ItemCard, metadata: str) -> dict[str, Any]:
    """The text of one draft, to be changed."""
    blocks: list[SlackBlock] = [section(who(card.name, card.title, card.company))]
    if card.mail is not None and card.mail.missing:
        blocks.append(context(f"It lacks {esc(_and(card.mail), 600)}: write it yourself where the … stands."))
    blocks += _inputs(card.mail, card.item_id)
    return modal("Change the text", blocks, callback=Callback.DRAFT_FORM, submit="Keep it", metadata=metadata)


def _inputs(mail: MailDraft | None, subject_id: UUID) -> list[SlackBlock]:
    subject = clean(mail.subject if mail else "", SUBJECT) or None
    body = clean(mail.body if mail else "", BODY, lines=True) or None
    return [
        InputBlock(
            plain("Subject", 150),
            PlainTextInput(Action.DRAFT_SUBJECT, initial_value=subject, max_length=SUBJECT),
            block_id=f"{Block.SUBJECT}:{subject_id}",
        ),
        InputBlock(
            plain("Text", 150),
            PlainTextInput(Action.DRAFT_BODY, initial_value=body, multiline=True, max_length=BODY),
            block_id=f"{Block.BODY}:{subject_id}",
        ),
    ]


def ahead_form(ahead: DraftAhead, metadata: str) -> dict[str, Any]:
    """One of tomorrow's drafts, to be read and approved."""
    blocks: list[SlackBlock] = [
        context(
            f"{ahead.number} of {ahead.total} for {ahead.day:%A, %-d %B}" + (" · approved" if ahead.approved else "")
        ),
        section(f"{who(ahead.name, ahead.title, ahead.company)}\n{esc(ahead.step)} · {esc(ahead.why, 300)}"),
    ]
    if ahead.mail.missing:
        blocks.append(section(f"*It lacks {esc(_and(ahead.mail), 600)}.* Write it where the … stands, or leave it."))
    blocks += _hints(ahead.mail)
    blocks += _inputs(ahead.mail, ahead.enrolment_id)
    blocks.append(buttons(button("Leave it for tomorrow", Action.DRAFT_LEAVE, str(ahead.number))))
    return modal("Tomorrow's drafts", blocks, callback=Callback.DRAFT_AHEAD, submit="Approve", metadata=metadata)


def ahead_done(total: int, approved: int) -> dict[str, Any]:
    """All of tomorrow's drafts were looked at."""
    said = (
        f"That was all: {approved} of {total} approved. They stand on the list of that morning."
        if total
        else "No e-mail is planned for your next working day yet."
    )
    return modal("Tomorrow's drafts", [section(said)], callback=Callback.LIST_END, close="Close")


def ahead_too_early(at: str) -> dict[str, Any]:
    """Before the hour from which tomorrow can be prepared."""
    said = f"Tomorrow's drafts can be read from {esc(at, 20)} on: until then today still decides what is due."
    return modal("Tomorrow's drafts", [section(said)], callback=Callback.LIST_END, close="Close")
