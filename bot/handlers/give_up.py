"""Giving up a company from a person's card, and taking it up again (process §4).

What must stay true: the form stays open with a sentence beside the field until the guard is met.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bot.domain.commands import Actor
from bot.domain.companies import Organisation
from bot.domain.errors import Gone
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, CloseAll, Nothing, Request, Say
from bot.service.access import may_read_contacts
from bot.service.given_up import GiveUp, give_up, organisation_of, take_up
from bot.slack.blocks import esc, say
from bot.slack.ids import Action, Callback
from bot.slack.views.give_up import give_up_form, given_up_post


def register(edge: Edge) -> None:
    """Register the card's button, the form, and the way back."""
    edge.action(Action.GIVE_UP, on_open)
    edge.action(Action.TAKE_UP, on_take_up)
    edge.view(Callback.GIVE_UP_FORM, on_submit)


async def on_open(request: Request) -> Answer:
    """The form; or a way back where the company was given up before."""
    contact_id = _id(request.value)

    def read(session: Session, actor: Actor, _now: datetime) -> Organisation:
        may_read_contacts(actor)
        return organisation_of(session, contact_id)

    organisation = await request.read(read)
    if organisation.given_up_reason is not None:
        return Say(given_up_post(organisation))
    await request.open_view(give_up_form(organisation))
    return Nothing()


async def on_submit(request: Request) -> Answer:
    """Give it up, if the guard is met."""
    said_by, state = request.state.get(Action.GIVE_UP_SAID_BY), request.state
    account_id = _id(str(request.metadata["account_id"]))

    def work(session: Session, actor: Actor, now: datetime) -> str:
        command = GiveUp(
            actor,
            account_id,
            _id(said_by) if said_by else None,
            str(state.get(Action.GIVE_UP_REASON) or ""),
            str(state.get(Action.GIVE_UP_EVIDENCE) or ""),
        )
        return give_up(session, command, now)

    return CloseAll(say(esc(await request.perform(work), 600)))


async def on_take_up(request: Request) -> Answer:
    """Work the company again."""
    account_id = _id(request.value)
    sentence = await request.perform(lambda session, actor, now: take_up(session, actor, account_id, now))
    return Say(say(esc(sentence, 600)), replace=True)


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This button is too old. Look the person up with /lead.") from None
