"""Where somebody stands in a plan, as their card says it, and what can be done with it.

What must stay true: a plan that goes on names its next step and day, one that ended says why and until when they rest.
"""

import json
from typing import Any
from uuid import UUID

from slackblocks import Button, DatePicker, InputBlock

from bot.db.queries.own_plans import PlanOnCard
from bot.domain.cadence import PlanKind, Step
from bot.domain.terms import Stage
from bot.slack.blocks import button, confirm, context, esc, modal, plain
from bot.slack.ids import Action, Block, Callback

STEPS = {Step.EMAIL.value: "an e-mail", Step.CALL.value: "a call", Step.SOCIAL.value: "something on social media"}
ENDED = {
    "reply": "they answered",
    "conversation": "a conversation took place",
    "meeting_booked": "a meeting was booked",
    "no": "they said no",
    "not_now": "not now",
    "referral": "they named somebody else",
    "opted_out": "they opted out of e-mail",
    "bounced": "the address does not work",
    "do_not_call": "they asked not to be called",
    "recycled": "no conversation",
    "raised_hand": "they raised a hand",
    "lead_closed": "the lead was closed or handed over",
    "suppressed": "they are not to be contacted",
    "not_a_fit": "the company is not a fit",
    "by_hand": "one of us ended it",
}


def plan_line(plan: PlanOnCard) -> str:
    """A plan in a line."""
    follow_up = plan.kind == PlanKind.FOLLOW_UP.value
    what = "follow-up plan" if follow_up else "cadence"
    if plan.end_reason is not None:
        rest = f" They rest until {plan.rests_until:%-d %b %Y}." if plan.rests_until else ""
        again = f", round {plan.round}" if plan.round > 1 else ""
        why = ENDED.get(plan.end_reason, "ended")
        return f"*Last {what}:* {esc(plan.rep)}'s{again}, ended: {why}.{rest}"
    where = f"{'touch' if follow_up else 'cycle'} {plan.cycle} of {plan.cycles}"
    step = STEPS.get(plan.step or Step.EMAIL.value)
    due = f"{plan.next_due_on:%a %-d %b}" if plan.next_due_on else "a day to come"
    after = f"next: {step} on {due}" if step else f"all steps done, waits for an answer until {due}"
    waits = f" It waits until {plan.waits_until:%a %-d %b}." if plan.waits_until else ""
    return f"*In {esc(plan.rep)}'s {what}:* {where}, {after}.{waits}"


def plan_buttons(contact_id: UUID, stage: Stage, plan: PlanOnCard | None) -> tuple[Button, ...]:
    """Enrol; or make the plan they are in wait, go on, end. Nothing for clients and those with a deal."""
    if plan is not None and plan.end_reason is None:
        sure = confirm("End their plan?", "Nothing more falls due with them. You can enroll them again.", "End it")
        which = str(plan.enrolment_id)
        wait = button("Pause plan…", Action.PAUSE_PLAN, which, describe="Make their plan wait until a day")
        go_on = button("Resume plan", Action.RESUME_PLAN, which, describe="Take their plan up again, from today on")
        end = button("End plan", Action.END_PLAN, which, confirm=sure, describe="End their plan")
        return (go_on if plan.waits_until else wait, end)
    if stage not in (Stage.ANONYMOUS, Stage.PROSPECT, Stage.LEAD):
        return ()
    return (button("Enroll", Action.ENROLL, str(contact_id), describe="Put them into your cadence"),)


def pause_form(enrolment_id: UUID) -> dict[str, Any]:
    """Until when the plan waits."""
    day = InputBlock(plain("Nothing falls due before", 150), DatePicker(Action.PAUSE_UNTIL), block_id=Block.UNTIL)
    rest = context("The days between do not count toward the plan's window. Resume plan takes it up sooner.")
    metadata = json.dumps({"enrolment_id": str(enrolment_id)})
    return modal("Pause their plan", [day, rest], callback=Callback.PAUSE_PLAN_FORM, submit="Pause", metadata=metadata)
