"""``/lead``: a person's card, a choice, own open leads; their pages."""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Person
from bot.db.queries.companies import find_companies
from bot.db.queries.contact_card import contact_card
from bot.db.queries.contacts import find_contacts
from bot.db.queries.own_leads import own_leads
from bot.domain.commands import Actor
from bot.domain.errors import Gone
from bot.domain.names import Match, Nothing, decide, rank
from bot.domain.touch_text import plain
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, Request, Say
from bot.service.access import may_read_contacts
from bot.slack.blocks import Post
from bot.slack.ids import Action, Command
from bot.slack.views.contact_card import contact_post
from bot.slack.views.lead import choice_post, colleague_post, help_post, nobody_post, own_leads_post

ANY_PERSON = re.compile(rf"^{Action.LEAD_CHOOSE}_")
ANY_PAGE = re.compile(rf"^{Action.LEAD_PAGE}_")
COLLEAGUE = re.compile(r"<@([UW][A-Z0-9]+)>")
HELP = frozenset({"help", "?", "-h", "--help"})
SHOWN = 8


def register(edge: Edge) -> None:
    """Register ``/lead`` and its buttons."""
    edge.command(Command.LEAD, on_lead)
    edge.action(ANY_PERSON, on_person)
    edge.action(ANY_PAGE, on_page)


async def on_lead(request: Request) -> Answer:
    """The card of whom the words mean; a choice; own open leads where nothing was typed."""
    typed = plain(request.text).strip()
    if typed.casefold() in HELP:
        return Say(help_post())
    return Say(await request.read(lambda session, actor, now: _look_up(session, actor, typed, now)))


async def on_person(request: Request) -> Answer:
    """Somebody was chosen from a list."""
    contact_id = _id(request.value)

    def card(session: Session, actor: Actor, now: datetime) -> Post:
        may_read_contacts(actor)
        return contact_post(contact_card(session, contact_id, now))

    return Say(await request.read(card))


async def on_page(request: Request) -> Answer:
    """Turn a page of a timeline or of own leads, in place."""
    subject, _, number = request.value.partition("|")
    offset = int(number) if number.isdecimal() else 0

    def page(session: Session, actor: Actor, now: datetime) -> Post:
        may_read_contacts(actor)
        if subject == "own":
            return own_leads_post(own_leads(session, actor.person_id, offset))
        return contact_post(contact_card(session, _id(subject), now, offset))

    return Say(await request.read(page), replace=True)


def _look_up(session: Session, actor: Actor, typed: str, now: datetime) -> Post:
    may_read_contacts(actor)
    if not typed:
        return own_leads_post(own_leads(session, actor.person_id))
    if colleague := COLLEAGUE.fullmatch(typed):
        name = session.scalar(select(Person.name).where(Person.slack_user_id == colleague[1]))
        return colleague_post(name)
    ranked = rank(typed, find_contacts(session, typed, actor.person_id, 2 * SHOWN))
    decision = decide(ranked)
    if isinstance(decision, Nothing):
        return nobody_post(typed, find_companies(session, typed))
    if isinstance(decision, Match):
        return contact_post(contact_card(session, _id(str(decision.ranked.candidate.id)), now))
    people = [one.candidate for one in decision.options]
    companies = find_companies(session, typed)
    return choice_post(typed, people[:SHOWN], more=len(people) > SHOWN, companies=companies)


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This button is too old. Look the person up with /lead.") from None
