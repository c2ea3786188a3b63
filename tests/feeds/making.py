"""Listings: one with everything, many of them, and any that there may be."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from estates.feeds.countries import ALPHA_3
from estates.feeds.idealista_words import PORTUGUESE_PROVINCES
from estates.feeds.listing import Action, Contact, Kind, Listing, Offer, Picture, Sender
from estates.feeds.writing_details import DETAILS, GROUPS

AT = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
SENDER = Sender(name="Agence Martin", number="passerelle-1")
REACHABLE = Sender(
    name="Agence Martin", number="passerelle-1", email="contact@martin.example", phone="+33478000001"
)
TEXT = (
    "Lumineux, traversant et calme, à deux pas de la place Bellecour.\nBalcon plein sud <20 m²> & cave. " * 4
)


def full(**values) -> Listing:
    """A listing that says everything, some of it otherwise."""
    said = {
        "external_id": "MART-0001",
        "offer": Offer.SALE,
        "kind": Kind.APARTMENT,
        "kind_detail": "ETAGE",
        "title": "Appartement T3 avec terrasse",
        "description": TEXT.strip(),
        "language": "fr",
        "price": Decimal("320000.00"),
        "currency": "EUR",
        "street": "rue de la République",
        "house_number": "12 bis",
        "postal_code": "69002",
        "city": "Lyon",
        "region": "Auvergne-Rhône-Alpes",
        "country": "FR",
        "latitude": 45.764043,
        "longitude": 4.835659,
        "surface": Decimal("64.50"),
        "land_surface": Decimal(12),
        "rooms": Decimal("3.5"),
        "bedrooms": Decimal(2),
        "bathrooms": Decimal(1),
        "floor": 2,
        "pictures": tuple(
            Picture(
                address=f"https://photos.martin.example/1/{number}.jpg?w=1600&h=900", title=f"Vue {number}"
            )
            for number in range(1, 7)
        ),
        "contact": Contact(name="Éloïse Faÿ", email="eloise.fay@martin.example", phone="+33465710001"),
        "updated": date(2026, 2, 27),
    }
    return Listing(**{**said, **values})


def many(number: int) -> Iterator[Listing]:
    """So many listings that say everything, each with a number, a price and a place of its own."""
    kinds = list(Kind)
    for at in range(number):
        yield full(
            external_id=f"MART-{at:06}",
            kind=kinds[at % len(kinds)],
            kind_detail="",
            price=Decimal(100_000 + at),
            floor=at % 9,
            latitude=45 + at % 1000 / 1000,
            title=f"Bien {at} avec terrasse",
        )


# Without what XML can't hold: that it is taken out is a test of its own.
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=40).map(
    str.strip
)
numbers = st.text("0123456789ABCXYZ-_/.é&<>\"'", min_size=1, max_size=20)
texts = st.lists(words, max_size=3).map("\n".join).map(str.strip)
amounts = st.none() | st.decimals(0, 10**12, places=2, allow_nan=False)
counts = st.none() | st.integers(0, 99).map(Decimal)
degree = st.decimals(-90, 90, places=9, allow_nan=False).map(float)
addresses = st.builds(
    "https://{}.example/{}.jpg?a=1&b={}".format,
    st.sampled_from(("photos", "img")),
    st.integers(0, 999),
    numbers,
)
contacts = st.builds(Contact, name=words, email=words, phone=words)
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
provinces = st.sampled_from((*sorted(PORTUGUESE_PROVINCES), "Madrid", "Barcelona", "Ávila", ""))


@st.composite
def listings(draw, **fixed):
    """Any listing; `fixed` are strategies of fields that are to be drawn otherwise."""
    kind = draw(fixed.get("kind", st.sampled_from((None, *Kind))))
    detail = st.sampled_from(("", *sorted(DETAILS[kind]))) if kind else st.just("")
    pictures = st.builds(
        Picture, address=addresses, title=words, group=st.sampled_from(("", "DOKUMENTE", *sorted(GROUPS)))
    )
    fields = {
        "external_id": numbers,
        "action": st.sampled_from(Action),
        "offer": st.sampled_from((None, *Offer)),
        "kind_detail": detail,
        "commercial": st.booleans(),
        "title": words,
        "description": texts,
        "language": st.sampled_from(("", "fr", "de", "pt", "en")),
        "price": amounts,
        "currency": st.sampled_from(("", "EUR", "CHF")),
        "street": words,
        "house_number": words,
        "postal_code": words,
        "city": words,
        "region": words,
        "country": st.sampled_from(("", *sorted(ALPHA_3))),
        "latitude": st.none() | degree,
        "longitude": st.none() | degree,
        "surface": amounts,
        "land_surface": amounts,
        "rooms": counts,
        "bedrooms": counts,
        "bathrooms": counts,
        "floor": st.none() | st.integers(-5, 80),
        "pictures": st.lists(pictures, max_size=4).map(tuple),
        "contact": st.none() | contacts,
        "updated": st.none() | days,
        **fixed,
    }
    return Listing(kind=kind, **{name: draw(field) for name, field in fields.items() if name != "kind"})
