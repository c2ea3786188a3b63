"""A connection to mirror, estates to merge, and remotes to read from: the sandbox, or a list in memory."""

import json
from collections.abc import Callable

import orjson
import pytest
from django.conf import settings as django_settings

from estates.catalogue.models import SyncRun
from estates.catalogue.plan import start_sync
from estates.connections.models import Connection, ConnectionKey
from estates.connections.vault import seal
from estates.jobs.models import Job
from estates.jobs.work import work
from estates.remotes.secret import Secret
from estates.remotes.ts_immo_estates import Estate, EstatePage, parse_estate
from portal.sandbox import Sandbox, sandbox


def payload(number: int = 1, **values) -> dict:
    """An estate as the remote would list it; `price`, `status` and so on change what is said."""
    price = values.pop("price", 200_000 + number)
    return {
        "id": f"id-{number:05}",
        "reference": f"REF-{number}",
        "title": f"Maison n° {number}",
        "type": "house",
        "status": "available",
        "location": {"city": "Écully", "postal_code": "69130", "country": "FR"},
        "financial": {"transaction": {"price": {"amount": price, "currency": "EUR"}}},
        "images": [f"https://pictures.example/{number}.jpg"],
        "created_at": "2025-01-15T10:30:00Z",
    } | values


def remote(number: int = 1, **values) -> Estate:
    estate = parse_estate(orjson.loads(json.dumps(payload(number, **values))))
    assert isinstance(estate, Estate)
    return estate


class Listing:
    """Stands for the client: pages of a list that `between(page)` may change before a page is given."""

    def __init__(self, items: list, between: Callable[[int], object] = lambda page: None, total=None):
        self.items, self.between, self.total = items, between, total
        self.asked: list[int] = []

    def search_estates(self, *, page, limit, orderby, order, retries):
        assert (orderby, order) == ("created_at", "ASC")
        self.asked.append(page)
        self.between(page)
        found = self.items[(page - 1) * limit : page * limit]
        items = tuple(parse_estate(item, position) for position, item in enumerate(found))
        total = len(self.items) if self.total is None else self.total
        return EstatePage(items, total, page, limit)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass


@pytest.fixture
def connection(agency) -> Connection:
    """A connection with the key of the sandbox's account `martin`."""
    made = Connection.objects.create(agency=agency, system="ts_immo", label="main")
    key = seal(Secret("tsi_demo_martin_4f7c2a"))
    ConnectionKey.objects.create(connection=made, ciphertext=key, last_four="7c2a")
    return made


@pytest.fixture
def box(settings):
    """A sandbox of 250 estates, which connections reach."""
    with sandbox(estates=250) as running:
        settings.REMOTE_URLS = reached(running)
        yield running


def reached(running: Sandbox) -> dict:
    return django_settings.REMOTE_URLS | {("ts_immo", "production"): f"{running.url}/ts-immo/v1"}


@pytest.fixture
def listing(monkeypatch):
    """`listing(items)` makes every client read from that list."""

    def use(items: list, **options) -> Listing:
        made = Listing(items, **options)
        monkeypatch.setattr("estates.catalogue.mirror.client_for", lambda *_, **__: made)
        return made

    return use


@pytest.fixture
def sync(db):
    """`sync(connection)` runs a sync job to its end, slice after slice, and gives its run."""

    def run(connection: Connection) -> SyncRun:
        job = start_sync(connection)
        while job.status == "queued":
            assert work(job.pk)
            job.refresh_from_db()
        return latest(connection)

    return run


def latest(connection: Connection) -> SyncRun:
    return SyncRun.objects.for_agency(connection.agency).filter(connection=connection).order_by("-pk")[0]


def job_of(run: SyncRun) -> Job:
    return Job.objects.across_agencies().get(pk=run.job_id)
