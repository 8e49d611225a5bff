"""The form for giving up an organisation (process §4).

What must stay true: it says what it takes: the no of who decides, or evidence that the company is not a fit.
"""

import json

from slackblocks import Block as SlackBlock
from slackblocks import InputBlock, PlainTextInput, StaticSelectMenu

from bot.domain.companies import Organisation, SaidNo
from bot.slack.blocks import Post, button, buttons, context, esc, modal, option, plain, post, section
from bot.slack.ids import Action, Block, Callback

EVIDENCE_LENGTH = 200
RULE = (
    "One person's no stops only that person. The company is given up on the no of somebody senior who decides there, "
    "or because it is not a fit."
)


def give_up_form(organisation: Organisation) -> dict[str, object]:
    """Why they are given up."""
    blocks: list[SlackBlock] = [section(f"*{esc(organisation.name)}*\n{RULE}")]
    if organisation.said_no:
        people = [option(_label(one), str(one.contact_id)) for one in organisation.said_no]
        menu = StaticSelectMenu(Action.GIVE_UP_SAID_BY, people, placeholder=plain("Who decides there", 150))
        blocks.append(InputBlock(plain("Whose no was it?", 150), menu, block_id=Block.SAID_BY, optional=True))
    else:
        blocks.append(context("Nobody there has said no themselves yet."))
    reasons = StaticSelectMenu(
        Action.GIVE_UP_REASON,
        [option(reason, reason) for reason in organisation.reasons[:100]],
        placeholder=plain("Pick a reason", 150),
    )
    evidence = PlainTextInput(
        Action.GIVE_UP_EVIDENCE, max_length=EVIDENCE_LENGTH, placeholder=plain("Their site says so", 150)
    )
    blocks += [
        InputBlock(plain("Or: why are they not a fit?", 150), reasons, block_id=Block.NOT_A_FIT, optional=True),
        InputBlock(plain("What shows it?", 150), evidence, block_id=Block.EVIDENCE, optional=True),
        context("Everything planned there ends. You can take the company up again later."),
    ]
    metadata = json.dumps({"account_id": str(organisation.account_id)})
    return modal("Give up company", blocks, callback=Callback.GIVE_UP_FORM, submit="Give up", metadata=metadata)


def _label(one: SaidNo) -> str:
    title = f", {one.title}" if one.title else ""
    return f"{one.name}{title}" + ("" if one.decides else " (does not decide)")


def given_up_post(organisation: Organisation) -> Post:
    """It was given up before; a way back."""
    said = f"*{esc(organisation.name)}* is given up: {esc(organisation.given_up_reason, 300)}"
    again = button("Take it up again", Action.TAKE_UP, str(organisation.account_id))
    return post(said, [section(said), buttons(again)])
