"""``/deal new``: whom it is with, the form, the deal."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from bot.db.queries.companies import colleagues, find_companies
from bot.db.queries.contacts import find_contacts
from bot.db.queries.deal_begin import deal_start
from bot.domain.commands import Actor
from bot.domain.deal_commands import BeginDeal
from bot.domain.errors import Gone, UserError
from bot.domain.money import read_worth
from bot.domain.names import Candidate, Choice, Match, decide, rank
from bot.domain.terms import Role
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, Nothing, Options, Request, Say
from bot.handlers.verdict import kind_of, saved_modal
from bot.service.access import may_read_contacts
from bot.service.context import playbook
from bot.service.deal_begin import begin_deal, may_begin_deals
from bot.service.deal_changes import Dealt
from bot.slack.blocks import Post, say
from bot.slack.ids import Action, Callback
from bot.slack.views.company import colleague_options
from bot.slack.views.deal_forms import given_day
from bot.slack.views.deal_new import (
    COMPANIES,
    NOBODY,
    PEOPLE,
    new_deal_form,
    nobody_for_deal_post,
    whose_deal_post,
    with_whom_post,
)

NEW = re.compile(r"new(?:\s+(?P<whom>.*))?", re.IGNORECASE | re.DOTALL)
ANY_NEW = re.compile(rf"^{Action.DEAL_NEW}_[ac]\d+$")


def register(edge: Edge) -> None:
    """Register the choice, the form and its typeahead; the command itself is ``/deal``'s."""
    edge.action(ANY_NEW, on_chosen)
    edge.options(Action.DEAL_AE, on_typeahead)
    edge.view(Callback.NEW_DEAL_FORM, on_begun)


async def new_deal(request: Request, whom: str) -> Answer:
    """The form for whom the words mean; a choice; what to type."""
    found = await request.read(lambda session, actor, _now: _meant(session, actor, whom))
    return Say(found) if isinstance(found, Post) else await _open(request, found)


async def on_chosen(request: Request) -> Answer:
    """One of a choice."""
    kind, _, text = request.value.partition("|")
    if kind not in ("account", "contact"):
        raise Gone("This button is too old. Type /deal new again.")
    chosen = _id(text)
    view = await request.read(
        lambda session, actor, _now: _form(
            session, actor, chosen if kind == "account" else None, chosen if kind == "contact" else None
        )
    )
    return await _open(request, view)


async def on_typeahead(request: Request) -> Answer:
    """Account executives for whom a deal can begin."""

    def find(session: Session, actor: Actor, _now: datetime) -> list[dict[str, Any]]:
        may_read_contacts(actor)
        return colleague_options(colleagues(session, request.query, Role.AE), nobody=False)

    return Options(await request.read(find))


async def on_begun(request: Request) -> Answer:
    """The deal begins."""
    facts, state = request.metadata, request.state

    def work(session: Session, actor: Actor, now: datetime) -> Dealt:
        rules = playbook(session)
        usual, most = rules.metrics.hour_cost.currency, rules.opportunities.most_amount
        money = read_worth(str(state.get(Action.DEAL_AMOUNT) or ""), usual, most)
        command = BeginDeal(
            actor,
            account_id=_given(facts.get("account_id")),
            contact_id=_given(state.get(Action.DEAL_CONTACT)) or _given(facts.get("contact_id")),
            kind=kind_of(state.get(Action.DEAL_KIND)),
            money=money,
            expected_close_on=given_day(state.get(Action.DEAL_CLOSE_ON)),
            ae_id=_given(state.get(Action.DEAL_AE)),
            next_step=str(state.get(Action.DEAL_NEXT_STEP) or ""),
        )
        return begin_deal(session, command, now)

    return saved_modal(request, await request.perform(work))


async def _open(request: Request, view: dict[str, Any]) -> Answer:
    try:
        await request.open_view(view)
    except (SlackApiError, TimeoutError, OSError):
        return Say(say("Slack did not open the form in time. Please try again; nothing is lost."))
    return Nothing()


def _meant(session: Session, actor: Actor, whom: str) -> Post | dict[str, Any]:
    """The form of the one company or person the words mean, else a choice."""
    may_begin_deals(actor)
    if not whom:
        return with_whom_post()
    companies = find_companies(session, whom, COMPANIES)
    decision = decide(rank(whom, find_contacts(session, whom, actor.person_id, 2 * PEOPLE)))
    if isinstance(decision, Match) and not companies:
        return _form(session, actor, None, UUID(str(decision.ranked.candidate.id)))
    people: list[Candidate] = []
    if isinstance(decision, Match):
        people = [decision.ranked.candidate]
    elif isinstance(decision, Choice):
        people = [one.candidate for one in decision.options]
    if len(companies) == 1 and all(one.company == companies[0].name for one in people):
        only = UUID(str(people[0].id)) if len(people) == 1 else None
        return _form(session, actor, companies[0].id, only)
    if not companies and not people:
        return nobody_for_deal_post(whom)
    return whose_deal_post(whom, companies, people)


def _form(session: Session, actor: Actor, account_id: UUID | None, contact_id: UUID | None) -> dict[str, Any]:
    may_begin_deals(actor)
    rules = playbook(session)
    start = deal_start(session, actor, account_id, contact_id)
    for_others = actor.has(Role.MANAGER, Role.ADMIN)
    return new_deal_form(start, rules.opportunities.types, rules.metrics.hour_cost.currency, for_others=for_others)


def _given(value: Any) -> UUID | None:
    if not value or value == NOBODY:
        return None
    try:
        return UUID(str(value))
    except ValueError:
        raise UserError("Pick one from the list.", field="contact") from None


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This button is too old. Type /deal new again.") from None
