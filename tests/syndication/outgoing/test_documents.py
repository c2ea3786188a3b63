"""An estate as a feed's listing: by columns, by payload, and with whatever agents write into either."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import repeat

import pytest

from accounts.models import Agency
from estates.feeds.listing import Action, Contact, Kind, Listing, Offer, Picture, Scope, Sender
from estates.feeds.writing import write_idealista, write_openimmo
from estates.syndication.outgoing.documents import listing_of, sender_of
from tests.syndication.outgoing.conftest import DAY, PAYLOAD, unsaved

SENDER = Sender(name="A", number="1")


def test_everything():
    assert listing_of(unsaved(), PAYLOAD) == Listing(
        external_id="e-1",
        action=Action.ADD,
        offer=Offer.SALE,
        kind=Kind.APARTMENT,
        title="Appartement T3 avec terrasse",
        description="Lumineux, traversant & calme.\nBalcon plein sud.",
        price=Decimal(320_000),
        currency="EUR",
        street="12 rue de la République",
        postal_code="69002",
        city="Lyon",
        region="Auvergne-Rhône-Alpes",
        country="FR",
        latitude=45.754,
        longitude=4.83,
        surface=Decimal("64.50"),
        rooms=Decimal(3),
        bedrooms=Decimal(2),
        bathrooms=Decimal(1),
        floor=2,
        pictures=(
            Picture(address="https://photos.martin.example/1.jpg"),
            Picture(address="https://photos.martin.example/2.jpg"),
        ),
        contact=Contact(name="Éloïse Faÿ", email="eloise.fay@martin.example", phone="+33465710001"),
        updated=date(2026, 1, 2),
    )


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"offer_type": "location saisonnière"}, "offer", Offer.RENT),
        ({"offer_type": "viager"}, "offer", Offer.SALE),
        ({"offer_type": "swap"}, "offer", None),
        ({"type": "bureau", "sub_type": ""}, "commercial", True),
        ({"type": "yurt", "sub_type": ""}, "kind", None),
        ({"currency": "€"}, "currency", "EUR"),
        ({"currency": ""}, "currency", ""),
        ({"country": "Suisse"}, "country", "CH"),
        ({"country": "Atlantide"}, "country", ""),
        ({"price": None}, "price", None),
        ({"price": Decimal(0)}, "price", None),
        ({"rooms": 0}, "rooms", None),
        ({"land_surface": Decimal(900)}, "land_surface", Decimal(900)),
        ({"latitude": None}, "longitude", None),
        ({"latitude": 0.0, "longitude": 0.0}, "latitude", None),
        ({"latitude": 91.0}, "latitude", None),
        ({"longitude": float("nan")}, "longitude", None),
        ({"title": "  T2  "}, "title", "T2"),
        ({"updated_at": datetime(2025, 5, 6, tzinfo=UTC)}, "updated", date(2025, 5, 6)),
        ({"gone_at": DAY}, "action", Action.DELETE),
        ({"images": None}, "pictures", ()),
        ({"images": ["ftp://x/1.jpg", 7, None, "javascript:alert(1)"]}, "pictures", ()),
        (
            {"images": ["https://x.example/1.jpg"] * 2},
            "pictures",
            (Picture(address="https://x.example/1.jpg"),),
        ),
    ],
)
def test_a_column(values, field, said):
    assert getattr(listing_of(unsaved(**values), PAYLOAD), field) == said


@pytest.mark.parametrize(
    "payload", [{}, {"contact": 7, "floor": [], "description": None}, {"contact": {"name": ""}}]
)
def test_a_payload_that_says_nothing(payload):
    listing = listing_of(unsaved(), payload)
    assert (listing.contact, listing.floor, listing.description) == (None, None, "")


HOSTILE = "\x00\x0b]]></immobilie> & <b>🏡</b> \u202egnihton\u202c &#0; \u05d0\u05d1"


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_hostile_texts_make_well_formed_documents(encoding):
    from lxml import etree

    texts = dict(zip(("title", "address", "city", "postal_code", "region", "remote_id"), repeat(HOSTILE)))
    listing = listing_of(unsaved(**texts), {"description": HOSTILE, "contact": {"name": HOSTILE}})
    for blocks in (
        write_openimmo([listing], SENDER, encoding=encoding, scope=Scope.FULL, at=DAY),
        write_idealista([listing], SENDER, encoding=encoding),
    ):
        root = etree.fromstring(b"".join(blocks))
        words = root.xpath("//objekttitel | //titulo")[0].text
        assert words == "]]></immobilie> & <b>🏡</b> \u202egnihton\u202c &#0; \u05d0\u05d1"


def test_the_sender_keeps_its_number():
    before = sender_of(Agency(pk=7, name="Agence Martin", slug="martin"))
    after = sender_of(Agency(pk=7, name="Martin & Filles", slug="filles"))
    assert (before.number, before.name) == (after.number, "Agence Martin")
    assert after.name == "Martin & Filles"
