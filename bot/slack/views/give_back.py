"""Giving a lead back: to whom, and why."""

import json
from typing import Any

from slackblocks import Block as SlackBlock
from slackblocks import InputBlock, PlainTextInput, RadioButtonGroup

from bot.db.queries.lead_facts import LeadCard
from bot.domain.routing import Before
from bot.slack.blocks import OPTION_TEXT, context, cut, esc, modal, option, plain, section
from bot.slack.ids import Action, Block, Callback

ROTATION, BEFORE = "rotation", "before"
REASON_LENGTH = 200


def give_back_form(card: LeadCard, former: Before | None) -> dict[str, Any]:
    """To the rotation or to the one before, with the reason."""
    options = [option("The rotation: the next one on shift", ROTATION)]
    if former is not None and not former.absence:
        options.append(option(f"{cut(former.name, OPTION_TEXT - 20)}, who had it before", BEFORE))
    who = f"*{esc(card.name)}*" + (f", {esc(card.company)}" if card.company else "")
    blocks: list[SlackBlock] = [
        section(who),
        InputBlock(
            plain("Who gets it?", 150),
            RadioButtonGroup(Action.GIVE_BACK_TO, options, initial_option=options[0]),
            block_id=Block.REASSIGN_TO,
        ),
        InputBlock(
            plain("Why?", 150),
            PlainTextInput(Action.REASON, max_length=REASON_LENGTH, placeholder=plain("They speak Danish", 150)),
            block_id=Block.REASON,
        ),
    ]
    if former is not None and former.absence:
        blocks.append(context(f"{esc(former.name)} had it before, but is {esc(former.absence)}."))
    blocks.append(context("Its clocks go on as they stand, and the next one is alerted."))
    metadata = json.dumps({"lead_id": str(card.lead_id)})
    return modal("Give back", blocks, callback=Callback.GIVE_BACK_FORM, submit="Give it back", metadata=metadata)
