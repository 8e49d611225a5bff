"""``/deal``: open deals, one deal, its buttons and forms; the same buttons under a handoff; Undo."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.db.queries.deals import DealCard, deal_card, find_deals, open_deals
from bot.domain.commands import Actor, Undo
from bot.domain.deal_commands import ChangeDeal, Lose, Propose, ReopenDeal, Win
from bot.domain.errors import Gone
from bot.domain.money import Money, read_worth
from bot.domain.opportunities import OPEN_DEALS, DealState, Guard, said_state
from bot.domain.touch_text import plain
from bot.handlers.deal_new import NEW, new_deal
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, Nothing, Request, Say
from bot.handlers.verdict import kind_of, saved_modal
from bot.playbook.schema import Playbook
from bot.service.access import may_read_contacts
from bot.service.context import playbook
from bot.service.deal_begin import WHO_BEGINS
from bot.service.deal_changes import Dealt, decides, may_decide
from bot.service.deal_undo import StepUndone, undo_step
from bot.service.opportunities import change_deal, lose, propose, reopen_deal, win
from bot.slack.blocks import Post
from bot.slack.ids import Action, Callback, Command
from bot.slack.views.deal import (
    choice_post,
    deal_post,
    deals_post,
    help_post,
    no_deal_post,
    undone_modal,
    undone_post,
)
from bot.slack.views.deal_forms import change_form, given_day, lose_form, propose_form, reopen_form, win_form

HELP = frozenset({"help", "?", "-h", "--help"})
ANY_DEAL = re.compile(rf"^{Action.DEAL_SHOW}_")
ANY_PAGE = re.compile(rf"^{Action.DEAL_PAGE}_")
Form = Callable[[DealCard, Playbook], dict[str, Any]]
FORMS: dict[Action, Form] = {
    Action.DEAL_PROPOSE: lambda card, _: propose_form(card),
    Action.DEAL_WIN: lambda card, rules: win_form(card, rules.opportunities.types),
    Action.DEAL_LOSE: lambda card, rules: lose_form(card, rules.opportunities.lost_reasons),
    Action.DEAL_CHANGE: lambda card, rules: change_form(card, rules.opportunities.types),
    Action.DEAL_REOPEN: lambda card, _: reopen_form(card),
}
"""Each button to the form it opens; the form shows the deal as it is then, whatever the button's message shows."""
FITS: dict[Action, tuple[DealState, ...]] = {
    Action.DEAL_PROPOSE: (DealState.QUALIFIED,),
    Action.DEAL_WIN: OPEN_DEALS,
    Action.DEAL_LOSE: OPEN_DEALS,
    Action.DEAL_REOPEN: (DealState.PROPOSAL, DealState.WON, DealState.LOST),
}
"""In which states a button can be meant; in any where none is named."""


def register(edge: Edge) -> None:
    """Register ``/deal``, its buttons and forms."""
    edge.command(Command.DEAL, on_deal)
    edge.action(ANY_DEAL, on_show)
    edge.action(ANY_PAGE, on_page)
    for action in FORMS:
        edge.action(action, on_form)
    edge.action(Action.DEAL_UNDO, on_undo)
    edge.view(Callback.PROPOSE_FORM, on_proposed)
    edge.view(Callback.WIN_FORM, on_won)
    edge.view(Callback.LOSE_FORM, on_lost)
    edge.view(Callback.CHANGE_DEAL_FORM, on_changed)
    edge.view(Callback.REOPEN_DEAL_FORM, on_reopened)


async def on_deal(request: Request) -> Answer:
    """Open deals; the one whose company or person was typed; a choice; a new one; help."""
    typed = plain(request.text).strip()
    if typed.casefold() in HELP:
        return Say(help_post())
    if (new := NEW.fullmatch(typed)) is not None:
        return await new_deal(request, (new["whom"] or "").strip())
    return Say(await request.read(lambda session, actor, now: _look_up(session, actor, typed, now)))


async def on_show(request: Request) -> Answer:
    """One of a list."""
    deal_id = deal_of(request.value)
    return Say(await request.read(lambda session, actor, now: _show(session, actor, deal_id, now)))


async def on_page(request: Request) -> Answer:
    """Turn a page of the open deals, in place."""
    offset = int(request.value) if request.value.isdecimal() else 0

    def page(session: Session, actor: Actor, now: datetime) -> Post:
        may_read_contacts(actor)
        shown = open_deals(session, actor, _today(actor, now), min(offset, 1_000_000))
        return deals_post(shown, may_begin=actor.has(*WHO_BEGINS))

    return Say(await request.read(page), replace=True)


