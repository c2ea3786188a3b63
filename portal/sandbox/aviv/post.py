"""The webhooks that AVIV sends, and the ways in which a network spoils them."""

from __future__ import annotations

import heapq
import itertools
import json
import time
from collections import deque
from collections.abc import Iterable
from threading import Condition, Thread
from typing import Any

from portal.sandbox.aviv.letters import Letter, Subscription, note, send


class Post:
    """Sends letters one after the other.

    `key_header` is `x-api-key`, or `bearer` or `bare` in Authorization; `payload` is `lead_id`, `nothing` or
    the whole `lead`; `signed` adds `X-Signature`. `drop`, `double`, `delay`, `reorder` are for the next letters.
    """

    def __init__(self) -> None:
        self.key_header, self.payload, self.signed = "x-api-key", "lead_id", False
        self.sent = 0
        self._mishaps: deque[tuple[str, float]] = deque()
        self._held: list[Letter] = []
        self._queue: list[tuple[float, int, Letter]] = []
        self._numbers = itertools.count()
        self._changed = Condition()
        self._busy = self._closed = False
        self._thread: Thread | None = None

    def drop(self, times: int = 1) -> None:
        """The next letters get lost."""
        self._mishaps.extend([("drop", 0)] * times)

    def double(self, times: int = 1) -> None:
        """The next letters arrive twice."""
        self._mishaps.extend([("double", 0)] * times)

    def delay(self, seconds: float, times: int = 1) -> None:
        """The next letters arrive so much later; those behind them overtake."""
        self._mishaps.extend([("delay", seconds)] * times)

    def reorder(self, count: int) -> None:
        """The next letters wait for each other, and arrive last first."""
        self._mishaps.extend([("hold", 0)] * (count - 1) + [("release", 0)])

    def announce(self, subscriptions: Iterable[Subscription], lead_id: str, document: dict[str, Any]) -> None:
        """Word of a lead to every active subscription."""
        body = json.dumps(self._content(lead_id, document), ensure_ascii=False).encode()
        for subscription in subscriptions:
            if subscription.status == "ACTIVE":
                self._hand_over(Letter(subscription, lead_id, body, subscription.api_key))

    def forge(self, subscription: Subscription, body: bytes, key: str = "forged") -> None:
        """A letter that AVIV did not write."""
        self._put([Letter(subscription, "", body, key)])

    def wait(self, seconds: float = 10) -> bool:
        """Until all letters have been sent; False if they are not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._busy, seconds)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._queue.clear()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _content(self, lead_id: str, document: dict[str, Any]) -> dict[str, Any]:
        if self.payload == "lead":
            return document
        return {"event": "NEW_LEAD"} | ({"leadId": lead_id} if self.payload == "lead_id" else {})

    def _hand_over(self, letter: Letter) -> None:
        mishap, value = self._mishaps.popleft() if self._mishaps else ("", 0.0)
        if mishap in ("hold", "release"):
            self._held.append(letter)
            if mishap == "release":
                held, self._held = self._held, []
                self._put(held[::-1])
        elif mishap != "drop":
            self._put([letter] * (2 if mishap == "double" else 1), value)

    def _put(self, letters: list[Letter], delay: float = 0) -> None:
        with self._changed:
            for letter in letters:
                heapq.heappush(self._queue, (time.monotonic() + delay, next(self._numbers), letter))
            if self._thread is None:
                self._thread = Thread(target=self._deliver, name="aviv-post", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _deliver(self) -> None:
        while (letter := self._next()) is not None:
            status = send(letter, self.key_header, self.signed)
            note(letter, status)
            with self._changed:
                self._busy = False
                self.sent += 1
                self._changed.notify_all()

    def _next(self) -> Letter | None:
        with self._changed:
            while not self._closed:
                if not self._queue:
                    self._changed.wait()
                elif (wait := self._queue[0][0] - time.monotonic()) > 0:
                    self._changed.wait(wait)
                else:
                    self._busy = True
                    return heapq.heappop(self._queue)[2]
        return None
