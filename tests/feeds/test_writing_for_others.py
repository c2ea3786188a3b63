"""What is written, as somebody else reads it: the sandbox's Seeki has readers of its own, and is strict."""

from io import BytesIO

import pytest

from estates.feeds.listing import Kind, Scope
from estates.feeds.writing import write_idealista, write_openimmo
from estates.feeds.zip_writing import write_zip
from portal.sandbox.seeki.idealista import read_idealista
from portal.sandbox.seeki.openimmo import read_openimmo, read_zip
from tests.feeds.making import AT, SENDER, many

MANY = 2 * len(Kind)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_openimmo(encoding):
    document = write_openimmo(many(MANY), SENDER, encoding=encoding, scope=Scope.FULL, at=AT)
    accepted(read_openimmo(b"".join(document), 500), "FR")


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_idealista(encoding):
    # The dialect places whatever is not in Portugal in Spain.
    accepted(read_idealista(b"".join(write_idealista(many(MANY), SENDER, encoding=encoding)), 500), "ES")


def test_zip():
    file = BytesIO()
    counts = write_zip(
        many(MANY), SENDER, file, lambda _: b"\xff\xd8\xff", encoding="utf-8", scope=Scope.FULL, at=AT
    )
    accepted(read_zip(file.getvalue(), 500), "FR")
    assert (counts.pictures, counts.missing) == (6 * MANY, 0)


def accepted(entries, country):
    assert [entry.complaint for entry in entries] == [None] * MANY
    for entry, listing in zip(entries, many(MANY), strict=True):
        found = entry.payload
        assert (found["external_id"], found["name"]) == (listing.external_id, listing.title)
        assert (found["price"], found["currency"]) == (float(listing.price), "EUR")
        assert (found["address"]["city"], found["address"]["country_code"]) == ("Lyon", country)
        assert len(found["images"]) == len(listing.pictures)
