"""The alert card's controls: claim, can't take it, outcomes, more."""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.leads import LeadCard, lead_card
from bot.db.queries.people import Responder, responders
from bot.domain.commands import Actor, ClaimLead, DeclineLead, JunkLead, ReassignLead, ReopenLead
from bot.domain.errors import Gone, UserError
from bot.handlers.edge import Edge
from bot.handlers.give_back import open_give_back
from bot.handlers.handoff import open_for_lead
from bot.handlers.requests import Answer, CloseAll, Nothing, Request, Say
from bot.handlers.touch import log_quick, open_touch_form
from bot.service.access import may_read_contacts
from bot.service.availability import absences
from bot.service.claims import (
    CALL_JUNK,
    GIVE_AWAY,
    TAKE_UP,
    check_may_change,
    claim_lead,
    decline_lead,
    junk_lead,
    mark_seen,
    reassign_lead,
    reopen_lead,
)
from bot.service.context import playbook
from bot.service.lead_give_back import GIVE_BACK
from bot.slack.blocks import say
from bot.slack.choices import AlertMore
from bot.slack.ids import Action, Block, Callback
from bot.slack.views.alert_menu import junk_form, outcome_of, reassign_form, reopen_form
from bot.slack.views.contact_card import lead_post

ASKS_LEAVE: dict[str, str] = {
    AlertMore.REASSIGN: GIVE_AWAY,
    AlertMore.JUNK: CALL_JUNK,
    AlertMore.REOPEN: TAKE_UP,
    AlertMore.GIVE_BACK: GIVE_BACK,
}
ANY_OUTCOME = re.compile(rf"^{Action.OUTCOME}_")


def register(edge: Edge) -> None:
    """Register what the alert card needs."""
    edge.action(Action.CLAIM, on_claim)
    edge.action(Action.DECLINE, on_decline)
    edge.action(Action.ALERT_MORE, on_more)
    edge.action(ANY_OUTCOME, on_outcome)
    edge.action(Action.OPEN_LINK, on_link)
    edge.view(Callback.REASSIGN_FORM, on_reassign)
    edge.view(Callback.JUNK_FORM, on_junk)
    edge.view(Callback.REOPEN_FORM, on_reopen)


async def on_claim(request: Request) -> Answer:
    """ "I'll take it": one winner; everybody else is told who and when."""
    lead_id, _ = lead_and_round(request.value)
    await request.perform(lambda session, actor, now: claim_lead(session, ClaimLead(actor, lead_id), now))
    return Nothing()


async def on_decline(request: Request) -> Answer:
    """ "Can't take it": the next one gets it at once."""
    lead_id, round_ = lead_and_round(request.value)
    result = await request.perform(
        lambda session, actor, now: decline_lead(session, DeclineLead(actor, lead_id, round_), now)
    )
    return Say(say(result.sentence))


async def on_outcome(request: Request) -> Answer:
    """A one-click outcome on the claimed card; "something else" opens the form."""
    clicked = outcome_of(request.value)
    if clicked.outcome is None:
        return await open_touch_form(request, lead_id=clicked.lead_id)
    return await log_quick(request, clicked.lead_id, clicked.outcome, clicked.version)


async def on_link(request: Request) -> Answer:
    """A link was opened; Slack wants the ack, nobody waits for more."""
    return Nothing()


async def on_more(request: Request) -> Answer:
    """The menu: everything known, give to someone else, junk, take up again.

    Whoever may not do it hears so now: the card is one for all, so its menu cannot differ.
    """
    choice, _, value = request.value.partition("|")
    lead_id, _ = lead_and_round(value)

    def look(session: Session, actor: Actor, now: datetime) -> LeadCard:
        may_read_contacts(actor)
        if what := ASKS_LEAVE.get(choice):
            check_may_change(session, lead_id, actor, what)
        mark_seen(session, lead_id, actor, now)
        return lead_card(session, lead_id, now)

    card = await request.perform(look)
    match AlertMore(choice):
        case AlertMore.DETAILS:
            return Say(lead_post(card))
        case AlertMore.REASSIGN:
            people, absent = await request.read(_who_could_have_it)
            await request.open_view(reassign_form(card, people, absent))
        case AlertMore.HAND_OFF:
            return await open_for_lead(request, lead_id)
        case AlertMore.GIVE_BACK:
            return await open_give_back(request, lead_id)
        case AlertMore.JUNK:
            reasons = await request.read(lambda session, _, __: playbook(session).junk.reasons)
            await request.open_view(junk_form(card, reasons))
        case AlertMore.REOPEN:
            await request.open_view(reopen_form(card))
    return Nothing()


async def on_reassign(request: Request) -> Answer:
    """Give the lead to somebody else, with a reason."""
    lead_id = UUID(request.metadata["lead_id"])
    to_id, reason = request.state.get(Action.REASSIGN_TO), _reason(request)
    if not to_id:
        raise UserError("Pick who gets it.", field=Block.REASSIGN_TO)
    result = await request.perform(
        lambda session, actor, now: reassign_lead(session, ReassignLead(actor, lead_id, UUID(to_id), reason), now)
    )
    return CloseAll(say(result.sentence))


async def on_junk(request: Request) -> Answer:
    """Junk, and why."""
    lead_id, reason = UUID(request.metadata["lead_id"]), _reason(request)
    remark = str(request.state.get(Action.REMARK) or "").strip()
    result = await request.perform(
        lambda session, actor, now: junk_lead(session, JunkLead(actor, lead_id, reason, remark), now)
    )
    return CloseAll(say(result.sentence))


async def on_reopen(request: Request) -> Answer:
    """Take it up again, and why."""
    lead_id, reason = UUID(request.metadata["lead_id"]), _reason(request)
    result = await request.perform(
        lambda session, actor, now: reopen_lead(session, ReopenLead(actor, lead_id, reason), now)
    )
    return CloseAll(say(result.sentence))


def _who_could_have_it(session: Session, actor: Actor, now: datetime) -> tuple[list[Responder], dict[UUID, str]]:
    people = responders(session)
    return people, absences(session, [person.id for person in people], now, actor.timezone)


def lead_and_round(value: str) -> tuple[UUID, int]:
    """Read a card's button. Raises ``Gone`` for a button this version does not know."""
    lead_id, _, round_ = value.partition("|")
    try:
        return UUID(lead_id), int(round_ or 0)
    except ValueError:
        raise Gone("This button is too old. Look the lead up with /lead.") from None


def _reason(request: Request) -> str:
    reason = str(request.state.get(Action.REASON) or "").strip()
    if not reason:
        raise UserError("A word on why, please: it is kept with the lead.", field=Block.REASON)
    return reason
