"""The zip: its XML names the pictures that are in it and no others, whatever a listing calls itself."""

import re
import tracemalloc
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from lxml import etree

from estates.feeds.listing import Picture, Scope
from estates.feeds.reading import opened, read
from estates.feeds.zip_writing import INDEX, Zipped, ending_of, write_zip
from tests.feeds.making import AT, SENDER, full, many

JPEG, PNG = b"\xff\xd8\xff\xe0" + b"j" * 60, b"\x89PNG\r\n\x1a\n" + b"p" * 60
WEBP = b"RIFF\x10\0\0\0WEBPVP8 "


def zipped(found, fetch=lambda picture: JPEG, at=AT, **limits):
    file = BytesIO()
    counts = write_zip(found, SENDER, file, fetch, encoding="utf-8", scope=Scope.FULL, at=at, **limits)
    archive = ZipFile(file)
    assert archive.testzip() is None
    return counts, archive


def paths(archive):
    root = etree.fromstring(archive.read(INDEX))
    return [
        (each.get("location"), each.findtext("format"), each.findtext("daten/pfad"))
        for each in root.iterfind(".//anhang")
    ]


def test_the_index_is_at_the_root_and_names_what_is_beside_it():
    counts, archive = zipped(many(3))
    assert counts == Zipped(3, 18, 0)
    names = archive.namelist()
    assert sorted(names[:-1]) == [path for _, _, path in paths(archive)]
    assert names[-1] == INDEX
    assert {place for place, _, _ in paths(archive)} == {"EXTERN"}


def test_pictures_are_stored_and_the_index_is_deflated():
    _, archive = zipped(many(1))
    assert {each.compress_type for each in archive.infolist() if each.filename != INDEX} == {ZIP_STORED}
    assert archive.getinfo(INDEX).compress_type == ZIP_DEFLATED
    assert archive.read(archive.namelist()[0]) == JPEG


def test_what_is_not_to_be_had_is_left_out_and_counted():
    listing = full(pictures=tuple(Picture(address=f"https://x.example/{at}.jpg") for at in range(5)))
    bodies = [JPEG, None, b"<html>not found</html>", b"", PNG]

    counts, archive = zipped([listing], lambda picture: bodies[int(picture.address[-5])])
    assert counts == Zipped(1, 2, 3)
    assert paths(archive) == [
        ("EXTERN", "image/jpeg", "000001-MART-0001-01.jpg"),
        ("EXTERN", "image/png", "000001-MART-0001-05.png"),
    ]


def test_a_listing_without_pictures_is_there_all_the_same():
    counts, archive = zipped([full()], lambda picture: None)
    assert counts == Zipped(1, 0, 6)
    assert archive.namelist() == [INDEX]
    assert b"MART-0001" in archive.read(INDEX)


@pytest.mark.parametrize(
    "number", ["../../etc/passwd", "C:\\x", "a/b", "", "é", "\x00", "x" * 500, "CON", "..", "-"]
)
def test_names_are_safe_and_unique_whatever_the_number(number):
    _, archive = zipped([full(external_id=number), full(external_id=number)])
    names = archive.namelist()[:-1]
    assert len({name.casefold() for name in names}) == 12
    assert all(re.fullmatch(r"\d{6}-[A-Za-z0-9_-]{1,60}-\d\d\.jpg", name) for name in names)


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        (JPEG, "jpg"),
        (PNG, "png"),
        (b"GIF89a", "gif"),
        (WEBP, "webp"),
        (b"<svg/>", ""),
        (b"RIFF", ""),
        (b"", ""),
    ],
)
def test_a_picture_is_what_its_bytes_are(body, ending):
    assert ending_of(body) == ending


def test_it_ends_where_it_would_get_too_large():
    counts, _ = zipped(many(2), most_bytes=len(JPEG) * 7)
    assert counts == Zipped(2, 7, 5)


def test_it_ends_where_there_would_be_too_many_files():
    asked = []
    counts, archive = zipped(many(2), lambda picture: asked.append(picture) or JPEG, most_files=8)
    assert counts == Zipped(2, 8, 4)
    assert len(asked) == 8
    assert len(archive.namelist()) == 9


def test_the_same_makes_the_same_bytes():
    first, second = BytesIO(), BytesIO()
    for file in (first, second):
        write_zip(many(3), SENDER, file, lambda _: JPEG, encoding="windows-1252", scope=Scope.FULL, at=AT)
    assert first.getvalue() == second.getvalue()


@pytest.mark.parametrize("year", [1970, 2107])
def test_any_year_can_be_written(year):
    _, archive = zipped([full()], at=datetime(year, 6, 1, tzinfo=UTC))
    assert archive.getinfo(INDEX).date_time[0] == max(year, 1980)


def test_our_own_reader_takes_it(tmp_path):
    path = tmp_path / "feed.zip"
    with path.open("wb") as file:
        write_zip(many(4), SENDER, file, lambda _: PNG, encoding="windows-1252", scope=Scope.PARTIAL, at=AT)
    with opened(path) as source:
        assert (source.container, source.scope, len(source.names)) == ("zip", Scope.PARTIAL, 25)
        found = [each.listing for each in read(source)]
        assert {picture.address for listing in found for picture in listing.pictures} == {
            name for name in source.names if name != INDEX
        }
    assert [each.external_id for each in found] == [each.external_id for each in many(4)]


def test_one_picture_at_a_time_is_in_memory():
    class Sink:
        def write(self, block):
            return len(block)

        def flush(self):
            pass

    tracemalloc.start()
    write_zip(
        many(20), SENDER, Sink(), lambda _: JPEG + bytes(1_000_000), encoding="utf-8", scope=Scope.FULL, at=AT
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6_000_000
