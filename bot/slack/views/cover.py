"""Notes about cover: what comes to who covers, and what happened while somebody was away."""

from collections.abc import Mapping

from bot.db.queries.cover import CoverNote
from bot.domain.counting import counted
from bot.domain.reassigning import NAMED, Work
from bot.slack.blocks import Post, bullet, context, esc, post, section

_COMES: Mapping[Work, str] = {
    Work.LEADS: "on your touch list, as first ones where they wait for an answer",
    Work.TASKS: "on your touch list; callbacks ring you at their time",
    Work.HANDOFFS: "you can accept or decline on their card",
}


def cover_begins_post(note: CoverNote) -> Post:
    """For who covers, on the first morning."""
    said = f"You cover for *{esc(note.away)}* until {note.last:%a %-d %b}."
    lines = [
        f"{counted(note.owned.counts[work], *NAMED[work])}: {how}"
        for work, how in _COMES.items()
        if note.owned.counts.get(work)
    ]
    plans = note.owned.counts.get(Work.PLANS, 0)
    if plans:
        where = "their due steps stand on your touch list" if note.plans_move else "they wait until then"
        lines.append(f"{counted(plans, *NAMED[Work.PLANS])}: {where}")
    tail = "New leads of their accounts come to you, too. Nothing changes hands: it is theirs again afterwards."
    waits = bullet(lines) or "Nothing waits there now."
    return post(f"{said} {waits} {tail}", [section(f"{said}\n{waits}"), context(tail)])


def cover_ends_post(note: CoverNote) -> Post:
    """For whoever is back."""
    said = f"Welcome back. *{esc(note.cover)}* covered for you until {note.last:%a %-d %b}."
    lines = [
        f"{counted(note.touches, 'touch', 'touches')} with your people" if note.touches else "",
        f"{counted(note.leads, 'new lead')} taken for you" if note.leads else "",
    ]
    did = bullet(line for line in lines if line) or "Nothing had to be done."
    waiting = [counted(count, *NAMED[work]) for work, count in note.owned.counts.items() if count and work in _COMES]
    tail = f"Yours now: {', '.join(waiting)}. " if waiting else ""
    tail += "`/today` shows your list, `/lead jane doe` what happened with somebody."
    return post(f"{said} {did} {tail}", [section(f"{said}\n{did}"), context(tail)])
