"""Buttons under an accepted handoff, and in the questions about its call: held, no-show, another time, the verdict."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.handoffs import HandoffCard, handoff_card
from bot.domain.commands import Actor
from bot.domain.deal_commands import HoldCall, MissCall, NotQualified, Qualify, RescheduleCall
from bot.domain.errors import Gone, UserError
from bot.domain.money import read_worth
from bot.domain.opportunities import DealKind
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, CloseAll, Nothing, Request, Say, ShowView
from bot.service.access import may_read_contacts
from bot.service.context import playbook
from bot.service.deal_changes import Dealt, may_judge
from bot.service.verdicts import hold_call, miss_call, not_qualified, qualify, reschedule_call
from bot.slack.blocks import say
from bot.slack.ids import Action, Block, Callback
from bot.slack.views.deal import done_modal, done_post
from bot.slack.views.deal_forms import given_day, given_moment, not_qualified_form, qualify_form, reschedule_form


def register(edge: Edge) -> None:
    """Register the buttons and forms of a verdict."""
    edge.action(Action.CALL_HELD, on_held)
    edge.action(Action.CALL_MISSED, on_missed)
    edge.action(Action.CALL_RESCHEDULE, on_reschedule)
    edge.action(Action.DEAL_QUALIFY, on_qualify)
    edge.action(Action.DEAL_NOT_QUALIFIED, on_not_qualified)
    edge.view(Callback.RESCHEDULE_FORM, on_rescheduled)
    edge.view(Callback.QUALIFY_FORM, on_qualified)
    edge.view(Callback.NOT_QUALIFIED_FORM, on_given_back)


async def on_held(request: Request) -> Answer:
    """ "Held": a meeting is logged, the verdict is owed."""
    handoff_id = handoff_of(request.value)
    dealt = await request.perform(lambda session, actor, now: hold_call(session, HoldCall(actor, handoff_id), now))
    return saved_post(request, dealt)


async def on_missed(request: Request) -> Answer:
    """ "No-show": back to the rep."""
    handoff_id = handoff_of(request.value)
    dealt = await request.perform(lambda session, actor, now: miss_call(session, MissCall(actor, handoff_id), now))
    return saved_post(request, dealt)


async def on_reschedule(request: Request) -> Answer:
    """Ask for the new time."""
    card = await _card(request)
    await request.open_view(reschedule_form(card))
    return Nothing()


async def on_rescheduled(request: Request) -> Answer:
    """The call has another time."""
    handoff_id, state = handoff_of(request.metadata["handoff_id"]), request.state
    starts_at = given_moment(state.get(Action.CALL_AT))
    if starts_at is None:
        raise UserError("When is it now?", field=Block.STARTS_AT)
    reason = str(state.get(Action.REASON) or "")

    def work(session: Session, actor: Actor, now: datetime) -> str:
        return reschedule_call(session, RescheduleCall(actor, handoff_id, starts_at, reason), now)

    return CloseAll(say(await request.perform(work)))


async def on_qualify(request: Request) -> Answer:
    """Ask for type, amount and expected close."""
    card = await _card(request)
    types, currency = await request.read(lambda session, _, __: _types_and_currency(session))
    await request.open_view(qualify_form(card, types, currency))
    return Nothing()


async def on_qualified(request: Request) -> Answer:
    """An opportunity."""
    handoff_id, state = handoff_of(request.metadata["handoff_id"]), request.state

    def work(session: Session, actor: Actor, now: datetime) -> Dealt:
        usual, most = _types_and_currency(session)[1], playbook(session).opportunities.most_amount
        money = read_worth(str(state.get(Action.DEAL_AMOUNT) or ""), usual, most)
        command = Qualify(
            actor,
            handoff_id,
            kind_of(state.get(Action.DEAL_KIND)),
            money,
            given_day(state.get(Action.DEAL_CLOSE_ON)),
            str(state.get(Action.DEAL_NEXT_STEP) or ""),
        )
        return qualify(session, command, now)

    return saved_modal(request, await request.perform(work))


async def on_not_qualified(request: Request) -> Answer:
    """Ask for the reason."""
    card = await _card(request)
    reasons = await request.read(lambda session, _, __: playbook(session).handoff.not_qualified_reasons)
    await request.open_view(not_qualified_form(card, reasons))
    return Nothing()


async def on_given_back(request: Request) -> Answer:
    """No opportunity: back to the rep."""
    handoff_id, state = handoff_of(request.metadata["handoff_id"]), request.state
    reason, remark = str(state.get(Action.REASON) or ""), str(state.get(Action.REMARK) or "")

    def work(session: Session, actor: Actor, now: datetime) -> Dealt:
        return not_qualified(session, NotQualified(actor, handoff_id, reason, remark), now)

    return saved_modal(request, await request.perform(work))


def handoff_of(value: str) -> UUID:
    """Read a button. Raises ``Gone`` for one this version does not know."""
    try:
        return UUID(value.partition("|")[0])
    except ValueError:
        raise Gone("This button is too old. The handoff's post has the current ones.") from None


def kind_of(given: object) -> DealKind:
    """The chosen type of business. Raises ``UserError``."""
    try:
        return DealKind(str(given or ""))
    except ValueError:
        raise UserError("Pick a type of business.", field=Block.KIND) from None


def saved_post(request: Request, dealt: Dealt) -> Say:
    """What was done, in a message only they see, with Undo."""
    return Say(done_post(dealt.sentence, str(dealt.causation_id), _minutes(request, dealt)))


def saved_modal(request: Request, dealt: Dealt) -> ShowView:
    """The same, in the place of the form."""
    return ShowView(done_modal(dealt.sentence, str(dealt.causation_id), _minutes(request, dealt)))


def _minutes(request: Request, dealt: Dealt) -> int:
    return round((dealt.undo_until - request.now).total_seconds() / 60)


async def _card(request: Request) -> HandoffCard:
    """The handoff of a button, for somebody who may decide about it."""
    handoff_id = handoff_of(request.value)

    def look(session: Session, actor: Actor, now: datetime) -> HandoffCard:
        may_read_contacts(actor)
        card = handoff_card(session, handoff_id, now)
        may_judge(session, actor, card.ae.id if card.ae else None, "say what came of it", now)
        return card

    return await request.read(look)


def _types_and_currency(session: Session) -> tuple[tuple[str, ...], str]:
    rules = playbook(session)
    return tuple(rules.opportunities.types), rules.metrics.hour_cost.currency
