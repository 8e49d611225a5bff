"""Which teams a manager leads, the one rule for all that they see."""

from datetime import UTC, datetime

from sqlalchemy import insert

from bot.db.base import new_id
from bot.db.models import Person, Team, TeamMember
from bot.db.queries.led_teams import teams_led_by

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def _set_up(session, *memberships: bool):
    """Somebody in as many teams, leading those that are True; their id and the teams'."""
    person_id = new_id()
    person = {"email": "lena@brightpath.example", "name": "Lena", "timezone": "UTC", "created_at": NOW}
    session.execute(insert(Person).values(id=person_id, **person))
    teams = [new_id() for _ in memberships]
    for number, (team, manages) in enumerate(zip(teams, memberships, strict=True)):
        session.execute(insert(Team).values(id=team, name=f"Team {number}"))
        session.execute(insert(TeamMember).values(team_id=team, person_id=person_id, manages=manages))
    return person_id, teams


def test_who_is_marked_leads_what_is_marked_and_nothing_else(database):
    def work(session):
        person_id, teams = _set_up(session, True, False)
        assert session.scalars(teams_led_by(person_id)).all() == teams[:1]

    database.write_now(work)


def test_a_manager_whom_nobody_marked_leads_the_teams_they_belong_to(database):
    def work(session):
        person_id, teams = _set_up(session, False, False)
        assert set(session.scalars(teams_led_by(person_id))) == set(teams)

    database.write_now(work)
