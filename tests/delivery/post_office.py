"""A post office for tests: the outbox of a database, delivered into a sandbox, with the plainest of views."""

import asyncio
import contextlib
import inspect
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clocks import RealClock, protocol_now
from bot.db.models import OutboxItem, Person, PersonRole, Setting
from bot.db.session import Database
from bot.delivery.addresses import Addresses
from bot.delivery.budget import NO_LIMITS, Budget, Limits
from bot.delivery.deliverer import Deliverer
from bot.delivery.ledger import Ledger
from bot.delivery.render import Renderer, Upload
from bot.delivery.sender import Sender
from bot.domain.notices import Address, Notice, NoticeKind, Priority, View
from bot.domain.terms import Role
from bot.outbox.claims import Claimed, Verdict
from bot.outbox.enqueue import TOPIC, insert_once, refresh, show, tell
from bot.slack.blocks import say
from bot.slack.client import make_client, make_session
from sandbox.driver import Workspace

INBOUND = Address.channel("#inbound")
SUBJECT = "01900000-0000-7000-8000-000000000007"


def renderer() -> Renderer:
    """Notices say their fact, hold a file, or crash as their facts demand; living messages say the subject's state."""

    seen: Counter[str] = Counter()

    def told(_session, notice, _now):
        seen[notice.subject_id] += 1
        if notice.facts.get("crash") or seen[notice.subject_id] == notice.facts.get("crash_at"):
            raise LookupError("a fault of ours")
        if notice.facts.get("file"):
            return Upload("call.ics", notice.facts["file"].encode(), "A call", notice.facts["text"])
        return say(notice.facts.get("text") or f"trouble: {notice.facts['error']}")

    def living(session: Session, standing, _now):
        state = session.get(Setting, standing.subject_id)
        return say(f"state {state.value['state']}") if state else None

    return Renderer(RealClock(), dict.fromkeys(NoticeKind, told), dict.fromkeys(View, living))


