"""The buttons of a handoff: accept, decline, the call, take back, the manager's decision, every touch (process §7).

What must stay true: what a button says is done or refused with who was faster; the post itself changes by its state.
"""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from bot.db.queries.contacts import contact_candidate
from bot.db.queries.handoffs import HandoffCard, handoff_card, touch_page
from bot.domain.commands import Actor, AnswerHandoff, DecideHandoff, MoveIntroCall, TakeBackHandoff, UndoAccept
from bot.domain.errors import Gone, NotFound, UserError
from bot.handlers.edge import Edge
from bot.handlers.handoff import beside
from bot.handlers.requests import Answer, CloseAll, Nothing, Request, Say, ShowView, Work
from bot.service.access import may_read_contacts
from bot.service.context import playbook
from bot.service.executives import executive, propose, slots_for
from bot.service.handoff_ladder import decide_handoff
from bot.service.handoffs import HandedOff, answer_handoff, take_back_handoff, undo_accept
from bot.service.intro_calls import move_intro_call
from bot.slack.blocks import esc, say
from bot.slack.choices import HandoffMore
from bot.slack.ids import Action, Block, Callback
from bot.slack.views.deal import done_modal
from bot.slack.views.handoff_command import accepted_post
from bot.slack.views.handoff_form import HandoffInput
from bot.slack.views.handoff_menu import (
    back_form,
    cancel_form,
    decline_form,
    give_form,
    move_form,
    touches_modal,
)

SENTENCE = 600
TOUCHES = re.compile(rf"^{Action.HANDOFF_TOUCHES}(_\w+)?$")


def register(edge: Edge) -> None:
    """Register the buttons and the forms behind them."""
    edge.action(Action.HANDOFF_ACCEPT, on_accept)
    edge.action(Action.HANDOFF_DECLINE, on_decline)
    edge.action(Action.HANDOFF_UNDO, on_undo)
    edge.action(Action.HANDOFF_MORE, on_more)
    edge.action(Action.HANDOFF_GIVE, on_give)
    edge.action(Action.HANDOFF_GIVE_TO, on_give_executive)
    edge.action(Action.HANDOFF_WAIT, on_wait)
    edge.action(TOUCHES, on_touches)
    edge.view(Callback.HANDOFF_DECLINE_FORM, on_declined)
    edge.view(Callback.HANDOFF_MOVE_FORM, on_moved)
    edge.view(Callback.HANDOFF_CANCEL_FORM, on_cancelled)
    edge.view(Callback.HANDOFF_BACK_FORM, on_taken_back)
    edge.view(Callback.HANDOFF_GIVE_FORM, on_given)


async def on_accept(request: Request) -> Answer:
    """ "It's mine"."""
    handoff_id = handoff_of(request.value)
    done = await request.perform(
        lambda session, actor, now: answer_handoff(session, AnswerHandoff(actor, handoff_id, accepted=True), now)
    )
    return Say(accepted_post(done.handoff_id))


async def on_undo(request: Request) -> Answer:
    """The answer was a click too fast."""
    handoff_id = handoff_of(request.value)
    done = await request.perform(lambda session, actor, now: undo_accept(session, UndoAccept(actor, handoff_id), now))
    return Say(say(done.sentence), replace=True)


