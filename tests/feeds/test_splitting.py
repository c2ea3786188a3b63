import re

import pytest

from estates.feeds.listing import Scope
from estates.feeds.outcomes import SetApart, Unreadable
from estates.feeds.reading import opened, read
from estates.feeds.reasons import Reason
from estates.feeds.splitting import Chunk, split, whole
from tests.feeds.feeds import DECLARATION, NAMESPACE, TRANSFER, feed, listing, provider, source, written


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "chunks"
    folder.mkdir()
    return folder


def listings(path):
    with opened(path) as found:
        return [result.listing for result in read(found)]


def records(content: bytes) -> list[bytes]:
    return re.findall(rb"<immobilie.*?</immobilie>", content, re.DOTALL)


@pytest.mark.parametrize("most", [1, 2, 3, 6, 7, 500])
def test_every_listing_comes_once_and_unchanged(tmp_path, into, most):
    text = feed(*(listing(f"M-{n}") + "\n" for n in range(7)))
    with source(tmp_path, text) as found:
        chunks = list(split(found, into, most=most))
        expected = [result.listing for result in read(found)]
    assert [len(chunk.ordinals) for chunk in chunks[:-1]] == [most] * (len(chunks) - 1)
    assert sum((chunk.ordinals for chunk in chunks), ()) == tuple(range(7))
    assert [found for chunk in chunks for found in listings(chunk.path)] == expected
    copied = [record for chunk in chunks for record in records(chunk.path.read_bytes())]
    assert copied == records(text.encode())
    for chunk in chunks:
        assert (chunk.content_type, chunk.size) == ("application/xml", chunk.path.stat().st_size)


def test_one_chunk_is_the_file_but_for_its_scope(tmp_path, into):
    text = feed("<!-- a -->", listing("M-1"), "<!-- b -->\n", listing("M-2"), "<x/>", "<!-- c -->")
    with source(tmp_path, text) as found:
        (chunk,) = split(found, into)
    assert chunk.path.read_bytes() == text.replace("VOLL", "TEIL").encode()


def test_one_file_at_a_time(tmp_path, into):
    with source(tmp_path, feed(*(listing(f"M-{n}") for n in range(6)))) as found:
        for chunk in split(found, into, most=2):
            assert list(into.iterdir()) == [chunk.path]
            chunk.path.unlink()


def test_only_what_is_wanted(tmp_path, into):
    text = feed(listing("M-0"), "<!-- one -->", listing("M-1"), "<!-- two -->", listing("M-2"))
    with source(tmp_path, text) as found:
        (chunk,) = split(found, into, wanted=lambda ordinal: ordinal != 1)
        nothing = list(split(found, into, wanted=lambda ordinal: False))
    assert (chunk.ordinals, nothing) == ((0, 2), [])
    content = chunk.path.read_text()
    assert [found.external_id for found in listings(chunk.path)] == ["M-0", "M-2"]
    assert "one" not in content


@pytest.mark.parametrize(
    "transfer",
    [
        TRANSFER,
        "<uebertragung sendersoftware='a>b' umfang='VOLL'/>",
        '<uebertragung umfang=" voll "></uebertragung>',
        "<uebertragung><umfang> VOLL </umfang></uebertragung>",
    ],
)
def test_chunks_of_a_full_transfer_are_partial(tmp_path, into, transfer):
    text = feed(listing("M-1"), listing("M-2"), transfer=transfer)
    with source(tmp_path, text) as found:
        assert found.scope is Scope.FULL
        chunks = list(split(found, into, most=1))
    for chunk in chunks:
        with opened(chunk.path) as again:
            assert again.scope is Scope.PARTIAL


def test_a_listing_that_says_voll_keeps_it(tmp_path, into):
    said = '<freitexte><lage umfang="VOLL">umfang="VOLL"</lage></freitexte>'
    with source(tmp_path, feed(listing(texts=said))) as found:
        (chunk,) = split(found, into)
    assert said.encode() in chunk.path.read_bytes()


