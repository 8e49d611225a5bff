"""``/pipeline``: the figures, other periods and people, rows and their file, what numbers mean, sharing.

What must stay true: a button carries what was asked, never who may see it; that is decided anew for whoever presses.
"""

import re
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from bot.domain.commands import Actor
from bot.domain.errors import Gone
from bot.domain.metrics import Number
from bot.domain.metrics_question import NotUnderstood, Question
from bot.domain.touch_text import plain
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, Nothing, Options, Request, Say
from bot.service.access import may_read_contacts
from bot.service.pipeline import choices, in_period, results, rows_behind, send_rows, understand
from bot.slack.blocks import Post
from bot.slack.ids import Action, Command
from bot.slack.views.pipeline import help_post, pipeline_post, shared_post, unknown_post, who_options
from bot.slack.views.pipeline_rows import meaning_modal, rows_modal

ANY_ROWS = re.compile(rf"^{Action.PIPELINE_ROWS}_")
ANY_PAGE = re.compile(rf"^{Action.PIPELINE_PAGE}_")
HELP = frozenset({"help", "?", "-h", "--help"})


def register(edge: Edge) -> None:
    """Register ``/pipeline`` and its controls."""
    edge.command(Command.PIPELINE, on_pipeline)
    edge.action(Action.PIPELINE_PERIOD, on_period)
    edge.action(Action.PIPELINE_WHO, on_who)
    edge.options(Action.PIPELINE_WHO, on_typeahead)
    edge.action(Action.PIPELINE_NUMBER, on_number)
    edge.action(ANY_ROWS, on_rows)
    edge.action(ANY_PAGE, on_page)
    edge.action(Action.PIPELINE_FILE, on_file)
    edge.action(Action.PIPELINE_SHARE, on_share)
    edge.action(Action.PIPELINE_MEANING, on_meaning)


async def on_pipeline(request: Request) -> Answer:
    """The figures of what was asked; help where the words are not understood."""
    typed = request.text
    if plain(typed).strip().casefold() in HELP:
        return Say(help_post())

    def look(session: Session, actor: Actor, now: datetime) -> Post:
        question = understand(session, actor, typed, now)
        if isinstance(question, NotUnderstood):
            return unknown_post(question)
        return pipeline_post(results(session, actor, question, now))

    return Say(await request.read(look))


async def on_period(request: Request) -> Answer:
    """The same of another period, in place."""
    asked, words = _carried(request), request.value

    def look(session: Session, actor: Actor, now: datetime) -> Post:
        return pipeline_post(results(session, actor, in_period(actor, asked, words, now), now))

    return Say(await request.read(look), replace=True)


async def on_who(request: Request) -> Answer:
    """The same of another team or person, in place."""
    try:
        question = _carried(request).about(request.value)
    except ValueError:
        raise _old() from None
    return Say(await request.read(lambda session, actor, now: _figures(session, actor, question, now)), replace=True)


def _figures(session: Session, actor: Actor, question: Question, now: datetime) -> Post:
    return pipeline_post(results(session, actor, question, now))


async def on_typeahead(request: Request) -> Answer:
    """Teams and people as they are typed; only those that may be looked at."""
    typed = request.query
    names = await request.read(lambda session, actor, _: choices(session, actor, typed))
    return Options(who_options(names, all_of_them=not typed.strip()))


async def on_number(request: Request) -> Answer:
    """The rows behind a number chosen from the menu."""
    return await _open_rows(request, _carried(request), _number(request.value))


async def on_rows(request: Request) -> Answer:
    """The rows behind a number beside which the button stands."""
    number, _, question = request.value.partition("|")
    return await _open_rows(request, _question(question), _number(number))


async def on_page(request: Request) -> Answer:
    """Turn a page of the rows."""
    offset = int(request.value) if request.value.isdecimal() else 0
    question, number = _of_modal(request)
    await _show(request, await _rows(request, question, number, offset))
    return Nothing()


async def on_file(request: Request) -> Answer:
    """Send all rows behind the number as a file."""
    question, number = _of_modal(request)
    offset = int(request.metadata.get("offset") or 0)
    sentence = await request.perform(lambda session, actor, now: send_rows(session, actor, question, number, now))
    await _show(request, await _rows(request, question, number, offset, sentence))
    return Nothing()


async def on_share(request: Request) -> Answer:
    """Show the figures to everybody in the channel; with who shared them, and without controls."""
    question = _question(request.value)

    def look(session: Session, actor: Actor, now: datetime) -> Post:
        return shared_post(results(session, actor, question, now), actor.slack_user_id, actor.name)

    return Say(await request.read(look), visible=True)


async def on_meaning(request: Request) -> Answer:
    """What the numbers mean."""
    await request.read(lambda _, actor, __: may_read_contacts(actor))
    await request.open_view(meaning_modal())
    return Nothing()


async def _open_rows(request: Request, question: Question, number: Number) -> Answer:
    await request.open_view(await _rows(request, question, number, 0))
    return Nothing()


async def _rows(
    request: Request, question: Question, number: Number, offset: int, sentence: str = ""
) -> dict[str, Any]:
    def look(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        return rows_modal(rows_behind(session, actor, question, number, offset, now), sentence)

    return await request.read(look)


async def _show(request: Request, view: dict[str, Any]) -> None:
    try:
        await request.update_view(str(request.view["id"]), view)
    except SlackApiError as error:
        if error.response.get("error") not in ("not_found", "hash_conflict"):  # the modal was closed meanwhile
            raise


def _of_modal(request: Request) -> tuple[Question, Number]:
    facts = request.metadata
    return _question(str(facts.get("question") or "")), _number(str(facts.get("number") or ""))


def _carried(request: Request) -> Question:
    """The question that the menus' block carries."""
    return _question(str(request.action.get("block_id") or "").partition("~")[2])


def _question(text: str) -> Question:
    try:
        return Question.decode(text)
    except ValueError:
        raise _old() from None


def _number(text: str) -> Number:
    try:
        return Number(text)
    except ValueError:
        raise _old() from None


def _old() -> Gone:
    return Gone("This button is too old. Please type `/pipeline` again.")
