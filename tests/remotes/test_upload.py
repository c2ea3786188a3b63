"""Files on their way out: exactly what was announced, or nothing; in pieces, in time, and once."""

import base64
import contextlib
import io
import json
import socket
import threading
import time
from hashlib import sha256

import pytest

from estates.remotes.errors import Malformed, Refused, RemoteError, Unreachable, Unsendable
from estates.remotes.exchange import Patience
from estates.remotes.limits import LocalLimiter
from estates.remotes.ts_immo import TsImmoClient
from estates.remotes.ts_immo_requests import Attachment, Reporter
from estates.remotes.upload import PIECE, Base64File, Upload

from .conftest import KEY
from .misbehaving import http

REPORTER = Reporter("admin", "admin@your-site.com", "Site Admin")
SECRET = b"what the file says"


class Watched(io.BytesIO):
    """Notes the longest read, gives at most `most` bytes at once, and fails after `breaks_at`."""

    def __init__(self, content, most=10**9, breaks_at=10**9):
        super().__init__(content)
        self.most, self.breaks_at, self.longest = most, breaks_at, 0

    def read(self, size=-1):
        if self.tell() >= self.breaks_at:
            raise OSError(5, "the disk is broken")
        got = super().read(min(size, self.most))
        self.longest = max(self.longest, len(got))
        assert size >= 0
        return got


class Shelf:
    """Opens the same content again and again, and knows whether all that it opened was closed."""

    def __init__(self, content, **how):
        self.content, self.how, self.opened = content, how, []

    def __call__(self):
        self.opened.append(Watched(self.content, **self.how))
        return self.opened[-1]

    @property
    def all_closed(self):
        return bool(self.opened) and all(file.closed for file in self.opened)


def send(client, *attachments, **options):
    return client.open_ticket("a.example", "Subject", "Text", REPORTER, attachments, **options)


def attachment(shelf, size=None, name="a.bin"):
    return Attachment(name, "application/octet-stream", len(shelf.content) if size is None else size, shelf)


SIZES = (0, 1, 2, 3, 4, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 2)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("most", [10**9, 1000])
def test_base64_in_pieces_is_the_base64_of_the_whole(size, most):
    content = bytes(n * 7 % 256 for n in range(size))
    shelf = Shelf(content, most=most)
    file = Base64File("a", size, shelf)
    pieces = list(file.pieces())
    assert b"".join(pieces) == base64.b64encode(content)
    assert len(file) == len(b"".join(pieces))
    assert max(map(len, pieces)) <= 64 * 1024
    assert shelf.opened[0].longest <= PIECE
    assert shelf.all_closed


@pytest.mark.parametrize("size", [1, 3, PIECE, PIECE + 1, 2 * PIECE])
@pytest.mark.parametrize(("difference", "words"), [(-1, "longer"), (1, "shorter"), (PIECE, "shorter")])
def test_a_file_of_another_length_ends_before_its_last_piece(size, difference, words):
    shelf = Shelf(b"x" * size)
    announced = size + difference
    given = []
    with pytest.raises(Unsendable, match=words) as caught:
        given.extend(Base64File("plan.pdf", announced, shelf).pieces())
    assert caught.value.name == "plan.pdf"
    assert sum(map(len, given)) < max(1, len(Base64File("plan.pdf", announced, shelf)))
    assert shelf.all_closed


def test_an_upload_can_be_gone_through_again_and_left_in_the_middle():
    shelf = Shelf(b"x" * 3 * PIECE)
    upload = Upload([b"[", Base64File("a", 3 * PIECE, shelf), b"]"])
    assert len(b"".join(upload)) == len(upload)
    assert upload.whole
    begun = iter(upload)
    assert [len(next(begun)) for _ in range(2)] == [1, 64 * 1024]
    assert not upload.whole
    upload.close()
    assert shelf.all_closed
    assert len(shelf.opened) == 2


def sent(server):
    head, _, body = server.requests[-1].partition(b"\r\n\r\n")
    return head.decode(), body


