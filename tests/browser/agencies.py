"""An agency for one journey: its owner, its accounts at the simulated remote systems, and the keys of those."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from accounts.agencies import create_agency
from accounts.models import Agency, User
from accounts.people import create_person
from estates.connections.models import Connection, Environment, Outcome, System
from estates.connections.store import store_key
from estates.connections.verdict import Verdict
from estates.jobs.models import OPEN, Job
from estates.remotes.secret import Secret
from portal.sandbox.ts_immo.account import Account
from tests.browser.portal import Portal, domain

SECONDS = 60.0


@dataclass
class Founded:
    agency: Agency
    owner: User
    account: Account
    """At Ts-Immo."""
    domain: str
    """A website that the agency may switch on."""

    @property
    def slug(self) -> str:
        return self.agency.slug


def found(portal: Portal, *, language: str, estates: int = 0, connected: bool = True) -> Founded:
    """A new agency with so many estates, mirrored already where it is connected to Ts-Immo."""
    number = portal.number()
    slug = f"agence-{number}"
    owner = create_person(f"owner@{slug}.example", "Claire Martin", language=language)
    agency = create_agency(f"Agence {number}", slug, actor=owner, language=language)
    office = Founded(agency, owner, portal.box.create_account(slug, estates=estates), domain(number))
    if connected:
        connect(office, System.TS_IMMO, office.account.key)
        wait_for_jobs(agency)
    return office


def connect(office: Founded, system: System, key: str) -> Connection:
    """Stores a key that nobody doubts."""
    return store_key(
        office.agency,
        office.owner,
        system=system,
        environment=Environment.PRODUCTION,
        label=office.agency.name,
        secret=Secret(key),
        verdict=Verdict(Outcome.OK),
    )


def wait_for_jobs(agency: Agency, seconds: float = SECONDS) -> None:
    """Until the workers have nothing to do for the agency."""
    until(lambda: not Job.objects.for_agency(agency).filter(status__in=OPEN).exists(), seconds)


def until(holds: Callable[[], object], seconds: float = SECONDS) -> None:
    """Looks again and again. Raises `TimeoutError`."""
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError(f"after {seconds} seconds it is not so yet")
        time.sleep(0.1)
