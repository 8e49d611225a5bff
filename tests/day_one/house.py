"""A branch that somebody leaves: reps with leads, plans and promises, executives with handoffs and deals.

It is Monday noon, UTC. Mia leads the branch, Otto another team with Zoe in it, Root is admin.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from bot.db.base import new_id
from bot.db.models import Account, Contact, Enrolment, Lead, Opportunity, OutboxItem, Task, Team, TeamMember
from bot.db.queries.reassign import Owned, owned_by
from bot.db.session import Database
from bot.domain.reassigning import Preview, Reassign, Work
from bot.domain.terms import Intent, LeadState, Role, Source
from bot.service.enrolments import Enroll, enroll
from bot.service.reassign import Begun, begin_reassign, preview
from tests.handoff.house import HandoffHouse

EVERYTHING = tuple(Work)


class Branch(HandoffHouse):
    """What a test holds."""

    def opens_team(self, name: str, *people: str, led_by: str) -> UUID:
        """Another team."""
        team_id = new_id()

        def work(session: Any) -> None:
            session.add(Team(id=team_id, name=name))
            session.flush()
            for person in (*people, led_by):
                session.add(TeamMember(team_id=team_id, person_id=self.people[person], manages=person == led_by))

        self.write(work)
        return team_id

    def knows(self, name: str, company: str | None = None, owner: str | None = None, **more: Any) -> UUID:
        """Somebody outside, at a company of their own unless one is named."""
        domain = f"{(company or name).lower()}.example"

        def work(session: Any) -> UUID:
            account = session.scalar(select(Account.id).where(Account.domain == domain))
            if account is None:
                account = new_id()
                values = {"id": account, "name": company or f"{name} Inc", "name_key": domain, "domain": domain}
                values |= {"country": more.get("country", "US"), "industry": more.get("industry")}
                values |= {"created_at": self.now, "owner_id": self._id(more.get("account_owner"))}
                session.execute(insert(Account).values(**values))
            contact = new_id()
            email = f"{name.lower()}@{domain}"
            values = {"id": contact, "first_name": name, "last_name": "", "email": email, "account_id": account}
            values |= {"created_at": self.now, "external_ids": {}, "extra": {}, "country": more.get("country", "US")}
            session.execute(insert(Contact).values(**values, owner_id=self._id(owner)))
            return contact

        return self.write(work)

    def _id(self, name: str | None) -> UUID | None:
        return self.people[name] if name else None

    def lead_of(self, owner: str, contact: UUID, **values: Any) -> UUID:
        """An open lead."""
        lead_id, asked = new_id(), self.now - timedelta(minutes=1)
        row = {"id": lead_id, "contact_id": contact, "state": LeadState.OPEN, "intent": Intent.CONTACT_ME, "hot": False}
        row |= {"source": Source.CONTACT_FORM, "owner_id": self.people[owner], "owner_reason": [], "round": 1}
        row |= {"raised_at": asked, "received_at": asked, "owned_at": asked, "shift_held": False, "version": 1}
        row |= {"response_due_at": self.now + timedelta(days=1), "message": "", **values}
        self.write(lambda session: session.execute(insert(Lead).values(**row)) and None)
        return lead_id

    def plan_of(self, owner: str, contact: UUID) -> UUID:
        """Somebody in a rep's cadence."""
        command = Enroll(self.actor(owner), [contact], reason="a test")
        return self.does(enroll, command).begun[0].enrolment_id

    def puts_into_plan(self, owner: str, contact: UUID) -> UUID:
        """A live enrolment as a row: whatever else is at the company."""
        enrolment_id, today = new_id(), self.now.date()
        row = {"id": enrolment_id, "contact_id": contact, "person_id": self.people[owner], "kind": "cadence"}
        row |= {"step": "email", "cycle": 1, "round": 1, "started_on": today, "next_due_on": today, "version": 1}
        row |= {"reason": "", "fact": "", "state": {}, "account_id": self.one(Contact, contact).account_id}
        self.write(lambda session: session.execute(insert(Enrolment).values(**row)) and None)
        return enrolment_id

    def owns_company(self, owner: str, contact: UUID) -> None:
        """The company of somebody is one of ours'."""
        self.sets(Account, self.one(Contact, contact).account_id, owner_id=self.people[owner])

    def task_of(self, owner: str, contact: UUID, kind: str = "callback", due: timedelta = timedelta(hours=1)) -> UUID:
        task_id = new_id()
        row = {"id": task_id, "person_id": self.people[owner], "contact_id": contact, "kind": kind}
        row |= {"due_at": self.now + due, "text": "as promised"}
        self.write(lambda session: session.execute(insert(Task).values(**row)) and None)
        return task_id

    def deal_of(self, owner: str, contact: UUID) -> UUID:
        deal_id = new_id()
        account = self.one(Contact, contact).account_id
        row = {"id": deal_id, "ae_id": self.people[owner], "contact_id": contact, "account_id": account}
        row |= {"amount_cents": 100_00, "qualified_at": self.now}
        self.write(lambda session: session.execute(insert(Opportunity).values(**row)) and None)
        return deal_id

    def one(self, model: Any, row_id: UUID) -> Any:
        return self.read(lambda session: session.get_one(model, row_id))

    def all(self, model: Any, *where: Any) -> list[Any]:
        return self.read(lambda session: list(session.scalars(select(model).where(*where).order_by(model.id))))

    def sets(self, model: Any, row_id: UUID, **values: Any) -> None:
        self.write(lambda session: session.execute(update(model).where(model.id == row_id).values(**values)) and None)

    def owned(self, name: str) -> Owned:
        return self.read(lambda session: owned_by(session, self.people[name]))

    def wish(self, giver: str | None, *takers: str, by: str = "Root", **more: Any) -> Reassign:
        """What somebody fills in."""
        names = {"account_owner_id": "account_owner"}
        given = {key: self.people[more.pop(name)] for key, name in names.items() if name in more}
        given |= {"works": EVERYTHING, "reason": "leaves us", **more}
        to_ids = tuple(self.people[one] for one in takers)
        return Reassign(self.actor(by), from_id=self._id(giver), to_ids=to_ids, **given)

    def previews(self, wish: Reassign) -> Preview:
        return self.read(lambda session: preview(session, wish, self.now))

    def reassigns(self, wish: Reassign) -> Begun:
        """Carried out to the end."""
        begun = self.does(begin_reassign, wish)
        self.after(seconds=0)
        return begun

    def owners(self, model: Any, column: str = "owner_id") -> list[str | None]:
        return [self.name(getattr(row, column)) for row in self.all(model)]

    def told(self, kind: str) -> list[str | None]:
        """Who was told a kind of notice."""
        rows = self.all_items(kind)
        return sorted(self.name(UUID(row.lane.partition(":")[2])) or "" for row in rows)

    def all_items(self, kind: str) -> list[OutboxItem]:
        statement = select(OutboxItem).where(OutboxItem.kind == kind).order_by(OutboxItem.seq)
        return self.read(lambda session: list(session.scalars(statement)))


def furnish_branch(database: Database) -> Branch:
    """Ada leaves; Bea and Cem stay; Erik and Farah close; Otto leads Zoe elsewhere."""
    branch = Branch(database)
    for name in ("Ada", "Bea", "Cem"):
        branch.hires(name, Role.MRR, Role.SDR)
    for name in ("Erik", "Farah"):
        branch.hires(name, Role.AE)
    branch.hires("Mia", Role.MANAGER, manages=True)
    branch.hires("Root", Role.ADMIN, team=False)
    branch.hires("Zoe", Role.SDR, team=False)
    branch.hires("Otto", Role.MANAGER, team=False)
    branch.opens_team("North", "Zoe", led_by="Otto")
    return branch