@dataclass
class PostOffice:
    """What a test holds: the sandbox, the database, and the deliverers between them."""

    slack: Workspace
    database: Database
    deliverers: list[Deliverer]
    verdicts: list[tuple[str, Verdict]] = field(default_factory=list)
    _waiting: set[asyncio.Event] = field(default_factory=set)

    def finished(self, item: Claimed, verdict: Verdict) -> None:
        """Hear of each verdict as it is committed."""
        self.verdicts.append((item.key, verdict))
        self.stir()

    def stir(self) -> None:
        """Something changed: whoever waits looks again."""
        for waiting in self._waiting:
            waiting.set()

    async def until(self, condition: Callable[[], Any], within: float = 20.0) -> Any:
        """Wait until ``condition`` holds; looked at again after each verdict, commit and call to the sandbox."""
        news = asyncio.Event()
        self._waiting.add(news)
        try:
            async with asyncio.timeout(within):
                while True:
                    news.clear()
                    found = condition()
                    if inspect.isawaitable(found):
                        found = await found
                    if found:
                        return found
                    await news.wait()
        except TimeoutError:
            items = [(i.key, i.state, i.attempts, i.last_error) for i in await self.items()]
            raise AssertionError(f"did not come true in {within} s; the outbox: {items}") from None
        finally:
            self._waiting.discard(news)

    async def tell(self, text: str, to: Address = INBOUND, priority: Priority = Priority.NORMAL, key: str = "") -> bool:
        notice = Notice(NoticeKind.NUDGE, to, key or f"key:{to}:{text}", "x", priority, {"text": text})
        return await self.database.write(lambda session: tell(session, notice))

    async def send_file(self, content: str, to: Address = INBOUND, text: str = "here is the file") -> bool:
        facts = {"text": text, "file": content}
        notice = Notice(NoticeKind.CALENDAR_FILE, to, f"file:{to}:{content}", "x", Priority.NORMAL, facts)
        return await self.database.write(lambda session: tell(session, notice))

    async def tell_all(self, texts: list[str], to: Address = INBOUND) -> None:
        def work(session: Session) -> None:
            for text in texts:
                tell(session, Notice(NoticeKind.NUDGE, to, f"key:{to}:{text}", "x", Priority.NORMAL, {"text": text}))

        await self.database.write(work)

    async def set_state(self, state: str) -> None:
        """Change the subject, as a command would."""

        def work(session: Session) -> None:
            session.execute(insert_once(session, Setting).values(key=SUBJECT, value={"state": state}))
            session.get_one(Setting, SUBJECT).value = {"state": state}
            refresh(session, SUBJECT)

        await self.database.write(work)

    async def show(self, to: Address = INBOUND, place: str = "") -> UUID:
        return await self.database.write(lambda session: show(session, View.LEAD_ALERT, SUBJECT, to, place))

    async def add_person(self, name: str, role: Role = Role.ADMIN) -> UUID:
        user = self.slack.person(name)

        def work(session: Session) -> UUID:
            person = Person(
                email=f"{name.lower()}@x.example",
                name=name,
                slack_user_id=user.id,
                timezone="UTC",
                created_at=protocol_now(),
                roles=[PersonRole(role=role)],
            )
            session.add(person)
            session.flush()
            return person.id

        return await self.database.write(work)

    async def items(self) -> list[OutboxItem]:
        return await self.database.read(
            lambda session: list(session.scalars(select(OutboxItem).order_by(OutboxItem.seq)))
        )

    async def quiet(self) -> list[OutboxItem]:
        """Wait until nothing is on its way; what became of each item."""
        return await self.until(self._all_finished)

    async def drained(self) -> list[OutboxItem]:
        """The same, with time passing: nobody waits for a retry, a lookup or a debounce."""

        async def look() -> list[OutboxItem]:
            finished = await self._all_finished()
            if not finished:
                await self.hurry()
            return finished

        return await self.until(look)

    async def _all_finished(self) -> list[OutboxItem]:
        items = await self.items()
        return items if all(item.state in ("sent", "dead") for item in items) else []

    async def states(self) -> list[str]:
        """What state each item is in, oldest first."""
        return [item.state for item in await self.items()]

    async def verdict_of(self, kind: type[Verdict]) -> Any:
        """Wait for a verdict of this kind; the first."""
        return await self.until(lambda: next((v for _, v in self.verdicts if isinstance(v, kind)), None))

    async def hurry(self) -> None:
        """Time passes: whatever waits for its moment may go now."""
        await self._set(OutboxItem.state.in_(("ready", "unknown")), not_before=protocol_now())

    async def run_out_leases(self) -> None:
        """Time passes: the leases of whoever claimed something are over."""
        await self._set(OutboxItem.state == "claimed", lease_until=protocol_now() - timedelta(seconds=1))
        for deliverer in self.deliverers:
            deliverer.sweep_soon()
        self.wake()

    async def _set(self, where: Any, **values: Any) -> None:
        def work(session: Session) -> None:
            session.execute(
                update(OutboxItem).where(where).values(**values).execution_options(synchronize_session=False)
            )

        await self.database.write(work)
        self.wake()

    def wake(self) -> None:
        """Have the deliverers look."""
        for deliverer in self.deliverers:
            deliverer.wake()

    async def texts(self, person: str = "Sam", in_: str | None = "#inbound") -> list[str]:
        """What stands in a channel, oldest first."""
        return [str(seen.raw["text"]) for seen in await self.slack.person(person).messages(in_=in_)]

    async def posts(self, texts: Iterable[str]) -> dict[str, int]:
        """How often each of these texts was asked of Slack."""
        asked = [call["args"].get("text") for call in await self.slack.calls("chat.postMessage")]
        return {text: asked.count(text) for text in texts}


@contextlib.asynccontextmanager
async def post_office(
    database: Database, *, deliverers: int = 1, limits: Limits | None = None, **config
) -> AsyncIterator[PostOffice]:
    """A sandbox, and deliverers that serve ``database``."""
    async with Workspace.start(**config) as slack, make_session() as session:
        env = slack.env()
        running: list[Deliverer] = []
        office = PostOffice(slack, database, running)
        for _ in range(deliverers):
            client = make_client(env["SLACK_BOT_TOKEN"], env["SLACK_API_URL"], session)
            ledger = Ledger(database)
            budget = Budget(limits or NO_LIMITS)
            sender = Sender(database, client, Addresses(database, client), renderer(), budget, ledger)
            running.append(Deliverer(database, sender, ledger, office.finished))
        database.on_commit(_waker(office, asyncio.get_running_loop()))
        tasks = [asyncio.create_task(deliverer.run()) for deliverer in running]
        following = asyncio.create_task(_follow(office))
        try:
            yield office
        finally:
            following.cancel()
            for deliverer in running:
                deliverer.stop()
            await asyncio.gather(*tasks)


def _waker(office: PostOffice, loop: asyncio.AbstractEventLoop) -> Callable[[set[str]], None]:
    def woken(topics: set[str]) -> None:
        loop.call_soon_threadsafe(office.stir)
        if TOPIC in topics:
            office.wake()

    return woken


async def _follow(office: PostOffice) -> None:
    """Stir whoever waits when the sandbox is called."""
    assert office.slack.server is not None
    watch = office.slack.server.sandbox.watch
    while True:
        await watch.beyond("log", watch.version("log"), 20)
        office.stir()
