"""A company: the form of what one of us may say of it, the same to read, what was saved.

What must stay true: a field's block id is the name of the fact, so that errors find it; metadata holds ids and a mark,
nothing else; outside text is escaped.
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from slackblocks import Block as SlackBlock
from slackblocks import CheckboxGroup, Element, ExternalSelectMenu, InputBlock, Option, PlainTextInput

from bot.db.queries.companies import ColleagueName, CompanyCard, CompanyEvent, CompanyName
from bot.domain.counting import counted
from bot.domain.opportunities import DealState
from bot.domain.terms import Stage
from bot.slack.blocks import at, button, buttons, context, esc, modal, option, plain, section
from bot.slack.ids import Action, Block, Callback

NOBODY = "nobody"
STRATEGIC, PARTNER = "strategic", "partner"
INDUSTRY, SMALL = 255, 60
STAGES = {stage: stage.value.capitalize() for stage in Stage}
DEALS = {
    DealState.QUALIFIED: "a deal began",
    DealState.PROPOSAL: "a proposal went out",
    DealState.WON: "a deal was won",
    DealState.LOST: "a deal was lost",
}


def company_form(card: CompanyCard) -> dict[str, Any]:
    """What can be said of a company, with what stands there."""
    said = card.said
    strategic = option("Strategic account of its owner", STRATEGIC, "Offered first when their day has a gap")
    partner = option("Channel partner", PARTNER)
    ticked = [one for one, holds in ((strategic, said.strategic), (partner, said.partner)) if holds]
    marks = CheckboxGroup(Action.COMPANY_MARKS, [strategic, partner], initial_options=ticked or None)
    blocks: list[SlackBlock] = [
        *_about(card),
        _person("Owner", Action.COMPANY_OWNER, Block.OWNER, said.owner_id, card.owner),
        _person("Customer success manager", Action.COMPANY_CSM, Block.CSM, said.csm_id, card.csm),
        _input("It is", marks, Block.MARKS),
        _line("Industry", Action.COMPANY_INDUSTRY, Block.INDUSTRY, said.industry, INDUSTRY),
        _line("Employees", Action.COMPANY_EMPLOYEES, Block.EMPLOYEES, _number(said.employees), SMALL),
        _line("Country", Action.COMPANY_COUNTRY, Block.COUNTRY, said.country, SMALL),
        *_history(card.events),
    ]
    metadata = json.dumps({"account_id": str(card.account_id), "mark": said.mark})
    return modal("Company", blocks, callback=Callback.COMPANY_FORM, submit="Save", metadata=metadata)


def company_modal(card: CompanyCard) -> dict[str, Any]:
    """The same to read, for who may not change it."""
    said = card.said
    marks = [
        word for word, holds in (("strategic account", said.strategic), ("channel partner", said.partner)) if holds
    ]
    lines = [
        f"*Owner* {esc(card.owner) if card.owner else 'nobody'}",
        f"*Customer success manager* {esc(card.csm) if card.csm else 'nobody'}",
        *([f"*It is* a {' and a '.join(marks)}"] if marks else []),
        f"*Industry* {esc(said.industry) or 'not known'}",
        f"*Employees* {_number(said.employees) or 'not known'}",
        f"*Country* {esc(said.country) or 'not known'}",
    ]
    who = "Its owner among the account executives, a manager of theirs or an admin can change this."
    blocks: list[SlackBlock] = [*_about(card), section("\n".join(lines)), *_history(card.events), context(who)]
    return modal("Company", blocks, callback=Callback.COMPANY_SHOWN, close="Close")


def company_saved_modal(sentence: str, causation_id: str, undo_minutes: int) -> dict[str, Any]:
    """What was saved, with the way to take it back. ``sentence``: outside text may stand in it."""
    blocks: list[SlackBlock] = [section(esc(sentence, 1500))]
    blocks.append(buttons(button("Undo", Action.COMPANY_UNDO, causation_id, describe="Put the company back")))
    blocks.append(context(f"Undo works for {counted(undo_minutes, 'minute')}, while nothing followed."))
    return modal("Saved", blocks, callback=Callback.COMPANY_SHOWN, close="Close")


def company_undone_modal(sentence: str) -> dict[str, Any]:
    """What was taken back, where the form was."""
    return modal("Taken back", [section(esc(sentence, 1500))], callback=Callback.COMPANY_SHOWN, close="Close")


def company_buttons(companies: Sequence[CompanyName]) -> list[SlackBlock]:
    """A row that opens companies that were found by what was typed; none where there are none."""
    rows = [
        button(f"Company: {one.name}", f"{Action.COMPANY}_{one.id}", str(one.id), describe=f"Open {one.name}")
        for one in companies[:3]
    ]
    return [buttons(*rows)] if rows else []


def colleague_options(people: Sequence[ColleagueName], *, nobody: bool = True) -> list[dict[str, Any]]:
    """A typeahead's options: people of ours, after ``nobody`` where that can be said."""
    found = [
        *([option("Nobody", NOBODY)] if nobody else []),
        *(option(one.name, str(one.id), one.email) for one in people[:98]),
    ]
    resolved: list[dict[str, Any]] = [one._resolve() for one in found]
    return resolved


def _about(card: CompanyCard) -> list[SlackBlock]:
    site = f" · {esc(card.domain)}" if card.domain else ""
    people = counted(card.contacts, "person", "people")
    return [section(f"*{esc(card.name)}*{site}\n*{STAGES[card.stage]}* · {people} known there")]


def _history(events: Sequence[CompanyEvent]) -> list[SlackBlock]:
    lines = [
        f"{at(event.at, '{date_short_pretty}')} · {_happened(event)}{f' by {esc(event.by)}' if event.by else ''}"
        for event in events
    ]
    return [context("\n".join(lines))] if lines else []


def _happened(event: CompanyEvent) -> str:
    if event.again:
        return "a step with a deal was taken back"
    if event.deal is not None:
        return DEALS[event.deal]
    return f"changed: {esc(', '.join(event.changed), 200) or 'something'}"


def _input(label: str, element: Element, block_id: str) -> InputBlock:
    return InputBlock(plain(label, 150), element, block_id=block_id, optional=True)


def _person(label: str, action: str, block_id: str, person_id: UUID | None, name: str | None) -> InputBlock:
    chosen: Option = option(name or "Somebody", str(person_id)) if person_id else option("Nobody", NOBODY)
    menu = ExternalSelectMenu(action, initial_option=chosen, min_query_length=0, placeholder=plain("Type a name", 150))
    return _input(label, menu, block_id)


def _line(label: str, action: str, block_id: str, initial: str | None, most: int) -> InputBlock:
    shown = plain(initial, most).text if initial and initial.strip() else None
    return _input(label, PlainTextInput(action, initial_value=shown, max_length=most), block_id)


def _number(count: int | None) -> str | None:
    return f"{count:,}" if count is not None else None
