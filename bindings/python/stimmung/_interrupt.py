"""Work that Ctrl-C cancels."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor, wait
from typing import Callable, Iterable, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def run(work: Callable[[threading.Event], Result], cancel: Callable[[], None]) -> Result:
    """Runs work on another thread, so that this one receives Ctrl-C.

    Args:
        work: takes an event; once it is set, work must not begin another call of the library.
        cancel: cancels calls of the library that are running.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work, stop)
        try:
            return future.result()
        except BaseException:
            stop.set()
            # Repeated, because a call may have begun after the event was checked and before this.
            while not future.done():
                cancel()
                wait([future], timeout=0.05)
            raise


def each(function: Callable[[Item], Result], items: Iterable[Item], workers: int, stop: threading.Event) -> list[Result]:
    """The results in the order of the items, on several threads, as part of work that ``run`` runs."""

    def one(item: Item) -> Result:
        if stop.is_set():
            raise CancelledError
        return function(item)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, items))
