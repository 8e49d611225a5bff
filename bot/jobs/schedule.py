"""What runs when: the one table of due jobs and sweeps.

What must stay true: a job name, once released, keeps its meaning; due times in databases hold it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.jobs import housekeeping
from bot.jobs.daily_lists import arm_everybody, send_evening, send_morning
from bot.jobs.perform import Run
from bot.service.call_watch import INTRO_CALL_DUE, VERDICT_DUE, step_intro_call, step_verdict
from bot.service.callbacks import JOB as CALLBACK
from bot.service.callbacks import ring_callback
from bot.service.cover import BEGINS, ENDS, arm_covers, tell_back, tell_cover
from bot.service.handoff_ladder import step_handoff
from bot.service.handoff_ladder_times import HANDOFF_LADDER
from bot.service.home_refresh import refresh_homes
from bot.service.ladder import step_ladder
from bot.service.lead_changes import ALERT_LADDER, ALERT_MANAGER, CLAIMED_LADDER, RESPONSE_SLA, SHIFT_START
from bot.service.reassign import JOB as REASSIGN
from bot.service.reassign_job import step_reassign
from bot.service.reassign_undo import JOB as REASSIGN_UNDO
from bot.service.reassign_undo import step_undo
from bot.service.sla import step_sla
from bot.service.touch_list_times import EVENING_JOB, MORNING_JOB
from bot.service.turns import begin_shift


@dataclass(frozen=True, slots=True)
class Sweep:
    """Something done regularly by one worker, whatever falls due; ``now`` is business time."""

    name: str
    every: timedelta
    run: Callable[[Session, datetime], object]


DUE_JOBS: Mapping[str, Run] = {
    CALLBACK: ring_callback,
    ALERT_LADDER: step_ladder,
    ALERT_MANAGER: step_ladder,
    CLAIMED_LADDER: step_ladder,
    RESPONSE_SLA: step_sla,
    SHIFT_START: begin_shift,
    INTRO_CALL_DUE: step_intro_call,
    VERDICT_DUE: step_verdict,
    HANDOFF_LADDER: step_handoff,
    MORNING_JOB: send_morning,
    EVENING_JOB: send_evening,
    REASSIGN: step_reassign,
    BEGINS: tell_cover,
    ENDS: tell_back,
    REASSIGN_UNDO: step_undo,
}
"""Job name of a due time to what carries it out."""

SWEEPS: tuple[Sweep, ...] = (
    Sweep("stale_cards", timedelta(minutes=1), housekeeping.refresh_cards),
    Sweep("daily_lists", timedelta(minutes=5), arm_everybody),
    Sweep("covers", timedelta(minutes=5), arm_covers),
    Sweep("homes", timedelta(minutes=1), refresh_homes),
    Sweep("old_rows", timedelta(hours=1), housekeeping.forget_old_rows),
)
"""The net below the due times."""
