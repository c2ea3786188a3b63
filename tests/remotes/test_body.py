"""The body reader alone, on answers that never saw a socket."""

import contextlib
import gzip
import io
import tracemalloc
import zlib
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3 import HTTPResponse

from estates.remotes.body import PIECE, pieces
from estates.remotes.errors import Malformed


def answer(body, encoding=None):
    headers = {"Content-Encoding": encoding} if encoding else {}
    return HTTPResponse(io.BytesIO(body), headers=headers, preload_content=False)


def bare_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS = [
    (None, bytes),
    ("identity", bytes),
    ("gzip", gzip.compress),
    ("GZIP ", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", bare_deflate),
]


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
@given(data=st.binary(max_size=3000), times=st.integers(1, 100))
@settings(max_examples=25, deadline=None)
def test_what_was_packed_comes_out(encoding, pack, data, times):
    data = data * times
    got = list(pieces(answer(pack(data), encoding), limit=max(len(data), len(pack(data)))))
    assert b"".join(got) == data
    assert all(0 < len(piece) <= PIECE for piece in got)


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_one_byte_over_the_limit_is_malformed(encoding, pack):
    data = b"x" * 200_000
    got = io.BytesIO()
    with pytest.raises(Malformed, match="longer than 199999 bytes"):
        got.writelines(pieces(answer(pack(data), encoding), limit=199_999))
    assert got.getvalue() == data[:-1]


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_bomb_costs_little_memory(pack):
    bomb = pack(b"\0" * 200_000_000)
    tracemalloc.start()
    with pytest.raises(Malformed, match="longer"):
        deque(pieces(answer(bomb, "gzip"), limit=20_000_000), maxlen=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


def test_members_of_gzip_follow_each_other():
    body = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two") + b"\0" * 50
    assert b"".join(pieces(answer(body, "gzip"), limit=1000)) == b"one two"


@pytest.mark.parametrize("cut", [1, 8, 12])
def test_a_compressed_answer_without_its_end(cut):
    body = gzip.compress(b"a text that is long enough to be cut")[:-cut]
    with pytest.raises(Malformed, match="cut short") as caught:
        list(pieces(answer(body, "gzip"), limit=1000))
    assert caught.value.retry_helps


@pytest.mark.parametrize("body", [b"plain text", b"\x1f\x8bnonsense", b"\x78\x9c\xff\xff\xff"])
def test_broken_compression(body):
    with pytest.raises(Malformed, match=r"compression is broken|cut short") as caught:
        list(pieces(answer(body, "deflate"), limit=1000))
    assert caught.value.__context__ is None


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate"]))
def test_any_bytes_end_in_an_error_or_in_a_body(body, encoding):
    got = io.BytesIO()
    with contextlib.suppress(Malformed):
        got.writelines(pieces(answer(body, encoding), limit=10_000))
    assert got.tell() <= 10_000


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "x"])
def test_other_encodings_were_not_asked_for(encoding):
    with pytest.raises(Malformed, match="not asked for"):
        pieces(answer(b"x", encoding), limit=10)
