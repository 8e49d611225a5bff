"""Giving much work to others at once: the form, the preview with its names, and what is told afterwards.

What must stay true: nothing is confirmed that was not shown with its counts; names are escaped; a preview carries
the whole wish in its metadata, so that what is confirmed is what was shown.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from slackblocks import Block as SlackBlock
from slackblocks import (
    CheckboxGroup,
    Element,
    ExternalMultiSelectMenu,
    ExternalSelectMenu,
    InputBlock,
    Option,
    PlainTextInput,
    StaticSelectMenu,
)

from bot.db.queries.reassign import Colleague
from bot.db.queries.reassign_result import ReassignResult, Share
from bot.domain.commands import Actor
from bot.domain.counting import counted
from bot.domain.reassigning import MOST_TARGETS, NAMED, PAGE, Preview, PreviewLine, Reassign, Work, WorkLine
from bot.domain.sentences import stop
from bot.slack.blocks import (
    Post,
    bullet,
    button,
    buttons,
    clean,
    context,
    divider,
    esc,
    modal,
    option,
    plain,
    post,
    section,
)
from bot.slack.ids import Action, Block, Callback

REASON_LENGTH = 200
TERRITORY_LENGTH = 100


@dataclass(frozen=True, slots=True)
class TeamOption:
    """A team whose reps on shift may get the work."""

    id: UUID
    name: str


def bulk_form(
    giver: Colleague | None,
    teams: Sequence[TeamOption],
    takers: Sequence[Colleague] = (),
    remarks: Sequence[str] = (),
) -> dict[str, Any]:
    """Whose work, to whom, which, and why. ``remarks``: on names that were said and are not sure."""
    works = [option(_capital(NAMED[work][1]), work.value) for work in Work]
    blocks: list[SlackBlock] = [
        *([section(esc(" ".join(remarks), 1000))] if remarks else []),
        context("You see how much it is, with names, before anything changes."),
        _input("Whose work?", _people(Action.BULK_FROM, "Somebody, also who left", giver), Block.BULK_FROM),
        _input("Or a territory: country", _line(Action.BULK_COUNTRY, "Germany"), Block.COUNTRY),
        _input("Industry", _line(Action.BULK_INDUSTRY, "Castings"), Block.INDUSTRY),
        _input("Accounts of", _people(Action.BULK_ACCOUNT_OWNER, "Who owns the accounts"), Block.ACCOUNT_OWNER),
        divider(),
        _input("To whom? Several share it evenly", _takers(takers), Block.REASSIGN_TO),
    ]
    if teams:
        menu = StaticSelectMenu(
            Action.BULK_TEAM,
            [option(team.name, str(team.id)) for team in teams[:100]],
            placeholder=plain("Whoever is on shift", 150),
        )
        blocks.append(_input("Or the reps of a team who are on shift now", menu, Block.TEAM))
    blocks.append(_input("What?", CheckboxGroup(Action.BULK_WORKS, works, initial_options=works), Block.WORKS, False))
    blocks.append(_input("Why?", _line(Action.REASON, "Ada leaves us"), Block.REASON, False))
    return modal("Give work away", blocks, callback=Callback.BULK_FORM, submit="See what it is")


def _input(label: str, element: Element, block_id: str, optional: bool = True) -> InputBlock:
    return InputBlock(plain(label, 150), element, block_id=block_id, optional=optional)


def _line(action: Action, example: str) -> PlainTextInput:
    longest = REASON_LENGTH if action is Action.REASON else TERRITORY_LENGTH
    return PlainTextInput(action, max_length=longest, placeholder=plain(example, 150))


def _people(action: Action, hint: str, chosen: Colleague | None = None) -> ExternalSelectMenu:
    first = colleague_option(chosen) if chosen is not None else None
    return ExternalSelectMenu(action, initial_option=first, min_query_length=0, placeholder=plain(hint, 150))


def _takers(chosen: Sequence[Colleague]) -> ExternalMultiSelectMenu:
    return ExternalMultiSelectMenu(
        Action.BULK_TO,
        initial_options=[colleague_option(one) for one in chosen[:MOST_TARGETS]] or None,
        min_query_length=0,
        max_selected_items=MOST_TARGETS,
        placeholder=plain("One or several", 150),
    )


def colleague_option(one: Colleague) -> Option:
    """One of us in a menu."""
    said = "left" if not one.active else ", ".join(sorted(one.roles)) or "no role"
    return option(f"{one.name} ({said})", str(one.id))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def preview_modal(preview: Preview) -> dict[str, Any]:
    """How much it is and of whom, and who would get how much."""
    blocks: list[SlackBlock] = [section(f"*{_whose(preview)}*")]
    for line in preview.lines:
        every = button("All names", f"{Action.BULK_NAMES}_{line.work}", f"{line.work}|0") if not line.stays else None
        blocks.append(section(_preview_line(line), every))
    if preview.total:
        shares = [f"{esc(name)}: {share:,}" for name, share in preview.shares]
        more = [f"and {len(shares) - 20} more people"] if len(shares) > 20 else []
        blocks += [divider(), section("*Who gets how much*\n" + bullet([*shares[:20], *more]))]
    if preview.under_way:
        what = counted(preview.under_way, "handoff that is accepted or held stays", "accepted or held handoffs stay")
        blocks.append(context(f"{what} with {esc(preview.giver)}: move its call, or say how it went, on its card."))
    blocks.append(context("Nothing has changed yet. Hot leads that wait are alerted anew; all else is one message."))
    submit = f"Give {preview.total:,}" if preview.total else None
    return modal(
        "Is that right?", blocks, callback=Callback.BULK_PREVIEW, submit=submit, metadata=packed(preview.command)
    )


def _whose(preview: Preview) -> str:
    command = preview.command
    of = f"{esc(preview.giver)}'s work" if preview.giver else "Everybody's work"
    where = [esc(part) for part in (command.country, command.industry) if part]
    if preview.account_owner:
        where.append(f"accounts of {esc(preview.account_owner)}")
    return of + (f" ({', '.join(where)})" if where else "")


def _preview_line(line: PreviewLine) -> str:
    head = f"*{_much(line.work, line.count)}*"
    if line.stays:
        return f"{head}\n_stays: nobody you chose is an account executive_"
    names = [_named(one) for one in line.first]
    more = [f"and {line.count - len(names):,} more"] if line.count > len(names) else []
    return f"{head}\n" + "; ".join([*names, *more])


def _much(work: Work, count: int) -> str:
    return counted(count, *NAMED[work])


def _named(line: WorkLine) -> str:
    return esc(line.name) + (f", {esc(line.company)}" if line.company else "")


def names_modal(
    command: Reassign, work: Work, lines: Sequence[WorkLine], page: int, total: int, submit: str | None
) -> dict[str, Any]:
    """A page of the names behind a count."""
    first = page * PAGE + 1
    listed = [_named(line) + (f" · {esc(line.owner)}" if line.owner else "") for line in lines]
    blocks: list[SlackBlock] = [section(f"*{_much(work, total)}*\n{bullet(listed) or 'No more.'}")]
    if lines:
        blocks.append(context(f"{first:,} to {first + len(lines) - 1:,} of {total:,}"))
    back = button("◀ Back", f"{Action.BULK_NAMES}_back", f"{work}|{page - 1}") if page else None
    following = f"{work}|{page + 1}"
    more = button("More ▶", f"{Action.BULK_NAMES}_more", following) if page * PAGE + len(lines) < total else None
    blocks.append(buttons(back, more, button("All kinds", f"{Action.BULK_NAMES}_all", "|0")))
    return modal(
        "Is that right?", blocks, callback=Callback.BULK_PREVIEW, submit=submit or None, metadata=packed(command)
    )


def packed(command: Reassign) -> str:
    """A wish as a form carries it; without who asks, which is looked up anew."""
    facts = {
        "from": command.from_id.hex if command.from_id else "",
        "country": clean(command.country or "", TERRITORY_LENGTH),
        "industry": clean(command.industry or "", TERRITORY_LENGTH),
        "owner": command.account_owner_id.hex if command.account_owner_id else "",
        "to": [one.hex for one in command.to_ids[:MOST_TARGETS]],
        "works": list(command.works),
        "reason": clean(command.reason, REASON_LENGTH),
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def unpacked(facts: Mapping[str, Any], actor: Actor) -> Reassign:
    """The wish that ``packed`` wrote."""
    return Reassign(
        actor,
        tuple(Work(one) for one in facts["works"]),
        facts["reason"],
        UUID(facts["from"]) if facts["from"] else None,
        facts["country"],
        facts["industry"],
        UUID(facts["owner"]) if facts["owner"] else None,
        tuple(UUID(one) for one in facts["to"]),
    )


def reassigned_post(result: ReassignResult) -> Post:
    """For whoever asked: what was given to whom, what stayed, and Undo."""
    text = f"Done: {_all(result.given)}."
    lines = [f"{esc(share.name)}: {_all(share.counts)}" for share in result.got]
    blocks: list[SlackBlock] = [section(f"*{text}*"), section(bullet(lines[:MOST_TARGETS]) or "Nobody got anything.")]
    if result.left_in_all:
        stayed = [esc(line, 300) for line in result.left]
        more = [f"and {result.left_in_all - len(stayed):,} more"] if result.left_in_all > len(stayed) else []
        blocks.append(section("*What stayed*\n" + bullet([*stayed, *more])))
    if result.total:
        blocks.append(buttons(button("Undo", Action.BULK_UNDO, str(result.job_id), describe="Give everything back")))
    return post(f"{text} {'; '.join(lines)}", blocks)


def reassigned_share_post(result: ReassignResult, share: Share, *, got: bool) -> Post:
    """For a new owner, or for whom the work was taken from: one message for all of it."""
    by, why = esc(result.by), stop(esc(result.reason, REASON_LENGTH))
    if got:
        givers = [esc(one.name) for one in result.gave if one.person_id != share.person_id]
        of = f" of {', '.join(givers[:5])}" if givers else ""
        said = f"{by} gave you {_all(share.counts)}{of}: {why}"
        tail = "`/lead` shows your open leads, `/today` your list; what was due today stands at its end."
    else:
        takers = [esc(one.name) for one in result.got]
        to = ", ".join(takers[:5]) + (f" and {len(takers) - 5} more" if len(takers) > 5 else "")
        said = f"{by} gave {_all(share.counts)} of yours to {to or 'others'}: {why}"
        tail = "Nothing for you to do."
    return post(f"{said} {tail}", [section(said), context(tail)])


def reassign_undone_post(result: ReassignResult) -> Post:
    """It was taken back."""
    stayed = result.total - result.taken_back
    left = f" {stayed:,} stayed: somebody else has them by now." if stayed > 0 else ""
    said = f"Taken back: {result.taken_back:,} of {result.total:,} are their former owners' again.{left}"
    return post(said, [section(said)])


def _all(counts: Mapping[Work, int]) -> str:
    parts = [_much(work, count) for work, count in counts.items() if count]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts) or "nothing"