def test_providers_keep_their_own_heads(tmp_path, into):
    text = (
        f"{DECLARATION}<openimmo{NAMESPACE}>{TRANSFER}"
        f"{provider(listing('A-1'), listing('A-2'), head='<firma>A</firma>')}\n"
        f"{provider(head='<firma>B</firma>')}"
        f"{provider(listing('C-1'), head='<firma>C</firma>')}<user_defined_anyfield/></openimmo>"
    )
    with source(tmp_path, text) as found:
        first, second = split(found, into, most=2)
    assert [found.external_id for found in listings(second.path)] == ["C-1"]
    for chunk, there, elsewhere in ((first, "A", "C"), (second, "C", "A")):
        content = chunk.path.read_text()
        assert f"<firma>{there}</firma>" in content
        assert f"<firma>{elsewhere}</firma>" not in content
        assert "<firma>B</firma><" in content  # what stands between providers goes along with each
        assert content.startswith(DECLARATION + "<openimmo")
        assert content.endswith("<user_defined_anyfield/></openimmo>")


def test_a_chunk_across_providers(tmp_path, into):
    text = f"<openimmo>{provider(listing('A-1'))} {provider(listing('B-1'), listing('B-2'))}</openimmo>"
    with source(tmp_path, text) as found:
        first, second = split(found, into, most=2)
    assert [found.external_id for found in listings(first.path)] == ["A-1", "B-1"]
    assert first.path.read_text().count("<anbieter>") == 2
    assert second.path.read_text().count("<anbieter>") == 1


def test_what_stands_among_listings_goes_along_with_each_chunk(tmp_path, into):
    text = feed(
        listing("M-1"), "<firma>Late</firma><lizenzkennung/>", listing("M-2"), listing("M-3"), "<last/>"
    )
    with source(tmp_path, text) as found:
        chunks = list(split(found, into, most=1))
    for number, chunk in enumerate(chunks, 1):
        content = chunk.path.read_text()
        assert content.count("<firma>Late</firma><lizenzkennung/>") == content.count("<last/>") == 1
        assert [found.external_id for found in listings(chunk.path)] == [f"M-{number}"]


def test_no_chunk_has_more_bytes_than_it_may(tmp_path, into):
    text = feed(*(listing(f"M-{n}", texts="<t>" + "x" * (n * 37 % 500) + "</t>") for n in range(40)))
    with source(tmp_path, text) as found:
        chunks = list(split(found, into, most_bytes=6000))
    assert sum((chunk.ordinals for chunk in chunks), ()) == tuple(range(40))
    assert max(chunk.size for chunk in chunks) <= 6000
    assert min(chunk.size for chunk in chunks[:-1]) > 3500


def test_a_listing_that_fits_nowhere_is_set_apart(tmp_path, into):
    text = feed("\n", listing("M-0"), "\n", listing("M-1", texts="x" * 9000), "\n", listing("M-2"))
    with source(tmp_path, text) as found:
        first, apart, second = split(found, into, most_bytes=6000)
    assert apart == SetApart(1, 3, "", "immobilie", Reason.TOO_LARGE)
    assert (first.ordinals, second.ordinals) == ((0,), (2,))


ODD = [
    listing("M-0", texts="<t><![CDATA[</immobilie><immobilie>]]> immobilien <immobilienart/></t>"),
    "<immobilie/>",
    "<immobilie id='a>b' />",
    "<immobilie></immobilie>",
    "<immobilie>/></immobilie>",
    "<immobilie immobilie='immobilie >'>" + listing("M-9") + "<immobilie/><x/></immobilie\n>",
    "<!-- <immobilie> -->" + listing("M-6", texts="<t immobilie='/>'/><t>immobilie</t><!-- </immobilie> -->"),
    listing("M-7", technical="<a/><immobilie immobilie='b/>'><c/></immobilie>"),
]


