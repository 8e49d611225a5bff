"""Threads for blocking database work, with people before jobs.

What must stay true: work that has not begun can be called off, work that has begun is never abandoned; among
waiting work, people's comes first, and each kind keeps its order.
"""

import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from enum import IntEnum
from typing import Any, TypeVar

T = TypeVar("T")


class Urgency(IntEnum):
    """Who waits for the work."""

    PERSON = 0
    DELIVERY = 1
    JOB = 2
    STOP = 9


class PriorityThreads:
    """A fixed number of threads fed from one priority queue."""

    def __init__(self, threads: int, name: str) -> None:
        self._queue: queue.PriorityQueue[tuple[int, int, Future[Any] | None, Callable[[], Any] | None]] = (
            queue.PriorityQueue()
        )
        self._counter = itertools.count()
        self._threads = [threading.Thread(target=self._run, name=f"{name}-{i}", daemon=True) for i in range(threads)]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[], T], urgency: Urgency = Urgency.PERSON) -> Future[T]:
        """Queue ``work``; the future can be cancelled until a thread has taken it."""
        future: Future[T] = Future()
        self._queue.put((urgency, next(self._counter), future, work))
        return future

    def close(self) -> None:
        """Finish all that is queued, then end the threads."""
        for _ in self._threads:
            self._queue.put((Urgency.STOP, next(self._counter), None, None))
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while True:
            _, _, future, work = self._queue.get()
            if future is None or work is None:
                return
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 — handed to whoever waits
                future.set_exception(error)
            else:
                future.set_result(result)
            del future, work
