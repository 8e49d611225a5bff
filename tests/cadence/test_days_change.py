"""Whichever way a rep's days change, their plans and their next list follow at once (process §4, §5)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from bot.db.models import DueTime, Enrolment, Person, PersonRole, TimeOff
from bot.domain.commands import Undo
from bot.domain.setup_commands import CancelTimeOff, EnterTimeOff, SavePerson
from bot.domain.terms import Role
from bot.intake.csv_people import import_people_file
from bot.service.actors import actor_by_id
from bot.service.people import SlackUser, match_slack_users
from bot.service.setup_changes import undo_change
from bot.service.setup_people import save_person
from bot.service.time_off import cancel_time_off, enter_time_off
from bot.service.touch_list_times import MORNING_JOB, arm_lists
from tests.cadence.desk import MONDAY, NOW, DeskHouse, at

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


def due_on(desk: DeskHouse) -> date | None:
    return desk.plan().next_due_on


def list_at(desk: DeskHouse) -> datetime | None:
    """When Sam's next morning list comes."""
    which = (DueTime.job == MORNING_JOB, DueTime.subject_id == str(desk.sam.person_id))
    return desk.database.read_now(lambda session: session.scalar(select(DueTime.due_at).where(*which)))


def enrolled(desk: DeskHouse) -> None:
    """Jane's first e-mail is due tomorrow, and tomorrow's list is set."""
    desk.enrolls()
    desk.sets(Enrolment, desk.plan().id, started_on=TUESDAY, next_due_on=TUESDAY)
    desk.write(lambda session: arm_lists(session, NOW))
    assert (due_on(desk), list_at(desk)) == (TUESDAY, at(TUESDAY, 7) + timedelta(minutes=30))


def test_time_off_entered_cancelled_and_taken_back_moves_them(desk: DeskHouse) -> None:
    enrolled(desk)
    off = EnterTimeOff(desk.sam, desk.sam.person_id, TUESDAY, TUESDAY)
    changed = desk.write(lambda session: enter_time_off(session, off, NOW))
    assert (due_on(desk), list_at(desk)) == (WEDNESDAY, at(WEDNESDAY, 7) + timedelta(minutes=30))
    desk.write(lambda session: undo_change(session, Undo(desk.sam, changed.causation_id), NOW))
    assert (due_on(desk), list_at(desk)) == (TUESDAY, at(TUESDAY, 7) + timedelta(minutes=30))
    desk.write(lambda session: enter_time_off(session, off, NOW))
    which = desk.database.read_now(lambda session: session.scalars(select(TimeOff.id)).one())
    desk.write(lambda session: cancel_time_off(session, CancelTimeOff(desk.sam, which), NOW))
    assert due_on(desk) == TUESDAY


def test_other_hours_by_the_form_move_them(desk: DeskHouse) -> None:
    enrolled(desk)
    desk.write(lambda session: session.add(PersonRole(person_id=desk.lena.person_id, role=Role.ADMIN)))
    lena = desk.database.read_now(lambda session: actor_by_id(session, desk.lena.person_id))
    email = desk.database.read_now(lambda session: session.get_one(Person, desk.sam.person_id).email)
    hours = "mon, wed-fri 8:00-17:00"
    form = SavePerson(lena, email, "Sam", frozenset({Role.SDR}), hours=hours, timezone="Europe/Berlin")
    desk.write(lambda session: save_person(session, form, NOW))
    assert (due_on(desk), list_at(desk)) == (WEDNESDAY, at(WEDNESDAY, 7) + timedelta(minutes=30))


def test_other_hours_by_a_file_move_them(desk: DeskHouse) -> None:
    enrolled(desk)
    email = desk.database.read_now(lambda session: session.get_one(Person, desk.sam.person_id).email)
    file = f'email,hours\n{email},"mon, wed-fri 8:00-17:00"\n'
    report = import_people_file(desk.database, file.encode(), lambda: NOW)
    assert not report.refused
    assert (due_on(desk), list_at(desk)) == (WEDNESDAY, at(WEDNESDAY, 7) + timedelta(minutes=30))


def test_another_zone_in_slack_moves_them(desk: DeskHouse) -> None:
    enrolled(desk)
    desk.write(
        lambda session: session.execute(
            update(Person).where(Person.id == desk.sam.person_id).values(timezone_overridden=False, slack_user_id="U1")
        )
    )
    user = SlackUser("U1", None, "America/New_York")
    desk.write(lambda session: match_slack_users(session, [user], NOW))
    # Half past seven of Monday is still to come in New York.
    assert list_at(desk) == datetime(2026, 3, 2, 7, 30, tzinfo=ZoneInfo("America/New_York"))


def test_a_text_approved_ahead_stays_with_its_step_when_only_the_day_moves(desk: DeskHouse) -> None:
    enrolled(desk)
    plan = desk.plan()
    draft = {"subject": "A word", "body": "Dear Jane", "for": f"{plan.step}:{plan.cycle}"}
    desk.sets(Enrolment, plan.id, state={**plan.state, "draft": draft})
    off = EnterTimeOff(desk.sam, desk.sam.person_id, TUESDAY, TUESDAY)
    desk.write(lambda session: enter_time_off(session, off, NOW))
    assert (due_on(desk), desk.plan().state.get("draft")) == (WEDNESDAY, draft)
