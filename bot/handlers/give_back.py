"""Giving a claimed lead back, from the alert's menu and from the lead's card."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.models import Lead
from bot.db.queries.leads import lead_card
from bot.domain.commands import Actor
from bot.domain.errors import Gone
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, CloseAll, Nothing, Request
from bot.service.access import may_read_contacts
from bot.service.lead_give_back import GiveBack, check_give_back, give_back_lead, who_had_it_before
from bot.slack.blocks import say
from bot.slack.ids import Action, Callback
from bot.slack.views.give_back import BEFORE, give_back_form

ANY_CARD = re.compile(rf"^{Action.GIVE_BACK}_card$")


def register(edge: Edge) -> None:
    """Register the card's button and the form."""
    edge.action(ANY_CARD, on_card)
    edge.view(Callback.GIVE_BACK_FORM, on_form)


async def on_card(request: Request) -> Answer:
    """The button on a lead's card."""
    return await open_give_back(request, _id(request.value))


async def open_give_back(request: Request, lead_id: UUID) -> Answer:
    """Open the form, if the one who asks may."""

    def look(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        may_read_contacts(actor)
        lead = session.get(Lead, lead_id)
        if lead is None:
            raise Gone("That lead is not there any more.")
        check_give_back(session, lead, actor)
        return give_back_form(lead_card(session, lead_id, now), who_had_it_before(session, lead, actor, now))

    await request.open_view(await request.read(look))
    return Nothing()


async def on_form(request: Request) -> Answer:
    """Give it back."""
    lead_id, to_before = UUID(request.metadata["lead_id"]), request.state.get(Action.GIVE_BACK_TO) == BEFORE
    reason = str(request.state.get(Action.REASON) or "")

    def work(session: Session, actor: Actor, now: datetime) -> str:
        return give_back_lead(session, GiveBack(actor, lead_id, to_before, reason), now).sentence

    return CloseAll(say(await request.perform(work)))


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This button is too old. Look the lead up with /lead.") from None