async def on_decline(request: Request) -> Answer:
    """Asks why not."""
    handoff_id = handoff_of(request.value)

    def look(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        return decline_form(_card(session, actor, handoff_id, now), playbook(session).handoff.decline_reasons)

    await request.open_view(await request.read(look))
    return Nothing()


async def on_declined(request: Request) -> Answer:
    """Declined, with a reason: the rep has it back. A no too fast can be taken back."""
    handoff_id, given = _of_form(request), request.state
    reason, remark = str(given.get(Action.REASON) or ""), str(given.get(Action.REMARK) or "")

    def work(session: Session, actor: Actor, now: datetime) -> tuple[HandedOff, int]:
        command = AnswerHandoff(actor, handoff_id, accepted=False, reason=reason, remark=remark)
        limit = playbook(session).touches.undo_for
        return answer_handoff(session, command, now), int(limit.total_seconds() // 60)

    try:
        done, minutes = await request.perform(work)
    except UserError as error:
        return beside(request, error.field, error.sentence)
    return ShowView(done_modal(done.sentence, str(done.causation_id), minutes))


async def on_more(request: Request) -> Answer:
    """The menu: every touch, the call, take back."""
    chosen, _, value = request.value.partition("|")
    choice, handoff_id = _choice(chosen), handoff_of(value)

    def look(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        card = _card(session, actor, handoff_id, now)
        match choice:
            case HandoffMore.TOUCHES:
                return touches_modal(card.name, card.contact_id, *_page(session, card.contact_id, 0))
            case HandoffMore.MOVE:
                return _move_form(session, card, now)
            case HandoffMore.CANCEL_CALL:
                return cancel_form(card)
            case HandoffMore.TAKE_BACK:
                return back_form(card)
            case HandoffMore.GIVE_BACK:
                return decline_form(card, playbook(session).handoff.decline_reasons)

    await request.open_view(await request.read(look))
    return Nothing()


def _move_form(session: Session, card: HandoffCard, now: datetime) -> dict[str, Any]:
    one = executive(session, card.ae.id, now) if card.ae else None
    if one is None:
        raise Gone("Nobody holds this call any more.")
    but = card.meeting.id if card.meeting else None
    return move_form(card, slots_for(session, one, card.contact_id, now, but), one)


async def on_moved(request: Request) -> Answer:
    """Another time for the call."""
    handoff_id, given = _of_form(request), HandoffInput.read(request.state)
    why = str(request.state.get(Action.REMARK) or "").strip()
    starts_at = given.starts_at
    if starts_at is None:
        return beside(request, Block.STARTS_AT, "Pick a time.")
    command_at: datetime = starts_at
    return await _perform(
        request,
        lambda session, actor, now: move_intro_call(session, MoveIntroCall(actor, handoff_id, command_at, why), now),
    )


async def on_cancelled(request: Request) -> Answer:
    """The call goes out of the calendars."""
    handoff_id, why = _of_form(request), _reason(request)
    return await _perform(
        request, lambda session, actor, now: move_intro_call(session, MoveIntroCall(actor, handoff_id, None, why), now)
    )


async def on_taken_back(request: Request) -> Answer:
    """The rep has it again."""
    handoff_id, why = _of_form(request), _reason(request)
    return await _perform(
        request,
        lambda session, actor, now: take_back_handoff(session, TakeBackHandoff(actor, handoff_id, why), now).sentence,
    )


async def on_give(request: Request) -> Answer:
    """The manager picks somebody else."""
    handoff_id = handoff_of(request.value)
    view = await request.read(lambda session, actor, now: _give_form(session, actor, handoff_id, HandoffInput(), now))
    await request.open_view(view)
    return Nothing()


async def on_give_executive(request: Request) -> Answer:
    """Another executive has other times."""
    handoff_id, typed = _of_form(request), HandoffInput.read(request.state)
    view = await request.read(lambda session, actor, now: _give_form(session, actor, handoff_id, typed, now))
    try:
        await request.update_view(str(request.view["id"]), view)
    except SlackApiError as error:
        if error.response.get("error") not in ("not_found", "hash_conflict"):
            raise
    return Nothing()


def _give_form(session: Session, actor: Actor, handoff_id: UUID, typed: HandoffInput, now: datetime) -> dict[str, Any]:
    card = _card(session, actor, handoff_id, now)
    over = {card.ae.id} if card.ae else set()
    proposal = propose(session, card.rep.id, card.contact_id, now, passed_over=over)
    able = [one for one in proposal.executives if one.id not in over and one.reachable and one.away_until is None]
    wanted = typed.ae_id or proposal.choice.ae_id
    chosen = next((one for one in able if one.id == wanted), able[0] if able else None)
    slots = slots_for(session, chosen, card.contact_id, now) if chosen is not None else None
    return give_form(card, able, chosen, slots, typed)


async def on_given(request: Request) -> Answer:
    """Another executive has it."""
    handoff_id, why = _of_form(request), _reason(request)
    given = HandoffInput.read(request.state)
    return await _perform(
        request,
        lambda session, actor, now: (
            decide_handoff(session, DecideHandoff(actor, handoff_id, given.ae_id, given.starts_at, why), now).sentence
        ),
    )


async def on_wait(request: Request) -> Answer:
    """The manager waits on."""
    handoff_id = handoff_of(request.value)
    done = await request.perform(
        lambda session, actor, now: decide_handoff(session, DecideHandoff(actor, handoff_id, None), now)
    )
    return Say(say(esc(done.sentence, SENTENCE)))


async def on_touches(request: Request) -> Answer:
    """Every earlier touch, a page at a time, in place."""
    contact, _, number = request.value.partition("|")
    offset = int(number) if number.isdecimal() else 0

    def look(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        may_read_contacts(actor)
        person = contact_candidate(session, _uuid(contact))
        if person is None:
            raise NotFound("That person is not in the database any more.")
        name = f"{person.first_name} {person.last_name}".strip() or person.email or "No name"
        return touches_modal(name, _uuid(contact), *_page(session, _uuid(contact), offset))

    view = await request.read(look)
    if request.view:
        await request.update_view(str(request.view["id"]), view)
    else:
        await request.open_view(view)
    return Nothing()


def _page(session: Session, contact_id: UUID, offset: int) -> tuple[Any, int, int]:
    touches, total = touch_page(session, contact_id, offset)
    return touches, offset, total


def _card(session: Session, actor: Actor, handoff_id: UUID, now: datetime) -> HandoffCard:
    may_read_contacts(actor)
    return handoff_card(session, handoff_id, now)


async def _perform(request: Request, work: Work[str]) -> Answer:
    """Do what a form asks; what is wrong stands beside its field, and the form stays open."""
    try:
        return CloseAll(say(esc(await request.perform(work), SENTENCE)))
    except UserError as error:
        return beside(request, error.field, error.sentence)


def _reason(request: Request) -> str:
    return str(request.state.get(Action.REASON) or "").strip()


def _of_form(request: Request) -> UUID:
    return UUID(request.metadata["handoff_id"])


def handoff_of(value: str) -> UUID:
    """Read a button. Raises ``Gone`` for a button this version does not know."""
    return _uuid(value.partition("|")[0])


def _choice(value: str) -> HandoffMore:
    try:
        return HandoffMore(value)
    except ValueError:
        raise _old() from None


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise _old() from None


def _old() -> Gone:
    return Gone("This button is too old. `/handoff` begins anew.")
