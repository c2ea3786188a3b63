"""Support's clerk: takes a ticket after a while, answers after another, and again when somebody writes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from random import Random
from threading import Event, Thread

from portal.sandbox.ts_immo.account import Account
from portal.sandbox.ts_immo.clerk_words import GOES_ON, PEOPLE, letter, topic_of
from portal.sandbox.ts_immo.tickets import Ticket

ACTS_ON = ("WAITING_FOR_SUPPORT", "IN_PROGRESS")
LONGEST_PAUSE = 1.0


class Clerk:
    """Looks after the tickets of all accounts. `delay` is in seconds before each step; 0 lets everything lie.

    The same seed and the same tickets give the same answers.
    """

    def __init__(self, accounts: Mapping[str, Account], seed: int) -> None:
        self.delay = 0.0
        self._accounts, self._seed = accounts, seed
        self._due: dict[str, tuple[float, tuple[str, int]]] = {}
        self._stopping = Event()
        self._thread: Thread | None = None

    def start(self, delay: float) -> None:
        """Works on a thread of its own from now on, until `stop`; with a delay of 0 it rests."""
        self.delay = delay
        if delay and self._thread is None:
            self._thread = Thread(target=self._work, name="ts-immo-clerk", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def tick(self, now: float) -> int:
        """Does what is due at `now`, in seconds on any one clock; returns how many tickets got further."""
        done, seen = 0, set()
        for account in list(self._accounts.values()):
            with account.lock:
                for ticket in account.tickets.values():
                    done += self._attend(ticket, now)
                    seen.add(ticket.id)
        self._due = {identity: due for identity, due in self._due.items() if identity in seen}
        return done

    def answer(self, ticket: Ticket, *, solves: bool | None = None) -> None:
        """A comment, after which the ticket is PENDING or, where it `solves`, DONE; None leaves that to chance."""
        rounds = sum(bool(comment["from_support"]) for comment in ticket.comments)
        chance = Random(f"{self._seed}:{ticket.subject}:{rounds}")
        name = Random(f"{self._seed}:{ticket.subject}").choice(PEOPLE)
        topic = topic_of(f"{ticket.subject} {ticket.message}")
        if solves is None:
            solves = chance.random() < (0.6 if rounds else 0.4)
        what = chance.choice(topic.solves if solves else GOES_ON if rounds else topic.asks)
        mail = f"{name.lower().replace('é', 'e').replace('è', 'e')}@support.ts-immo.example"
        reporter = {"username": "support", "mail": mail, "display_name": f"{name}, support Ts-Immo"}
        ticket.comment(letter(chance, what, name), reporter, from_support=True)
        if solves:
            ticket.turn("DONE")

    def _attend(self, ticket: Ticket, now: float) -> bool:
        state = (ticket.status, len(ticket.comments))
        if ticket.status not in ACTS_ON:
            self._due.pop(ticket.id, None)
            return False
        when, then = self._due.get(ticket.id, (0.0, None))
        if then != state:  # new, or somebody has written meanwhile
            self._due[ticket.id] = (now + self.delay, state)
            return False
        if now < when:
            return False
        if ticket.status == "IN_PROGRESS":
            self.answer(ticket)
        else:
            ticket.turn("IN_PROGRESS")
            self._due[ticket.id] = (now + self.delay, (ticket.status, len(ticket.comments)))
        return True

    def _work(self) -> None:
        while not self._stopping.wait(min(LONGEST_PAUSE, self.delay / 5) or LONGEST_PAUSE):
            if self.delay:
                self.tick(time.monotonic())
