"""Waiting for a remote while the job is known to be alive."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from estates.jobs.run import Run

T = TypeVar("T")
BEAT = 1.0
"""Seconds between two signs of life."""


def patiently(run: Run, call: Callable[[], T]) -> T:
    """What the call gives or raises: it is made on another thread, and must leave the database alone.

    Raises `Cancelled` and `LostClaim` once the call is over; what it gave is lost then.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="patiently") as pool:
        calling = pool.submit(call)
        while not calling.done():
            wait([calling], timeout=BEAT)
            run.report()
        return calling.result()
