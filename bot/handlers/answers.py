"""Giving an answer to Slack, and turning whatever went wrong into one.

What must stay true: every failure becomes a sentence; what was typed stands in it, or stays in the form; a form that
could not be saved stays open.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from bot.db.session import NotBegun
from bot.domain.errors import UserError
from bot.handlers.requests import Answer, CloseAll, FieldErrors, Nothing, Options, Request, Say, ShowView
from bot.slack.blocks import cut, esc, modal, say, section
from bot.slack.ids import Callback

log = structlog.get_logger(__name__)
T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Answer]]

SLACK_CALL_TIMEOUT = 1.5
FIELD_ERROR = 2000


class Repeated(Exception):  # noqa: N818 — named for what happened
    """Slack sent a request again that was carried out before."""


async def guarded(handler: Handler, request: Request, name: str) -> Answer:
    """The one error edge: what ``handler`` answers, or a sentence about what went wrong."""
    try:
        return await handler(request)
    except UserError as error:
        return refused(request, error.sentence, error.field)
    except Repeated:
        return Nothing() if "event_id" in request.body else Say(say("I have that already."))  # nobody asked by an event
    except NotBegun:
        return refused(request, "*Not saved:* I am very busy right now. Please send it again.")
    except SQLAlchemyError as error:
        reference = make_reference()
        log.exception("database failed", what=name, reference=reference, kind=type(error).__name__)
        return refused(
            request,
            f"*Not saved:* my database does not answer. Please send it again in a minute. (Reference {reference})",
        )
    except (SlackClientError, TimeoutError, OSError) as error:
        log.warning("slack did not follow", what=name, kind=type(error).__name__, saved=request.performed)
        if request.performed:
            return Say(say("It is saved, but Slack did not show it in time."))
        return refused(request, "Slack was too slow to open that. Please try again.")
    except Exception as error:  # the edge; the reference finds the log line
        reference = make_reference()
        log.exception("request failed", what=name, reference=reference, kind=type(error).__name__)
        return refused(
            request, f"Something went wrong on my side, and it was not saved. Tell your admin: reference {reference}."
        )


def refused(request: Request, sentence: str, field: str | None = None) -> Answer:
    """A refusal: beside a field of the form it came from, which stays open; else in words, with what was typed."""
    if request.body.get("type") == "view_submission":
        inputs = [str(block["block_id"]) for block in request.view.get("blocks") or [] if block.get("type") == "input"]
        if inputs:
            shown = field if field is not None and field in inputs else inputs[0]
            return FieldErrors({shown: cut(sentence.replace("*", ""), FIELD_ERROR)})
    return Say(say(sentence + typed_again(request)))


def typed_again(request: Request) -> str:
    """What was typed, for the end of a sentence that says it was not saved."""
    return f"\nYou typed: {esc(request.typed, 2500, lines=True)}" if request.typed else ""


def still_saving(request: Request) -> Answer:
    """The answer to what takes longer than Slack waits; the result follows by direct message."""
    words = "Still saving… I'll send you a message when it is done."
    if request.body.get("type") == "view_submission":
        return ShowView(modal("Still saving", [section(words)], callback=Callback.STILL_SAVING, close="Close"))
    return Say(say(words))


def in_words(request: Request, answer: Answer) -> str:
    """An answer as a message, for when its own way is closed."""
    match answer:
        case Say(post):
            return post.text
        case CloseAll(closing):
            return closing.text if closing is not None else "Done."
        case Nothing():
            return "Done."
        case FieldErrors(errors):
            return (
                "*Not saved:* " + " ".join(esc(error, FIELD_ERROR) for error in errors.values()) + typed_again(request)
            )
        case ShowView(view):
            texts = (((block.get("text") or {}).get("text") or "") for block in view.get("blocks") or [])
            return next((text for text in texts if text), "Done.")
        case Options():
            return ""


async def give(answer: Answer, request: Request, ack: AsyncAck, respond: AsyncRespond) -> bool:
    """Answer Slack; True if the person has not been told yet and has to be, by direct message."""
    match answer:
        case Say():
            return await _say(answer, request, ack, respond)
        case FieldErrors(errors):
            await ack(response_action="errors", errors=dict(errors))
        case ShowView(view, push):
            await ack(response_action="push" if push else "update", view=view)
        case CloseAll(post):
            await ack(response_action="clear")
            return post is not None
        case Options(options):
            await ack(options=options)
        case Nothing():
            await ack()
    return False


async def _say(answer: Say, request: Request, ack: AsyncAck, respond: AsyncRespond) -> bool:
    body = request.body
    if "command" in body:
        await ack(text=answer.post.text, blocks=answer.post.blocks, response_type="ephemeral")
        return False
    if body.get("type") == "block_suggestion":
        await ack(options=[])
        return False
    await ack()
    if not body.get("response_url"):
        return True
    try:
        await in_time(
            respond(
                text=answer.post.text,
                blocks=answer.post.blocks,
                response_type="in_channel" if answer.visible else "ephemeral",
                replace_original=answer.replace,
            )
        )
    except (TimeoutError, OSError, SlackApiError, ValueError):
        return True
    return False


async def in_time(call: Awaitable[T]) -> T:
    """A call of Slack within the time a handler has. Raises ``TimeoutError``."""
    return await asyncio.wait_for(call, SLACK_CALL_TIMEOUT)


def make_reference() -> str:
    """A short word that finds the log line."""
    return secrets.token_hex(3).upper()
