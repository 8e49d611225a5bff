"""The buttons of a plan on a person's card: pause until a day, resume, end.

What must stay true: the form stays open with a sentence beside the field until the day is one ahead.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bot.domain.commands import Actor
from bot.domain.errors import Gone
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, CloseAll, Nothing, Request, Say
from bot.service.enrolment_changes import Changed, ChangePlan, end_enrolment, pause, resume
from bot.slack.blocks import say
from bot.slack.ids import Action, Callback
from bot.slack.views.plan import pause_form


def register(edge: Edge) -> None:
    """Register the buttons and the form."""
    edge.action(Action.END_PLAN, on_end)
    edge.action(Action.PAUSE_PLAN, on_pause)
    edge.view(Callback.PAUSE_PLAN_FORM, on_pause_until)
    edge.action(Action.RESUME_PLAN, on_resume)


async def on_end(request: Request) -> Answer:
    """End somebody's plan, from their card."""
    enrolment_id = _id(request.value)

    def work(session: Session, actor: Actor, now: datetime) -> None:
        end_enrolment(session, ChangePlan(actor, enrolment_id, "ended on the card"), now)

    await request.perform(work)
    return Say(say("Their plan has ended. Nothing more falls due with them."))


async def on_pause(request: Request) -> Answer:
    """Ask until when their plan waits."""
    await request.open_view(pause_form(_id(request.value)))
    return Nothing()


async def on_pause_until(request: Request) -> Answer:
    """Make their plan wait; a day that is not ahead gets a sentence beside the field."""
    enrolment_id, day = _id(str(request.metadata["enrolment_id"])), request.state.get(Action.PAUSE_UNTIL)
    until = date.fromisoformat(day) if day else None

    def work(session: Session, actor: Actor, now: datetime) -> Changed:
        return pause(session, ChangePlan(actor, enrolment_id, "paused on the card", until), now)

    changed = await request.perform(work)
    return CloseAll(say(f"Their plan waits; the next step is due on {_due(changed)}."))


async def on_resume(request: Request) -> Answer:
    """Take a waiting plan up again."""
    enrolment_id = _id(request.value)

    def work(session: Session, actor: Actor, now: datetime) -> Changed:
        return resume(session, ChangePlan(actor, enrolment_id, "resumed on the card"), now)

    return Say(say(f"Their plan goes on; the next step is due on {_due(await request.perform(work))}."))


def _due(changed: Changed) -> str:
    return f"{changed.course.due_on:%a %-d %b}" if changed.course else "no day"


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This button is too old. Look the person up with /lead.") from None