def test_the_length_is_said_and_nothing_is_chunked(client, server):
    server.answers(http(201, b'{"id": "t-1"}'))
    shelves = [Shelf(bytes(range(256)) * 500), Shelf(b""), Shelf(b"x" * 70_001)]
    files = [attachment(shelf, name=f"é {n}.bin") for n, shelf in enumerate(shelves)]
    assert send(client, *files).remote_id == "t-1"
    head, body = sent(server)
    assert f"Content-Length: {len(body)}" in head
    assert "Transfer-Encoding" not in head
    assert "Content-Type: application/json" in head
    assert json.loads(body)["attachments"] == [
        {
            "filename": f"é {n}.bin",
            "mime_type": "application/octet-stream",
            "content_base64": base64.b64encode(shelf.content).decode(),
        }
        for n, shelf in enumerate(shelves)
    ]
    assert all(shelf.all_closed for shelf in shelves)
    assert [shelf.opened[0].longest for shelf in shelves] == [PIECE, 0, PIECE]


def test_no_file_is_opened_before_those_in_front_of_it_are_sent(client, server):
    server.answers(http(200, b"{}"))
    first = Shelf(b"x" * PIECE * 2)
    seen = []

    def second():
        seen.append(first.all_closed)
        return io.BytesIO(b"y")

    send(client, attachment(first), Attachment("b", "text/plain", 1, second))
    assert seen == [True]


def gone():
    raise FileNotFoundError(2, "No such file", "/secret/path")


UNSENDABLE = {
    "shorter": lambda: attachment(Shelf(SECRET * 9000), size=len(SECRET) * 9000 + 5),
    "longer": lambda: attachment(Shelf(SECRET * 9000), size=len(SECRET) * 9000 - 5),
    "empty": lambda: attachment(Shelf(b""), size=5),
    "not empty": lambda: attachment(Shelf(SECRET), size=0),
    "broken": lambda: attachment(Shelf(SECRET * 9000, breaks_at=PIECE)),
    "gone": lambda: Attachment("a.bin", "text/plain", 9, gone),
}


@pytest.mark.parametrize("name", UNSENDABLE)
def test_what_is_not_as_it_was_is_not_sent(name, box_client, box, answers, caplog):
    before, bad = Shelf(b"fine"), UNSENDABLE[name]()
    with pytest.raises(Unsendable) as caught:
        send(box_client, attachment(before, name="fine.bin"), bad)
    error = caught.value
    assert error.name == "a.bin"
    assert not error.retry_helps
    assert (error.words, error.raw, error.__context__, error.__cause__) == ("", b"", None, None)
    assert before.all_closed
    assert not isinstance(bad.open, Shelf) or bad.open.all_closed
    # What the remote answers is not to blame, so whoever listens is told nothing.
    assert answers == []
    for shown in (str(error), repr(error), caplog.text):
        assert SECRET.decode() not in shown
        assert KEY not in shown
        assert "/secret/path" not in shown
    # The connection was dropped, so the sandbox, which has half a request, knows nothing of it.
    send(box_client, attachment(before))
    assert len(box.account("martin").tickets) == 1
    assert [entry.operation for entry in box.received] == ["open_ticket"]


def test_the_sandbox_gets_the_bytes(box_client, box):
    content = bytes(n * n % 251 for n in range(300_000))
    ticket_id = send(box_client, attachment(Shelf(content)), attachment(Shelf(b""))).remote_id
    kept = box.account("martin").tickets[ticket_id].attachments
    assert [(file["size"], file["sha256"]) for file in kept] == [
        (len(content), sha256(content).hexdigest()),
        (0, sha256(b"").hexdigest()),
    ]


@pytest.mark.parametrize(
    "answer",
    [http(500, b'{"message": "later"}'), http(413, b'{"message": "too large"}'), http(429), []],
    ids=["500", "413", "429", "dropped"],
)
def test_it_is_sent_once_and_never_told(answer, client, server, answers, caplog):
    server.answers(answer or [server.RESET])
    shelf = Shelf(SECRET * 10_000)
    with pytest.raises(RemoteError) as caught:
        send(client, attachment(shelf))
    assert len(server.requests) == 1
    assert len(shelf.opened) == 1
    assert shelf.all_closed
    assert [(said.operation, said.error) for said in answers] == [("open_ticket", caught.value)]
    encoded = base64.b64encode(SECRET * 3).decode()
    for shown in (str(caught.value), repr(caught.value), caught.value.raw.decode(), caplog.text):
        assert encoded not in shown
        assert KEY not in shown


