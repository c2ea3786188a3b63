"""Files sent as they are: in pieces, exactly as long as announced, with their own content type."""

import io

import pytest

from estates.remotes.errors import Unsendable
from estates.remotes.seeki_batches import body_of
from estates.remotes.upload import PIECE, RawFile, Upload, file_at
from tests.remotes.misbehaving import http
from tests.remotes.test_upload import Shelf

from .conftest import sendable

EMPTY = http(200, b'{"accepted": [], "rejected": []}')


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
@pytest.mark.parametrize("most", [10**9, 1000])
def test_a_raw_file_in_pieces_is_the_file(size, most):
    content = bytes(n * 7 % 256 for n in range(size))
    shelf = Shelf(content, most=most)
    file = RawFile("a", size, shelf)
    pieces = list(file.pieces())
    assert b"".join(pieces) == content
    assert len(file) == size
    assert max(map(len, pieces)) <= PIECE
    assert shelf.all_closed


@pytest.mark.parametrize("size", [1, PIECE, PIECE + 1])
@pytest.mark.parametrize(("difference", "words"), [(-1, "longer"), (1, "shorter"), (PIECE, "shorter")])
def test_a_raw_file_of_another_length_ends_before_its_last_piece(size, difference, words):
    shelf, given = Shelf(b"x" * size), []
    with pytest.raises(Unsendable, match=words) as caught:
        given.extend(RawFile("feed.xml", size + difference, shelf).pieces())
    assert caught.value.name == "feed.xml"
    assert sum(map(len, given)) < size + max(difference, 0)
    assert shelf.all_closed


def test_a_file_on_the_disk(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_bytes(b"<openimmo/>")
    file = file_at(path)
    assert (file.name, file.size) == ("feed.xml", 11)
    assert b"".join(file.pieces()) == b"".join(file.pieces()) == b"<openimmo/>"
    path.unlink()
    with pytest.raises(Unsendable, match="cannot be opened"):
        list(file.pieces())
    with pytest.raises(FileNotFoundError):
        file_at(path)


def test_an_upload_left_in_the_middle_closes_its_raw_file():
    shelf = Shelf(b"x" * 3 * PIECE)
    upload = Upload([RawFile("a", 3 * PIECE, shelf)])
    next(iter(upload))
    upload.close()
    assert shelf.all_closed


def sent(server):
    head, _, body = server.requests[-1].partition(b"\r\n\r\n")
    return head.decode(), body


@pytest.mark.parametrize(
    ("call", "path", "content_type"),
    [
        (lambda client, file: client.send_openimmo(file), "/openimmo", "application/xml"),
        (lambda client, file: client.send_openimmo(file, "application/zip"), "/openimmo", "application/zip"),
        (lambda client, file: client.send_idealista(file), "/idealista", "application/xml"),
    ],
)
def test_a_feed_goes_out_byte_for_byte(lone, server, call, path, content_type):
    server.answers(EMPTY)
    shelf = Shelf(bytes(range(256)) * 600)
    call(lone, RawFile("feed", len(shelf.content), shelf))
    head, body = sent(server)
    assert head.startswith(f"POST /v1{path} HTTP/1.1")
    assert f"Content-Type: {content_type}" in head
    assert f"Content-Length: {len(shelf.content)}" in head
    assert body == shelf.content
    assert shelf.all_closed


def test_listings_go_out_byte_for_byte_as_json(lone, server):
    server.answers(EMPTY)
    listings = [*sendable(200, description="é" * 500), b'{ "odd" :  1.0 }']
    lone.send_listings(listings)
    head, body = sent(server)
    assert head.startswith("POST /v1/listings HTTP/1.1")
    assert "Content-Type: application/json" in head
    assert body == body_of(listings)


@pytest.mark.parametrize("content_type", ["text/xml", "application/json", ""])
def test_openimmo_has_two_content_types(lone, server, content_type):
    with pytest.raises(ValueError, match="application/xml or application/zip"):
        lone.send_openimmo(RawFile("a", 0, io.BytesIO), content_type)
    assert server.requests == []


@pytest.mark.parametrize("how", ["listings", "openimmo", "idealista"])
def test_progress_is_heard_and_may_end_the_call(lone, server, how):
    server.answers(EMPTY)
    content, heard = b"x" * 4 * PIECE, []
    file = RawFile("a", len(content), lambda: io.BytesIO(content))
    calls = {
        "listings": lambda progress: lone.send_listings([content], progress=progress),
        "openimmo": lambda progress: lone.send_openimmo(file, progress=progress),
        "idealista": lambda progress: lone.send_idealista(file, progress=progress),
    }
    calls[how](heard.append)
    assert heard[:3] == [0, PIECE, 2 * PIECE]

    class Stopped(Exception):
        pass

    def stop(count):
        raise Stopped

    with pytest.raises(Stopped):
        calls[how](stop)


def test_a_file_that_was_cut_meanwhile_is_our_fault_and_nothing_is_told(lone, server, answers):
    with pytest.raises(Unsendable):
        lone.send_openimmo(RawFile("feed.xml", 10, lambda: io.BytesIO(b"short")))
    assert answers == []
