"""The composition root: the only place that builds engine, Bolt, HTTP app, worker, sender and clocks.

What must stay true: stopping finishes what is begun; a Slack or database that is away at the start is waited for,
and hand raises are taken meanwhile.
"""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import AsyncIterator, Coroutine, Generator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import structlog
import uvicorn
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.arrival import meet_slack, wait_for_database, watch_tables
from bot.clocks import Clock, RealClock, ShiftedClock
from bot.db.alone import NotAlone, alone
from bot.db.listen import listen
from bot.db.migrate import is_current
from bot.db.session import Database
from bot.delivery.addresses import Addresses
from bot.delivery.budget import NO_LIMITS, Budget, Limits
from bot.delivery.deliverer import Deliverer
from bot.delivery.ledger import Ledger
from bot.delivery.sender import Sender
from bot.delivery.views import make_renderer
from bot.domain.warm import warm_up
from bot.handlers import register_all
from bot.handlers.bolt import Identity, make_bolt, make_socket, slack_route
from bot.handlers.edge import Edge
from bot.intake.app import IntakeDeps, routes
from bot.jobs.clock_follower import ClockFollower
from bot.jobs.directory import Directory
from bot.jobs.playbook_watch import PlaybookWatch
from bot.jobs.worker import Worker
from bot.logs import configure_logs
from bot.outbox.enqueue import TOPIC as OUTBOX
from bot.service.due import TOPIC as DUE
from bot.service.people import ensure_admin
from bot.settings import Settings, SettingsError
from bot.slack.client import drain, make_client, make_session

log = structlog.get_logger("app")

SOCKET_AGAIN_SECONDS = 2.0
BACKLOG = 2048


@dataclass(slots=True)
class Parts:
    """What a process is made of."""

    settings: Settings
    database: Database
    clock: Clock
    client: AsyncWebClient
    identity: Identity
    bolt: AsyncApp
    playbook: PlaybookWatch
    migrated: bool = True
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def note_tables(self, up_to_date: bool) -> None:
        """Whether the tables are those of this release."""
        self.migrated = up_to_date


async def serve(settings: Settings, *, web: bool, worker: bool) -> None:
    """Run until SIGTERM or SIGINT. Raises ``SettingsError`` for what must be mended before a start."""
    configure_logs(settings.log_format)
    async with running(settings, web=web, worker=worker) as parts:
        _stop_on_signals(parts.stop)
        log.info("started", web=web, worker=worker, socket_mode=settings.socket_mode)
        gc.collect()
        gc.freeze()  # what a start makes stays: the collector need not look through it again and again
        gc.enable()
        await parts.stop.wait()
    log.info("stopped")


@asynccontextmanager
async def running(settings: Settings, *, web: bool, worker: bool) -> AsyncIterator[Parts]:
    """All parts of a process, while the block runs; a part that fails ends the block with its error.

    Raises ``SettingsError`` for what must be mended before a start. ``run`` (both) brings the tables up to date.
    """
    settings.require_slack()
    async with AsyncExitStack() as stack:
        if web and worker:
            _serve_alone(settings, stack)
        await wait_for_database(settings.database_url, bring_up_to_date=web and worker)
        parts = await _build(settings, stack)
        await _start_playbook(parts)
        await asyncio.to_thread(warm_up, parts.clock.now(), parts.database.playbook.people.country)
        tasks = [asyncio.create_task(work) for work in _works(parts, web=web, worker=worker)]
        watch = asyncio.create_task(_watch(parts, tasks))
        try:
            yield parts
        finally:
            parts.stop.set()
            await asyncio.gather(*tasks, return_exceptions=True)
            await watch


def _serve_alone(settings: Settings, stack: AsyncExitStack) -> None:
    try:
        stack.enter_context(alone(settings.database_url))
    except NotAlone:
        sentence = "Another handraiser run serves this database. Stop it first; for several processes use PostgreSQL."
        raise SettingsError([sentence]) from None


async def _watch(parts: Parts, tasks: list["asyncio.Task[None]"]) -> None:
    """A part that fails takes the process down, loudly: half a bot loses trust unseen. Raises what it raised."""
    pending = set(tasks)
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if not task.cancelled() and task.exception() is not None:
                parts.stop.set()
                await asyncio.gather(*pending, return_exceptions=True)
                task.result()


async def _build(settings: Settings, stack: AsyncExitStack) -> Parts:
    database = Database(settings.database_url)
    stack.callback(database.close)
    if not await asyncio.to_thread(is_current, database.writer):
        raise SettingsError(["The database's tables are not up to date. Run: handraiser migrate"])
    session = make_session()
    stack.push_async_callback(drain, session)
    client = make_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
    clock: Clock = ShiftedClock() if settings.clock_url else RealClock()
    identity = Identity(settings.slack_bot_token.get_secret_value())
    bolt = make_bolt(client, identity)
    register_all(Edge(bolt, database, clock))
    return Parts(settings, database, clock, client, identity, bolt, PlaybookWatch(database, settings.playbook))


