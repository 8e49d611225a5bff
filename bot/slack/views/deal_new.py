"""``/deal new``: whom it is with, and the form of a deal that began without a handoff.

What must stay true: a field's block id is the name of the fact; metadata holds ids only; outside text is escaped.
"""

import json
from collections.abc import Sequence
from typing import Any

from slackblocks import Block as SlackBlock
from slackblocks import ExternalSelectMenu, StaticSelectMenu

from bot.db.queries.companies import CompanyName
from bot.db.queries.deal_begin import DealContact, DealStart
from bot.domain.counting import counted
from bot.domain.names import Candidate
from bot.slack.blocks import Post, button, buttons, context, esc, modal, option, plain, post, say, section
from bot.slack.ids import Action, Block, Callback
from bot.slack.views.deal_forms import amount_input, close_on_input, input_block, kind_input, words_input
from bot.slack.views.touch import person_labels

NOBODY = "nobody"
COMPANIES, PEOPLE = 5, 8


def new_deal_form(start: DealStart, types: Sequence[str], currency: str, *, for_others: bool) -> dict[str, Any]:
    """Type, amount, expected close, contact; ``for_others``: the actor may begin it for an account executive."""
    name = start.company or (start.contacts[0].name if start.contacts else "a deal without a name")
    blocks: list[SlackBlock] = [section(f"*{esc(name)}*")]
    if start.open_deals:
        one = start.open_deals == 1
        there, shown = ("There is", "it") if one else ("There are", "them")
        line = f"{there} {counted(start.open_deals, 'open deal')} with them already; `/deal` shows {shown}."
        blocks.append(context(line))
    blocks += [kind_input(types, start.usual.value), amount_input("", currency), close_on_input(None)]
    if start.contacts:
        blocks.append(_contact(start))
    if for_others:
        blocks.append(_executive(start))
    blocks.append(words_input("Next step", Action.DEAL_NEXT_STEP, Block.NEXT_STEP, optional=True))
    metadata = json.dumps(
        {
            "account_id": str(start.account_id) if start.account_id else None,
            "contact_id": str(start.chosen) if start.account_id is None else None,
        }
    )
    return modal("A new deal", blocks, callback=Callback.NEW_DEAL_FORM, submit="Begin it", metadata=metadata)


def whose_deal_post(typed: str, companies: Sequence[CompanyName], people: Sequence[Candidate]) -> Post:
    """Several companies or people may be meant."""
    said = f"Who is the deal with: “{esc(typed)}” may be one of these."
    firms = [
        button(f"Company: {one.name}", f"{Action.DEAL_NEW}_a{place}", f"account|{one.id}")
        for place, one in enumerate(companies[:COMPANIES])
    ]
    shown = list(people[:PEOPLE])
    labels = person_labels(shown)
    persons = [
        button(label, f"{Action.DEAL_NEW}_c{place}", f"contact|{one.id}")
        for place, (one, label) in enumerate(zip(shown, labels, strict=True))
    ]
    names = ", ".join([*(one.name for one in companies[:COMPANIES]), *labels])
    rows: list[SlackBlock] = [buttons(*row) for row in (firms, persons) if row]
    return post(f"{said} {esc(names, 900)}", [section(said), *rows])


def nobody_for_deal_post(typed: str) -> Post:
    """Neither a company nor a person is known by that."""
    known = f"I know neither a company nor a person called “{esc(typed)}”."
    return say(f"{known} Log a touch with them first, with `/touch`; then they are known.")


def with_whom_post() -> Post:
    """Nothing was typed after ``new``."""
    return say("Who is the new deal with? Type the company or the person: `/deal new acme`.")


def _contact(start: DealStart) -> SlackBlock:
    options = [_option(one) for one in start.contacts]
    nobody = option("Nobody yet", NOBODY)
    chosen = next((_option(one) for one in start.contacts if one.id == start.chosen), nobody)
    menu = StaticSelectMenu(
        Action.DEAL_CONTACT, [nobody, *options], initial_option=chosen, placeholder=plain("Pick somebody", 150)
    )
    hint = f"There are {start.more_contacts:,} more; for one of them type their name after /deal new."
    return input_block("Who is it with?", menu, Block.CONTACT, hint=hint if start.more_contacts > 0 else "")


def _option(one: DealContact) -> Any:
    return option(one.name, str(one.id), one.title)


def _executive(start: DealStart) -> SlackBlock:
    chosen = option(start.ae.name, str(start.ae.id)) if start.ae else None
    menu = ExternalSelectMenu(
        Action.DEAL_AE, initial_option=chosen, min_query_length=0, placeholder=plain("Type a name", 150)
    )
    return input_block("Whose deal is it?", menu, Block.AE)