async def on_form(request: Request) -> Answer:
    """The form of a deal's button, for who may change it."""
    action, deal_id = Action(str(request.action.get("action_id"))), deal_of(request.value)

    def look(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        card = deal_card(session, deal_id)
        may_decide(session, actor, card.ae.id, "change this deal")
        if card.state not in FITS.get(action, tuple(DealState)):
            raise Gone(f"This deal is {said_state(card.state)} by now. Have another look with /deal.")
        return FORMS[action](card, playbook(session))

    await request.open_view(await request.read(look))
    return Nothing()


async def on_proposed(request: Request) -> Answer:
    """The proposal is out."""
    deal_id, version = _meant(request)
    guard = _guard(request.state)
    return saved_modal(
        request,
        await request.perform(
            lambda session, actor, now: propose(session, Propose(actor, deal_id, version, guard), now)
        ),
    )


async def on_won(request: Request) -> Answer:
    """They bought."""
    (deal_id, version), state = _meant(request), request.state

    def work(session: Session, actor: Actor, now: datetime) -> Dealt:
        money = _worth(session, state, deal_id)
        promised = str(state.get(Action.DEAL_PROMISED) or "")
        kind = kind_of(state.get(Action.DEAL_KIND))
        return win(session, Win(actor, deal_id, version, kind, money, promised, _guard(state)), now)

    return saved_modal(request, await request.perform(work))


async def on_lost(request: Request) -> Answer:
    """They will not buy."""
    (deal_id, version), state = _meant(request), request.state
    reason, remark = str(state.get(Action.REASON) or ""), str(state.get(Action.REMARK) or "")

    def work(session: Session, actor: Actor, now: datetime) -> Dealt:
        return lose(session, Lose(actor, deal_id, version, reason, remark), now)

    return saved_modal(request, await request.perform(work))


async def on_changed(request: Request) -> Answer:
    """A correction."""
    (deal_id, version), state = _meant(request), request.state

    def work(session: Session, actor: Actor, now: datetime) -> Dealt:
        money = _worth(session, state, deal_id)
        command = ChangeDeal(
            actor,
            deal_id,
            version,
            kind_of(state.get(Action.DEAL_KIND)),
            money,
            given_day(state.get(Action.DEAL_CLOSE_ON)),
            str(state.get(Action.DEAL_NEXT_STEP) or ""),
        )
        return change_deal(session, command, now)

    return saved_modal(request, await request.perform(work))


async def on_reopened(request: Request) -> Answer:
    """A closed deal goes on, or a proposal is taken back."""
    deal_id, version = _meant(request)
    reason = str(request.state.get(Action.REASON) or "")

    def work(session: Session, actor: Actor, now: datetime) -> Dealt:
        return reopen_deal(session, ReopenDeal(actor, deal_id, version, reason), now)

    return saved_modal(request, await request.perform(work))


async def on_undo(request: Request) -> Answer:
    """Take a verdict or a deal's step back."""
    try:
        causation_id = UUID(request.value)
    except ValueError:
        raise Gone("This button is too old.") from None

    def work(session: Session, actor: Actor, now: datetime) -> StepUndone:
        return undo_step(session, Undo(actor, causation_id), now)

    undone = await request.perform(work)
    if request.view:
        await request.update_view(str(request.view["id"]), undone_modal(undone.sentence))
        return Nothing()
    return Say(undone_post(undone.sentence), replace=True)


def deal_of(value: str) -> UUID:
    """The deal of a button. Raises ``Gone``."""
    try:
        return UUID(value.partition("|")[0])
    except ValueError:
        raise Gone("This button is too old. Have another look with /deal.") from None


def _meant(request: Request) -> tuple[UUID, int]:
    """The deal a form was opened for, as it was then."""
    return UUID(request.metadata["deal_id"]), int(request.metadata["version"])


def _worth(session: Session, state: dict[str, Any], deal_id: UUID) -> Money:
    """The amount of a form, in the deal's currency where none is named. Raises ``UserError``."""
    usual, most = deal_card(session, deal_id).money.currency, playbook(session).opportunities.most_amount
    return read_worth(str(state.get(Action.DEAL_AMOUNT) or ""), usual, most)


def _guard(state: dict[str, Any]) -> Guard:
    confirmed = tuple(str(fact) for fact in state.get(Action.DEAL_GUARD) or ())
    return Guard(confirmed, str(state.get(Action.DEAL_OVERRIDE) or "").strip())


def _look_up(session: Session, actor: Actor, typed: str, now: datetime) -> Post:
    may_read_contacts(actor)
    today = _today(actor, now)
    if not typed:
        return deals_post(open_deals(session, actor, today), may_begin=actor.has(*WHO_BEGINS))
    found = find_deals(session, actor, typed)
    if not found:
        return no_deal_post(typed)
    if len(found) == 1:
        return _show(session, actor, found[0].deal_id, now)
    return choice_post(typed, found, today)


def _show(session: Session, actor: Actor, deal_id: UUID, now: datetime) -> Post:
    may_read_contacts(actor)
    card = deal_card(session, deal_id, actor)
    return deal_post(card, _today(actor, now), may_change=decides(session, actor, card.ae.id))


def _today(actor: Actor, now: datetime) -> date:
    return now.astimezone(ZoneInfo(actor.timezone)).date()