async def _start_playbook(parts: Parts) -> None:
    await parts.database.write(parts.playbook.begin)
    admin = parts.settings.admin_email
    if admin:
        await parts.database.write(lambda session: ensure_admin(session, admin, parts.clock.now()))


def _works(parts: Parts, *, web: bool, worker: bool) -> Iterator[Coroutine[None, None, None]]:
    yield meet_slack(parts.client, parts.identity, parts.database, parts.stop)
    yield watch_tables(parts.database, parts.note_tables, parts.stop)
    yield parts.playbook.run(parts.stop)
    if isinstance(parts.clock, ShiftedClock) and not worker:
        yield ClockFollower(parts.settings.clock_url, parts.clock).run(parts.stop)
    if web:
        yield _web(parts)
        if parts.settings.socket_mode:
            yield _socket(parts)
    if worker:
        yield _worker(parts)
        yield Directory(parts.database, parts.client, lambda: parts.identity.known, parts.clock).run(parts.stop)


class _Server(uvicorn.Server):
    """uvicorn that leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def _listening(host: str, port: int) -> socket.socket:
    """The open port. uvicorn would end the whole process where it cannot open it. Raises ``SettingsError``."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise SettingsError([f"Port {port} on {host} cannot be opened; is it in use?"]) from error


async def _web(parts: Parts) -> None:
    settings = parts.settings
    listening = _listening(settings.host, settings.port)
    deps = IntakeDeps(
        database=parts.database,
        clock=parts.clock,
        intake_secrets=settings.intake_secrets,
        form_keys=settings.intake_form_keys,
        allowed_redirects=settings.form_redirects,
        slack_ok=lambda: parts.identity.known,
        migrated=lambda: parts.migrated,
    )
    all_routes: list[BaseRoute] = [*routes(deps)]
    all_routes.append(slack_route(parts.bolt, settings.slack_signing_secret.get_secret_value()))
    config = uvicorn.Config(
        Starlette(routes=all_routes),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=15,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    stopping = asyncio.create_task(parts.stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    try:
        await serving
    finally:
        stopping.cancel()


async def _socket(parts: Parts) -> None:
    """Socket Mode while the process runs; connecting is tried until it works."""
    socket = make_socket(parts.bolt, parts.settings.slack_app_token.get_secret_value(), parts.client)
    try:
        while not parts.stop.is_set():
            try:
                await socket.connect_async()  # type: ignore[no-untyped-call]
            except (SlackClientError, OSError, TimeoutError) as error:
                log.warning("socket not connected", kind=type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(parts.stop.wait(), SOCKET_AGAIN_SECONDS)
            else:
                await parts.stop.wait()
    finally:
        await socket.close_async()  # type: ignore[no-untyped-call]


async def _worker(parts: Parts) -> None:
    """Delivery, and what the clock does; woken by commits here and, on PostgreSQL, anywhere."""
    async with _deliverer(parts) as deliverer:
        worker = Worker(parts.database, parts.clock)

        def heard(topic: str) -> None:
            if topic == OUTBOX:
                deliverer.wake()
            elif topic == DUE:
                worker.wake()

        def committed(topics: set[str]) -> None:
            if OUTBOX in topics:  # the worker listens by itself
                deliverer.wake()

        parts.database.on_commit(committed)
        parts.database.courier = deliverer
        others = [] if parts.database.sqlite else [listen(parts.settings.database_url, heard, parts.stop)]
        if isinstance(parts.clock, ShiftedClock):
            others.append(ClockFollower(parts.settings.clock_url, parts.clock, worker.wake).run(parts.stop))
        await asyncio.gather(worker.run(parts.stop), deliverer.run(), _stop_with(parts.stop, deliverer), *others)


async def _stop_with(stop: asyncio.Event, deliverer: Deliverer) -> None:
    await stop.wait()
    deliverer.stop()


@asynccontextmanager
async def _deliverer(parts: Parts) -> AsyncIterator[Deliverer]:
    begins, ends = Ledger(parts.database), Ledger(parts.database, relaxed=True)
    budget = Budget(_limits(parts.settings))
    addresses = Addresses(parts.database, parts.client)
    sender = Sender(parts.database, parts.client, addresses, make_renderer(parts.clock), budget, begins)
    yield Deliverer(parts.database, sender, ends, budget=budget)


def _limits(settings: Settings) -> Limits:
    if settings.slack_budget == "off":
        return NO_LIMITS
    return Limits() if settings.slack_budget == "on" else Limits(workspace_a_minute=settings.slack_budget)


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
