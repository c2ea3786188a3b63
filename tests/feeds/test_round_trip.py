"""What is written is read again. Where a dialect cannot say something, `CARRIES` says what comes back instead."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estates.feeds.idealista_reading import country_of
from estates.feeds.idealista_words import KIND_WORDS, KINDS
from estates.feeds.listing import Action, Contact, Kind, Listing, Picture, Scope
from estates.feeds.reading import Read, opened, read
from estates.feeds.writing import write_idealista, write_openimmo
from estates.feeds.writing_details import GROUPS
from tests.feeds.making import AT, SENDER, full, listings, many, provinces, words

OPENIMMO, IDEALISTA = "openimmo", "idealista"
ENCODINGS = ("utf-8", "windows-1252")


def grouped(listing):
    """OpenImmo wants a group of its own list: the first picture is the title, the others are pictures."""
    return tuple(
        picture if picture.group in GROUPS else replace(picture, group="BILD" if at else "TITELBILD")
        for at, picture in enumerate(listing.pictures)
    )


def named(listing):
    """It wants a contact too: the agency's name stands for one that is missing."""
    contact = listing.contact or Contact(name=SENDER.name)
    return contact if contact.name or contact.email or contact.phone else None


def positioned(listing):
    return listing.latitude is not None and listing.longitude is not None


def spelt(listing):
    """Idealista says kind and detail in one word: `chalet` for a house that is one, else the kind's own."""
    if listing.kind is None:
        return ""
    detail = listing.kind_detail.lower()
    return detail if KINDS.get(detail) == listing.kind else KIND_WORDS[listing.kind]


CARRIES = {
    OPENIMMO: {
        "kind": lambda listing: listing.kind or Kind.OTHER,
        "pictures": grouped,
        "contact": named,
        "latitude": lambda listing: listing.latitude if positioned(listing) else None,
        "longitude": lambda listing: listing.longitude if positioned(listing) else None,
        "updated": lambda listing: listing.updated or AT.date(),
    },
    IDEALISTA: {
        "action": lambda listing: Action.ADD,
        "commercial": lambda listing: False,
        "kind_detail": spelt,
        "country": lambda listing: country_of(listing.region),
        "pictures": lambda listing: tuple(replace(each, group="") for each in listing.pictures),
        "contact": lambda listing: listing.contact if listing.contact != Contact() else None,
    },
}
"""By dialect, the fields that do not come back as they were, and what does. All others do."""


def expected(dialect: str, listing: Listing) -> Listing:
    return replace(listing, **{name: carried(listing) for name, carried in CARRIES[dialect].items()})


def written(dialect, given_listings, encoding):
    if dialect == OPENIMMO:
        return write_openimmo(given_listings, SENDER, encoding=encoding, scope=Scope.FULL, at=AT)
    return write_idealista(given_listings, SENDER, encoding=encoding)


def there_and_back(folder, dialect, given_listings, encoding="utf-8"):
    path = folder / "feed.xml"
    path.write_bytes(b"".join(written(dialect, given_listings, encoding)))
    with opened(path) as source:
        assert source.format == dialect
        assert not source.repaired
        assert source.scope == (Scope.FULL if dialect == OPENIMMO else Scope.UNSTATED)
        return list(read(source))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("round-trip")


several = st.lists(listings(), min_size=1, max_size=4, unique_by=lambda each: each.external_id)
offered = st.lists(
    listings(action=st.sampled_from((Action.ADD, Action.CHANGE)), region=provinces),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each.external_id,
)


def the_same(folder, dialect, given_listings, encoding):
    found = there_and_back(folder, dialect, given_listings, encoding)
    assert all(isinstance(each, Read) for each in found)
    assert [each.listing for each in found] == [expected(dialect, each) for each in given_listings]
    assert [each.ordinal for each in found] == list(range(len(given_listings)))


@given(several, st.sampled_from(ENCODINGS))
def test_openimmo(folder, given_listings, encoding):
    the_same(folder, OPENIMMO, given_listings, encoding)


@given(offered, st.sampled_from(ENCODINGS))
def test_idealista(folder, given_listings, encoding):
    the_same(folder, IDEALISTA, given_listings, encoding)


@pytest.mark.parametrize("dialect", CARRIES)
def test_nothing_odd_is_noted(folder, dialect):
    found = there_and_back(folder, dialect, list(many(30)))
    assert [each.notes for each in found] == [()] * 30


@pytest.mark.parametrize("dialect", CARRIES)
def test_the_table_names_real_fields(dialect):
    assert CARRIES[dialect].keys() <= {field.name for field in fields(Listing)}


def test_a_full_listing_comes_back_but_for_its_pictures_groups(folder):
    (found,) = there_and_back(folder, OPENIMMO, [full()])
    assert replace(found.listing, pictures=()) == replace(full(), pictures=())
    assert [each.address for each in found.listing.pictures] == [each.address for each in full().pictures]


@pytest.mark.parametrize("dialect", CARRIES)
def test_only_what_xml_has_no_place_for_is_lost(folder, dialect):
    (found,) = there_and_back(folder, dialect, [full(title="a\x00\x1f]]>&\ud800🏡\u202eb")])
    assert found.listing.title == "a]]>&🏡\u202eb"


@given(words)
def test_a_picture_with_any_title(folder, title):
    listing = full(pictures=(Picture(address="https://x.example/1.jpg", title=title, group="GRUNDRISS"),))
    (found,) = there_and_back(folder, OPENIMMO, [listing])
    assert found.listing == listing