def test_progress_is_told_and_may_end_the_call(box_client, box):
    told = []
    shelf = Shelf(b"x" * PIECE * 4)
    send(box_client, attachment(shelf), progress=told.append)
    assert told == sorted(told)
    assert told[0] == 0
    assert told[-1] > len(shelf.content)

    class Lost(Exception):
        pass

    def lose(gone):
        if gone > PIECE:
            raise Lost

    with pytest.raises(Lost):
        send(box_client, attachment(shelf), progress=lose)
    assert shelf.all_closed
    send(box_client)
    assert len(box.account("martin").tickets) == 2


class Sink:
    """Takes connections, reads at most `reads` bytes of each, at `pace` bytes a second, answers `says`, and waits."""

    def __init__(self, reads=0, says=b"", pace=0, closes=False):
        self.reads, self.says, self.pace, self.closes = reads, says, pace, closes
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1"
        self.over = threading.Event()
        self.got = 0
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        with contextlib.suppress(OSError):
            connection, _ = self.listener.accept()
            with connection:
                self.drain(connection)
                connection.sendall(self.says)
                if not self.closes:
                    self.over.wait(20)

    def drain(self, connection):
        while self.got < self.reads and not self.over.is_set():
            piece = connection.recv(65536)
            if not piece:
                return
            self.got += len(piece)
            self.over.wait(len(piece) / self.pace if self.pace else 0)

    def close(self):
        self.over.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


@pytest.fixture
def sink():
    opened = []

    def open_sink(**how):
        opened.append(Sink(**how))
        return opened[-1]

    yield open_sink
    for each in opened:
        each.close()


BIG = 20_000_000


def big():
    return attachment(Shelf(b"x" * BIG))


def test_a_remote_that_stops_reading_is_left_after_a_silence(sink):
    client = TsImmoClient(sink().url, KEY, patience=Patience(read=0.3, total=30))
    began = time.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        send(client, big())
    assert time.monotonic() - began < 25
    client.close()


def test_a_remote_that_reads_slowly_is_left_when_the_time_for_the_size_is_over(sink):
    patience = Patience(read=5, total=0.5, upload=BIG)
    client = TsImmoClient(sink(reads=BIG * 2, pace=2_000_000).url, KEY, patience=patience)
    began = time.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        send(client, big())
    assert 1.5 < time.monotonic() - began < 9
    client.close()


def test_a_slow_upload_may_take_longer_than_a_call_without_files(sink):
    reads = 2_666_668  # a little less than all of it
    answer = http(200, b'{"id": "t-1"}')
    target = sink(reads=reads, pace=2_000_000, says=answer)
    client = TsImmoClient(target.url, KEY, patience=Patience(read=5, total=0.5, upload=500_000))
    began = time.monotonic()
    assert send(client, attachment(Shelf(b"x" * 2_000_000))).remote_id == "t-1"
    assert time.monotonic() - began > 0.5
    client.close()


def test_a_refusal_that_comes_while_we_send_is_read(sink):
    says = http(413, b'{"message": "Request entity too large"}', Connection="close")
    client = TsImmoClient(sink(reads=1000, says=says, closes=True).url, KEY)
    with pytest.raises((Refused, Unreachable)) as caught:
        send(client, big())
    assert "too large" in str(caught.value) or "dropped" in str(caught.value)
    client.close()


def test_yes_to_half_a_request_is_not_believed(monkeypatch, client, server):
    """As where the connection broke while we sent, and an answer was there all the same."""
    server.answers(http(200, b'{"id": "t-1"}'))
    monkeypatch.setattr(
        Upload, "whole", property(lambda upload: False, lambda upload, value: None), raising=False
    )
    with pytest.raises(Malformed, match="before everything was sent"):
        send(client, attachment(Shelf(b"x")))


def test_an_upload_takes_its_turn(server):
    server.answers(http(200, b"{}"))
    client = TsImmoClient(server.url, KEY, limiter=LocalLimiter(rate=5))
    began = time.monotonic()
    for _ in range(3):
        send(client, attachment(Shelf(b"x")))
    assert time.monotonic() - began >= 0.4
    client.close()


@pytest.mark.parametrize(("size", "seconds"), [(0, 30), (100_000_000, 230)])
def test_the_time_for_an_upload(size, seconds):
    """Three files of 25 MB stay within what a task may take, 300 seconds."""
    deadline = Patience().deadline(range(size))
    assert seconds - 1 < deadline.left() <= seconds
    assert deadline.piece == 20