@pytest.mark.parametrize("block", [7, 64, 100_000])
def test_odd_listings_are_cut_where_they_end(tmp_path, into, monkeypatch, block):
    from estates.feeds import layout

    monkeypatch.setattr(layout, "BLOCK", block)
    text = feed(*ODD)
    with source(tmp_path, text) as found:
        chunks = list(split(found, into, most=1))
        ordinals = [result.ordinal for result in read(found)]
    assert ordinals == list(range(len(ODD)))
    assert [chunk.ordinals for chunk in chunks] == [(number,) for number in ordinals]
    head, tail = text.replace("VOLL", "TEIL").split("".join(ODD))
    for chunk, odd in zip(chunks, ODD, strict=True):
        assert chunk.path.read_text() in (
            head + odd + tail,
            head + odd.removeprefix("<!-- <immobilie> -->") + tail,
        )


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-8-sig"])
def test_other_encodings_are_copied_as_they_are(tmp_path, into, encoding):
    declaration = DECLARATION.replace("UTF-8", encoding.removesuffix("-sig"))
    text = feed(
        *(listing(f"M-{n}").replace("Vue mer", "Été œuvre") for n in range(4)), declaration=declaration
    )
    with source(tmp_path, text, encoding) as found:
        chunks = list(split(found, into, most=2))
    assert [found.title for chunk in chunks for found in listings(chunk.path)] == ["Été œuvre"] * 4
    (again,) = {len(records(chunk.path.read_bytes())) for chunk in chunks}
    assert again == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_repaired_ones_are_split_as_they_were_repaired(tmp_path, into, encoding):
    text = feed(listing("M-1").replace("Vue mer", "Ete & mer"), listing("M-2"))
    with source(tmp_path, text, encoding) as found:
        assert whole(found) is None
        chunks = list(split(found, into, most=1))
    for chunk in chunks:
        with opened(chunk.path) as again:
            assert not again.repaired
    assert listings(chunks[0].path)[0].title == "Ete & mer"


def test_the_whole_file(tmp_path):
    text = feed(listing("M-1"), listing("M-2"))
    with source(tmp_path, text) as found:
        size = len(text.encode())
        assert whole(found) == Chunk(found.path, "application/xml", size, (0, 1))
        assert whole(found, most=2, most_bytes=size) is not None
        assert whole(found, most=1) is None
        assert whole(found, most_bytes=size - 1) is None
        assert whole(found, wanted=lambda ordinal: ordinal == 0) is None


def test_a_file_that_breaks_off_in_the_middle_gives_no_chunk(tmp_path, into):
    text = feed(listing("M-1"), listing("M-2").replace("</geo>", "</gea>"))
    with source(tmp_path, text) as found, pytest.raises(Unreadable) as refused:
        next(split(found, into, most=1))
    assert refused.value.reason is Reason.NOT_XML
    assert list(into.iterdir()) == []


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        ("MOST_LISTINGS", feed(*["<immobilie/>"] * 5)),
        ("MOST_FRAMES", "<openimmo>" + "<anbieter><immobilie/></anbieter>" * 5 + "</openimmo>"),
        ("MOST_EXTRAS", feed(*["<immobilie/><x/>"] * 5)),
        ("MOST_DEPTH", "<openimmo><immobilie/>" + "<a>" * 5 + "</a>" * 5 + "</openimmo>"),
    ],
)
def test_more_than_any_feed_has(tmp_path, monkeypatch, limit, text):
    from estates.feeds import layout

    with source(tmp_path, text) as found:
        assert found.layout
    monkeypatch.setattr(layout, limit, 3)
    with source(tmp_path, text) as found, pytest.raises(Unreadable) as refused:
        _ = found.layout
    assert refused.value.reason is Reason.BOMB


def test_idealista_is_split_too(tmp_path, into):
    record = "<inmueble><referencia>{}</referencia><provincia>Lisboa</provincia></inmueble>"
    text = f"<inmuebles>{''.join(record.format(n) for n in range(5))}</inmuebles>"
    with source(tmp_path, text) as found:
        assert (found.format, whole(found, most=5).ordinals) == ("idealista", (0, 1, 2, 3, 4))
        chunks = list(split(found, into, most=2))
    assert [found.external_id for chunk in chunks for found in listings(chunk.path)] == list("01234")


def test_idealista_s_own_is_split_too(tmp_path, into):
    properties = "<property><id>{}</id></property>"
    text = (
        "<client><code>7</code><secondhandListing>"
        + "".join(properties.format(n) for n in range(3))
        + "</secondhandListing><newdevelopments>"
        + properties.format(3)
        + "</newdevelopments></client>"
    )
    path = written(tmp_path, text)
    with opened(path) as found:
        chunks = list(split(found, into, most=2))
        assert found.sender == "7"
    assert chunks[1].path.read_text() == (
        "<client><code>7</code><secondhandListing><property><id>2</id></property></secondhandListing>"
        "<newdevelopments><property><id>3</id></property></newdevelopments></client>"
    )
