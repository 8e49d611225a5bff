"""The one edge of the web's door: size, errors, answers.

What must stay true: a 2xx means committed; whatever goes wrong is answered as JSON with a sentence, never with a
stack trace; a sender that may try again is told so (503 with ``Retry-After``).
"""

import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

import structlog
from sqlalchemy.exc import DataError, DBAPIError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from bot.db.session import NotBegun
from bot.domain.errors import UserError
from bot.intake.deps import IntakeDeps

Handle = Callable[[IntakeDeps, Request, bytes], Awaitable[Response]]
RETRY_AFTER = "5"
log = structlog.get_logger("intake")


class Refused(Exception):  # noqa: N818 — named for what happened
    """The request is answered with ``status`` and a reason; ``field`` is the part of the body it is about."""

    def __init__(self, status: int, error: str, field: str | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.field = field


def reason(status: int, error: str, field: str | None = None) -> JSONResponse:
    """The answer to a request that cannot be used."""
    body = {"error": error} if field is None else {"error": error, "field": field}
    headers = {"Retry-After": RETRY_AFTER} if status == 503 else None
    return JSONResponse(body, status_code=status, headers=headers)


def guarded(deps: IntakeDeps, sender: str, handle: Handle) -> Callable[[Request], Awaitable[Response]]:
    """``handle`` behind the edge: the body read whole within the limit, every failure turned into an answer."""

    async def endpoint(request: Request) -> Response:
        try:
            body = await read_limited(request, deps.max_bytes)
            began = time.perf_counter()
            response = await handle(deps, request, body)
            deps.metrics.seconds.labels(sender).observe(time.perf_counter() - began)
        except ClientDisconnect:
            return Response(status_code=400)
        except Refused as refused:
            deps.metrics.events.labels(sender, "refused").inc()
            return reason(refused.status, refused.error, refused.field)
        except UserError as error:
            deps.metrics.events.labels(sender, "refused").inc()
            return reason(422, error.sentence, error.field)
        except Exception as error:  # noqa: BLE001 — the edge: told with a reference, logged with it
            return _unexpected(deps, sender, error)
        return response

    return endpoint


def _unexpected(deps: IntakeDeps, sender: str, error: Exception) -> Response:
    reference = uuid4().hex[:8]
    deps.metrics.events.labels(sender, "failed").inc()
    # Data that the database refuses will be refused again; everything else may pass.
    if isinstance(error, NotBegun | DBAPIError) and not isinstance(error, DataError):
        # Logged without the statement: its parameters are a prospect's data.
        log.error("intake_database", sender=sender, reference=reference, error=type(error).__name__)
        return reason(503, f"The database cannot take this right now; send it again. Reference {reference}.")
    told = None if isinstance(error, DBAPIError) else error
    log.error("intake_failed", sender=sender, reference=reference, error=type(error).__name__, exc_info=told)
    return reason(500, f"Something went wrong here; nothing was stored. Reference {reference}.")


async def read_limited(request: Request, limit: int) -> bytes:
    """The body, read while counting. Raises ``Refused`` (413) as soon as it is too large, however it is sent."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    size = 0
    chunks: list[bytes] = []
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(limit: int) -> Refused:
    return Refused(413, f"The body is larger than {limit // 1024} kB.")
