"""An agency's site that serves pages on loopback, and its estates with addresses on it."""

from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from estates.catalogue.models import Estate
from estates.wordpress.models import Proof, SitePace, State
from estates.wordpress.proof.enrolment import enrol_estates
from tests.websites import Site, Websites, html, websites
from tests.wordpress.conftest import DOMAIN
from tests.wordpress.proof.pages import PRICE, TITLE, plain

HOME = f"https://{DOMAIN}"
LONG_AGO = timedelta(days=2)


@pytest.fixture
def web(tmp_path, settings):
    with websites(tmp_path) as running:
        yield running


@pytest.fixture
def serve(web: Websites, settings):
    """`serve(DOMAIN)` is the website of that name, with a home page; made at the first call."""

    def get(host: str = DOMAIN) -> Site:
        if host not in web.sites:
            web.site(host).answers("/", html("<h1>Agence Martin</h1>"))
            settings.SITE_ADDRESSES, settings.SITE_CA_FILE = web.setting, web.ca_file
        return web.sites[host]

    return get


@pytest.fixture
def website(serve) -> Site:
    return serve()


@pytest.fixture
def own_site(agency, add):
    """The agency's site in the portal, of the same name."""
    return add(agency, state=State.ACTIVE)


@pytest.fixture
def add_estate(connected):
    """`add_estate(agency, path="/bien/1/")` is a present estate; with a path it has its page on the site."""
    numbers = count(1)

    def make(agency, path: str = "", **fields) -> Estate:
        number, now = next(numbers), timezone.now()
        known = {
            "reference": f"MART-{number:04}", "title": TITLE, "price": 450_000, "currency": "EUR",
            "status": "available", "public_url": f"{HOME}{path}" if path else "", "created_at": now,
            "first_seen_at": now, "changed_at": now, "digest": b"", "remote_id": f"remote-{number}",
        }  # fmt: skip
        return Estate.objects.create(agency=agency, connection=connected(agency), **{**known, **fields})

    return make


@pytest.fixture
def publish(add_estate, website):
    """`publish(agency, price="430 000 €")` is an estate with a page; what the page says may be another thing."""
    numbers = count(1)

    def make(agency, price: str = PRICE, badge: str = "", **fields) -> Estate:
        estate = add_estate(agency, f"/bien/{next(numbers)}/", **fields)
        website.answers(path_of(estate), html(plain(estate.reference, estate.title, price, badge)))
        return estate

    return make


def path_of(estate: Estate) -> str:
    return estate.public_url.removeprefix(HOME)


def proof_of(estate: Estate) -> Proof:
    return Proof.objects.for_agency(estate.agency).select_related("site").get(estate=estate)


def enrolled(*estates: Estate) -> list[Proof]:
    """Their proofs, all due."""
    enrol_estates()
    due()
    return [proof_of(estate) for estate in estates]


def due() -> None:
    """As if the next look were due, and no site had been asked for a while."""
    Proof.objects.across_agencies().update(next_at=timezone.now() - timedelta(seconds=1))
    rest()


def rest() -> None:
    SitePace.objects.update(next_at=timezone.now() - LONG_AGO)


def change(estate: Estate, **fields) -> None:
    Estate.objects.for_agency(estate.agency).filter(pk=estate.pk).update(**fields)
    estate.refresh_from_db()
