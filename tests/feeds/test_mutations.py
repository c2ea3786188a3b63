"""Feeds with accidents: whatever happens to a file, it is read, or refused by name, and never anything else."""

import random

import pytest

from estates.feeds.outcomes import SetApart, Unreadable
from estates.feeds.reading import opened, read
from estates.feeds.splitting import split
from tests.feeds.feeds import feed, listing, written, zipped
from tests.feeds.test_splitting import ODD

PIECES = [
    *(
        "<",
        ">",
        "</immobilie>",
        "<immobilie>",
        "<immobilie/>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "&",
        "&#0;",
        '"',
    ),
    *(
        "\x00",
        "\x1f",
        "ü",
        "</anbieter>",
        "<anbieter>",
        "</openimmo>",
        "<!DOCTYPE x>",
        "<?x?>",
        "'",
        "/>",
        " ",
    ),
]


def accident(content: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(content)), chance.choice([0, 0, 1, 5, 40])
    put = chance.choice([b"", chance.randbytes(2), chance.choice(PIECES).encode()])
    return content[:at] + put + content[at + length :]


def outcome(path, into) -> tuple[list[int], list[int]] | str:
    """The ordinals that are read, and those that are split, or why neither works."""
    try:
        with opened(path) as source:
            results = list(read(source))
            chunks = list(split(source, into, most=3))
    except Unreadable as refused:
        return refused.reason
    assert not any(isinstance(chunk, SetApart) for chunk in chunks)
    for chunk in chunks:
        with opened(chunk.path) as again:
            assert len(list(read(again))) == len(chunk.ordinals)
    return [result.ordinal for result in results], [one for chunk in chunks for one in chunk.ordinals]


@pytest.mark.parametrize("seed", range(150))
def test_accidents_to_xml(tmp_path, seed):
    chance = random.Random(seed)
    content = feed(listing("M-1"), *ODD[:-1], listing("M-2")).encode()
    for _ in range(chance.choice([1, 1, 2, 5])):
        content = accident(content, chance)
    found = outcome(written(tmp_path, content), tmp_path)
    if not isinstance(found, str):
        assert found[0] == found[1] == list(range(len(found[0])))


@pytest.mark.parametrize("seed", range(60))
def test_accidents_to_zips(tmp_path, seed):
    chance = random.Random(seed)
    content = zipped(tmp_path, {"index.xml": feed(*map(listing, "abc")), "x.jpg": b"x" * 50}).read_bytes()
    assert outcome(written(tmp_path, accident(content, chance), "accident.zip"), tmp_path)
