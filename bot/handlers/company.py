"""A company: its button under ``/lead``, its form, Undo.

What must stay true: the form shows the company as it is then; who may not change it sees it without inputs.
"""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from bot.db.queries.companies import colleagues, company_card
from bot.domain.commands import Actor, Undo
from bot.domain.companies import ChangeCompany, CompanySaid, read_country, read_employees
from bot.domain.errors import Gone, UserError
from bot.domain.terms import Role
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, Nothing, Options, Request, Say, ShowView
from bot.service.access import may_read_contacts
from bot.service.companies import CompanyChanged, change_company, may_change_company, undo_company
from bot.slack.blocks import say
from bot.slack.ids import Action, Callback
from bot.slack.views.company import (
    NOBODY,
    PARTNER,
    STRATEGIC,
    colleague_options,
    company_form,
    company_modal,
    company_saved_modal,
    company_undone_modal,
)

ANY_COMPANY = re.compile(rf"^{Action.COMPANY}_(card|[0-9a-f-]{{36}})$")


def register(edge: Edge) -> None:
    """Register the button, the form with its typeaheads, and Undo."""
    edge.action(ANY_COMPANY, on_company)
    edge.options(Action.COMPANY_OWNER, on_typeahead)
    edge.options(Action.COMPANY_CSM, on_csm_typeahead)
    edge.view(Callback.COMPANY_FORM, on_saved)
    edge.action(Action.COMPANY_UNDO, on_undo)


async def on_company(request: Request) -> Answer:
    """Open the company of a button."""
    account_id = _id(request.value)

    def look(session: Session, actor: Actor, _now: datetime) -> dict[str, Any]:
        may_read_contacts(actor)
        card = company_card(session, account_id)
        may = may_change_company(session, actor, card.account_id, card.said.owner_id)
        return company_form(card) if may else company_modal(card)

    view = await request.read(look)
    try:
        await request.open_view(view)
    except (SlackApiError, TimeoutError, OSError):
        return Say(say("Slack did not open the form in time. Please try again; nothing is lost."))
    return Nothing()


async def on_typeahead(request: Request) -> Answer:
    """Whom the account could belong to."""
    return await _people(request, None)


async def on_csm_typeahead(request: Request) -> Answer:
    """Who looks after customers."""
    return await _people(request, Role.CSM)


async def on_saved(request: Request) -> Answer:
    """Save what the form says."""
    facts, said = request.metadata, _said(request.state)
    account_id, mark = _id(str(facts.get("account_id"))), str(facts.get("mark"))

    def work(session: Session, actor: Actor, now: datetime) -> CompanyChanged:
        return change_company(session, ChangeCompany(actor, account_id, mark, said), now)

    done = await request.perform(work)
    minutes = round((done.undo_until - request.now).total_seconds() / 60)
    return ShowView(company_saved_modal(done.sentence, str(done.causation_id), minutes))


async def on_undo(request: Request) -> Answer:
    """Put the company back as it was."""
    causation_id = _id(request.value)
    undone = await request.perform(
        lambda session, actor, now: undo_company(session, Undo(actor, causation_id), now),
    )
    await request.update_view(str(request.view["id"]), company_undone_modal(undone.sentence))
    return Nothing()


async def _people(request: Request, role: Role | None) -> Answer:
    def find(session: Session, actor: Actor, _now: datetime) -> list[dict[str, Any]]:
        may_read_contacts(actor)
        return colleague_options(colleagues(session, request.query, role))

    return Options(await request.read(find))


def _said(state: dict[str, Any]) -> CompanySaid:
    """What the form says. Raises ``UserError`` with the field."""
    marks = state.get(Action.COMPANY_MARKS) or ()
    return CompanySaid(
        owner_id=_person(state.get(Action.COMPANY_OWNER), "owner_id"),
        csm_id=_person(state.get(Action.COMPANY_CSM), "csm_id"),
        strategic=STRATEGIC in marks,
        partner=PARTNER in marks,
        industry=str(state.get(Action.COMPANY_INDUSTRY) or "").strip() or None,
        employees=read_employees(str(state.get(Action.COMPANY_EMPLOYEES) or "")),
        country=read_country(str(state.get(Action.COMPANY_COUNTRY) or "")),
    )


def _person(value: Any, field: str) -> UUID | None:
    if not value or value == NOBODY:
        return None
    try:
        return UUID(str(value))
    except ValueError:
        raise UserError("Pick somebody from the list.", field=field) from None


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This button is too old. Look the company up with /lead.") from None
