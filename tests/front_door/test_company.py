"""What a company is, as one of us says it from /lead: strategic, whose, who looks after it; and back again."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Account
from bot.service.actors import actor_by_slack
from tests.front_door.whole_house import WholeHouse, whole_house

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url) as house:
        yield house


async def _account(house: WholeHouse) -> tuple[str | None, bool, bool, int | None]:
    def work(session: Session) -> tuple[str | None, bool, bool, int | None]:
        account = session.scalars(select(Account).execution_options(populate_existing=True)).one()
        return str(account.owner_id), account.strategic, account.partner, account.employees

    return await house.parts.database.read(work)


async def test_a_manager_makes_a_company_strategic_and_takes_it_back(house: WholeHouse) -> None:
    lena = house.lena
    await house.sends_form()
    await house.sends_form(first_name="Tim", last_name="Bell", email="tim@acme-castings.example")
    await house.all_is_told()
    erik_id = await house.parts.database.read(
        lambda session: str(actor_by_slack(session, house.slack.person("Erik").id).person_id)
    )
    await lena.types("/lead acme castings")
    await lena.clicks("Company: Acme Castings", on="Who do you mean by")
    await lena.sees("2 people known there", in_="modal")
    await lena.picks("It is", ["Strategic account of its owner"], in_="modal")
    refused = await lena.submits()
    assert "A strategic account is its owner's" in str(refused)
    await lena.picks("Owner", "Erik Lund", in_="modal")
    await lena.fills("Employees", "about 50", in_="modal")
    refused = await lena.submits()
    assert "A whole number" in str(refused)
    await lena.fills("Employees", "1,200", in_="modal")
    await lena.submits()
    await lena.sees("Saved: Acme Castings. Owner: Erik Lund; strategic account: yes; employees: 1200.", in_="modal")
    assert await _account(house) == (erik_id, True, False, 1200)
    await lena.clicks("Undo", in_="modal")
    await lena.sees("Taken back: Acme Castings is as it was before.", in_="modal")
    await lena.closes()
    assert (await _account(house))[1:] == (False, False, None)


async def test_a_rep_reads_the_company_and_an_executive_changes_their_own(house: WholeHouse) -> None:
    erik, sam = house.slack.person("Erik"), house.sam
    await house.sends_form()

    def is_eriks(session: Session) -> None:
        session.scalars(select(Account)).one().owner_id = actor_by_slack(session, erik.id).person_id

    await house.parts.database.write(is_eriks)
    await sam.types("/lead jane")
    await sam.clicks("Company", on="Jane O'Neill, Acme Castings")
    shown = await sam.sees("a manager of theirs or an admin can change this", in_="modal")
    assert "Owner Erik Lund" in shown.text.replace("*", "")
    await sam.closes()
    await erik.types("/lead jane")
    await erik.clicks("Company", on="Jane O'Neill, Acme Castings")
    await erik.picks("It is", ["Channel partner"], in_="modal")
    await erik.submits()
    await erik.sees("Saved: Acme Castings. Channel partner: yes.", in_="modal")
    await erik.closes()
    await erik.types("/lead jane")
    await erik.clicks("Company", on="Jane O'Neill, Acme Castings")
    await erik.sees("changed: channel partner by Erik Lund", in_="modal")
