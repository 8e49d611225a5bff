"""What holds for any order of events (process §1, §2)."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from bot.db.models import Assignment, Contact, HandRaise, InboxEvent, Lead, Person, ScoreEntry
from bot.domain.terms import Intent, Role, Source
from tests.support.sales_floor import SalesFloor

EVENTS = st.lists(
    st.tuples(
        st.integers(0, 5),  # the event's id: repeats are likely
        st.sampled_from(("jane@acme.example", "JANE@Acme.example", " jane@acme.example ", "joe@acme.example")),
        st.sampled_from((Intent.CONTACT_ME, Intent.DOWNLOAD, Intent.TRIAL_REQUEST)),
        st.sampled_from((None, "Jane", "J.")),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EVENTS)
def test_any_order_and_repetition_of_events_gives_one_open_lead_a_person(
    floor: SalesFloor, events: list[tuple[int, str, Intent, str | None]]
) -> None:
    tag = floor.count(InboxEvent)
    for number, email, intent, first_name in events:
        mail = email.replace("@", f"{tag}@").replace("Acme", "acme")
        floor.raises(mail, key=f"{tag}-{number}", intent=intent, first_name=first_name or "")
    seen = {}
    for number, email, _, _ in events:
        seen.setdefault(number, email.strip().lower().partition("@")[0])
    people = set(seen.values())

    for person in people:
        contact = floor.contact(f"{person}{tag}@acme.example")
        assert floor.count(Lead, Lead.contact_id == contact.id, Lead.closed_at.is_(None)) == 1
        raised = select(func.count()).select_from(HandRaise).join(Lead).where(Lead.contact_id == contact.id)
        assert floor.read(lambda session, raised=raised: session.scalar(raised)) == list(seen.values()).count(person)
        points = select(func.coalesce(func.sum(ScoreEntry.points), 0)).where(ScoreEntry.contact_id == contact.id)
        assert floor.read(lambda session, points=points: session.scalar(points)) == contact.score
    assert floor.count(Contact, Contact.email.like(f"%{tag}@%")) == len(people)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(2, 5), st.integers(1, 12))
def test_among_equals_nobody_is_more_than_one_ahead(floor: SalesFloor, reps: int, leads: int) -> None:
    start = floor.count(Lead)
    # Only who begins together is compared: whoever was there before may stand in the middle of a round.
    floor.write(lambda session: session.execute(update(Person).values(active=False)))
    names = []
    for number in range(reps):
        name = f"R{start}x{number}"
        floor.hires(name, Role.MRR)
        names.append(name)
    before = _turns(floor)
    for number in range(leads):
        floor.raises(f"p{start}-{number}@c{start}-{number}.example", source=Source.CONTACT_FORM)
    got = {name: _turns(floor)[name] - before[name] for name in names}

    assert sum(got.values()) == leads
    assert max(got.values()) - min(got.values()) <= 1


def _turns(floor: SalesFloor) -> Counter[str]:
    rows = floor.read(lambda session: session.scalars(select(Assignment.person_id)).all())
    return Counter(floor.name(person_id) or "" for person_id in rows)
