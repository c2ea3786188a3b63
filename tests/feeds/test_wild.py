"""What files in the wild do: each deviation has a feed of its own, and is read as it is meant."""

import gzip
from datetime import date
from decimal import Decimal

import pytest

from estates.feeds.listing import Action, Kind, Offer, Picture, Scope
from estates.feeds.outcomes import Note, Unreadable
from estates.feeds.reasons import Oddity, Reason
from tests.feeds.feeds import (
    AREAS,
    CATEGORY,
    DECLARATION,
    GEO,
    NAMESPACE,
    PERSON,
    PRICES,
    TEXTS,
    TRANSFER,
    feed,
    listing,
    only,
    provider,
    results,
    source,
    technical,
    written,
)
from tests.feeds.test_reading import EVERYTHING


@pytest.mark.parametrize(
    "text",
    [
        feed(listing(), namespace=""),
        feed(listing(), namespace=' xmlns="urn:another"'),
        feed(listing()).replace("<geo>", '<geo xmlns="">').replace("<anhaenge>", '<anhaenge xmlns="">'),
        feed(listing()).replace("<immobilie>", '<immobilie xmlns="">'),
        feed(listing())
        .replace("<", "<oi:")
        .replace("<oi:/", "</oi:")
        .replace("<oi:?", "<?")
        .replace("xmlns=", "xmlns:oi="),
        feed(listing()).replace("<immobilie>", '<immobilie xmlns:x="urn:x" x:id="7">'),
        feed(listing()).replace("<", "\n  <").replace("\n  </", "</").lstrip(),
        feed(listing()).replace("</immobilie>", "</immobilie \n>"),
    ],
    ids=[
        "none",
        "another",
        "taken back",
        "taken back by listings",
        "prefixed",
        "attributes",
        "indented",
        "blank in tag",
    ],
)
def test_namespaces(tmp_path, text):
    assert only(tmp_path, text).listing == EVERYTHING


@pytest.mark.parametrize(
    ("transfer", "scope"),
    [
        ("", Scope.UNSTATED),
        ("<uebertragung/>", Scope.UNSTATED),
        ('<uebertragung umfang="TEIL"/>', Scope.PARTIAL),
        ('<uebertragung umfang=" voll "/>', Scope.FULL),
        ('<uebertragung umfang="VOLL" modus="NEU"/>', Scope.FULL),
        (
            "<uebertragung><art>ONLINE</art><umfang> VOLL</umfang><modus>NEU</modus></uebertragung>",
            Scope.FULL,
        ),
        ("<uebertragung><umfang>TEIL</umfang></uebertragung>", Scope.PARTIAL),
    ],
)
def test_the_transfer(tmp_path, transfer, scope):
    text = feed(listing(), transfer=transfer)
    with source(tmp_path, text) as found:
        assert found.scope is scope
    assert only(tmp_path, text).listing.action is Action.ADD


def test_children_in_any_order(tmp_path):
    parts = [technical(), TEXTS, PERSON, PRICES, AREAS, GEO, CATEGORY]
    pictures = EVERYTHING.pictures
    found = only(tmp_path, feed(f"<immobilie>{''.join(parts)}</immobilie>")).listing
    assert (found.title, found.price, found.city, found.kind) == (
        "Vue mer",
        Decimal("320000.00"),
        "Nice",
        Kind.APARTMENT,
    )
    assert found.pictures == () != pictures


@pytest.mark.parametrize("missing", ["category", "geo", "person", "prices", "areas", "texts", "pictures"])
def test_sections_may_be_missing(tmp_path, missing):
    found = only(tmp_path, feed(listing(**{missing: ""})))
    assert (found.listing.external_id, found.notes) == ("M-1", ())


def test_almost_nothing_is_a_listing(tmp_path):
    found = only(tmp_path, feed(f"<immobilie>{technical()}</immobilie>")).listing
    assert (found.offer, found.kind, found.price, found.contact, found.pictures) == (
        None,
        None,
        None,
        None,
        (),
    )
    assert (found.latitude, found.city, found.country, found.floor) == (None, "", "", None)


def test_elements_that_are_empty_say_nothing(tmp_path):
    areas = (
        "<flaechen><wohnflaeche/><nutzflaeche></nutzflaeche><gesamtflaeche> 90 </gesamtflaeche>"
        "<anzahl_zimmer> </anzahl_zimmer></flaechen>"
    )
    found = only(tmp_path, feed(listing(areas=areas, prices="<preise><kaufpreis/></preise>")))
    assert (found.listing.surface, found.listing.rooms, found.listing.price, found.notes) == (
        Decimal(90),
        None,
        None,
        (),
    )


def test_the_second_of_two_elements_counts_where_the_first_is_empty(tmp_path):
    prices = "<preise><kaufpreis/><kaufpreis>5</kaufpreis><kaufpreis>6</kaufpreis></preise>"
    assert only(tmp_path, feed(listing(prices=prices))).listing.price == 5


def test_several_providers(tmp_path):
    text = (
        f"{DECLARATION}<openimmo>{TRANSFER}{provider(listing('A-1'), head='<firma>A</firma><anid>1</anid>')}"
        f"{provider(head='<firma>B</firma>')}{provider(*map(listing, ['C-1', 'C-2']), head='<firma>C</firma>')}"
        "</openimmo>"
    )
    assert [found.listing.external_id for found in results(tmp_path, text)] == ["A-1", "C-1", "C-2"]
    with source(tmp_path, text) as found:
        assert found.sender == "A"


def test_anid_for_openimmo_anid(tmp_path):
    text = feed(listing()).replace("openimmo_anid", "anid")
    assert only(tmp_path, text).listing == EVERYTHING


def test_listings_straight_below_the_root(tmp_path):
    assert only(tmp_path, f"<openimmo>{listing()}</openimmo>").listing == EVERYTHING


@pytest.mark.parametrize("word", ["true", "1", "TRUE", "ja"])
def test_booleans(tmp_path, word):
    category = (
        f'<objektkategorie><nutzungsart WOHNEN="nein" GEWERBE="{word}"/>'
        f'<vermarktungsart KAUF="FALSE" MIETE_PACHT="{word}"/></objektkategorie>'
    )
    found = only(tmp_path, feed(listing(category=category))).listing
    assert (found.offer, found.commercial) == (Offer.RENT, True)


def test_booleans_as_elements(tmp_path):
    offer = "<vermarktungsart><KAUF>0</KAUF><MIETE_PACHT>1</MIETE_PACHT></vermarktungsart>"
    category = f"<objektkategorie>{offer}</objektkategorie>"
    assert only(tmp_path, feed(listing(category=category))).listing.offer is Offer.RENT


@pytest.mark.parametrize(("said", "meant"), [("84,5", "84.5"), ("1.250,00", "1250.00"), ("84.50", "84.5")])
def test_numbers(tmp_path, said, meant):
    areas = f"<flaechen><wohnflaeche>{said}</wohnflaeche></flaechen>"
    assert only(tmp_path, feed(listing(areas=areas))).listing.surface == Decimal(meant)


@pytest.mark.parametrize("said", ["01.08.2015", "2015-08-01T09:30:10.1234567", "2015-08-01T09:30:10+02:00"])
def test_dates(tmp_path, said):
    text = feed(listing()).replace("2015-08-01", said)
    assert only(tmp_path, text).listing.updated == date(2015, 8, 1)


@pytest.mark.parametrize(
    ("land", "country"),
    [
        ('<land iso_land="DEU"/>', "DE"),
        ('<land iso_land="deu"/>', "DE"),
        ("<land>ESP</land>", "ES"),
        ("<land>PT</land>", "PT"),
    ],
)
def test_countries(tmp_path, land, country):
    assert only(tmp_path, feed(listing(geo=f"<geo>{land}</geo>"))).listing.country == country


def appendix(attributes: str, *children: str) -> str:
    return f"<anhang {attributes}>{''.join(children)}</anhang>"


def path(name: str) -> str:
    return f"<daten><pfad>{name}</pfad></daten>"


@pytest.mark.parametrize(
    ("item", "picture"),
    [
        (appendix("", path("bilder/x.jpg")), Picture(address="bilder/x.jpg")),
        (appendix("", "<format>JPG</format>", path("x")), Picture(address="x")),
        (appendix("", "<format>image/png</format>", path("x?id=7")), Picture(address="x?id=7")),
        (appendix("", path("https://a.example/x.PNG?w=7")), Picture(address="https://a.example/x.PNG?w=7")),
        (
            appendix('location="EXTERN" gruppe="BILD"', path("https://a.example/x")),
            Picture(address="https://a.example/x", group="BILD"),
        ),
        (
            appendix(
                'location="EXTERN" gruppe="grundriss"', "<anhangtitel>Plan</anhangtitel>", path("p.gif")
            ),
            Picture(address="p.gif", title="Plan", group="GRUNDRISS"),
        ),
        (appendix('gruppe="BILD"', "<pfad>x.jpg</pfad>"), Picture(address="x.jpg", group="BILD")),
        (
            appendix('location="INTERN" gruppe="BILD"', "<daten><anhanginhalt>QUJD</anhanginhalt></daten>"),
            Picture(address="", group="BILD"),
        ),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False], ids=["below anhaenge", "straight below the listing"])
def test_pictures(tmp_path, item, picture, wrapped):
    pictures = f"<anhaenge>{item}</anhaenge>" if wrapped else item
    found = only(tmp_path, feed(listing(pictures=pictures)))
    assert found.listing.pictures == (picture,)
    expected = () if picture.address else (Note(Oddity.PICTURE_INSIDE, "anhaenge/anhang", ""),)
    assert found.notes == expected


@pytest.mark.parametrize(
    "item",
    [
        appendix('gruppe="DOKUMENTE"', path("x.jpg")),
        appendix('gruppe="FILM"', path("x.mp4")),
        appendix("", path("expose.pdf")),
        appendix("", "<format>PDF</format>", path("x")),
    ],
)
def test_what_is_no_picture(tmp_path, item):
    found = only(tmp_path, feed(listing(pictures=item)))
    assert (found.listing.pictures, found.notes) == ((), ())


def test_a_picture_that_is_nowhere_is_noted(tmp_path):
    pictures = appendix('gruppe="BILD"', "<anhangtitel>Salon</anhangtitel>", path(""))
    found = only(tmp_path, feed(listing(pictures=pictures)))
    assert found.listing.pictures == ()
    assert found.notes == (Note(Oddity.PICTURE_WITHOUT_ADDRESS, "anhaenge/anhang", "Salon"),)


LATIN = DECLARATION.replace("UTF-8", "ISO-8859-1")
WINDOWS = DECLARATION.replace("UTF-8", "windows-1252")
LETTERS = "Küche – 25 €, “grand” œuvre"


@pytest.mark.parametrize(
    ("declaration", "encoding", "repaired"),
    [
        (DECLARATION, "utf-8", False),
        (DECLARATION, "utf-8-sig", False),
        ("", "utf-8", False),
        (WINDOWS, "windows-1252", False),
        (LATIN, "windows-1252", True),
        (LATIN, "utf-8", True),
        (LATIN, "utf-8-sig", True),
        (WINDOWS, "utf-8", True),
        (DECLARATION, "windows-1252", True),
        ("", "windows-1252", True),
        ("\n" + DECLARATION, "utf-8", True),
        (" \r\n" + WINDOWS, "windows-1252", True),
        (DECLARATION.replace("UTF-8", "UTF-16"), "utf-8", True),
        (DECLARATION.replace("UTF-8", "UTF-16"), "utf-16", True),
        (DECLARATION.replace("UTF-8", "UTF-16"), "utf-16-le", True),
        (DECLARATION, "utf-16-be", True),
    ],
)
def test_encodings(tmp_path, declaration, encoding, repaired):
    texts = f"<freitexte><objekttitel>{LETTERS}</objekttitel></freitexte>"
    text = feed(listing(texts=texts), declaration=declaration)
    with source(tmp_path, text, encoding) as found:
        assert found.repaired is repaired
        assert found.encoding == ("utf-8" if repaired else encoding.removesuffix("-sig"))
    assert only(tmp_path, text, encoding).listing.title == LETTERS


@pytest.mark.parametrize("encoding", ["iso-8859-1", "iso-8859-15", "iso-8859-2", "windows-1250"])
def test_encodings_that_are_what_they_say(tmp_path, encoding):
    text = feed(listing(), declaration=DECLARATION.replace("UTF-8", encoding)).replace("Façade", "Küche")
    with source(tmp_path, text, encoding) as found:
        assert (found.repaired, found.encoding) == (False, encoding)
    assert only(tmp_path, text, encoding).listing.pictures[0].title == "Küche"


def test_bytes_that_no_encoding_has_are_left_out(tmp_path):
    content = feed(listing(), declaration=WINDOWS).encode("windows-1252").replace(b"Vue mer", b"Vue\x81 mer")
    assert only(tmp_path, content).listing.title == "Vue mer"


def test_utf_8_with_some_other_bytes_in_it(tmp_path):
    content = feed(listing()).encode().replace(b"Vue mer", b"Vue \xe9t\xe9, caf\xc3\xa9")
    assert only(tmp_path, content).listing.title == "Vue été, café"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Bien & beau", "Bien & beau"),
        ("Bien &amp; beau & cher", "Bien & beau & cher"),
        ("R&D; et Q&A", "R&D; et Q&A"),
        ("a&nbsp;b&eacute;&euro;", "a\xa0bé€"),
        ("a&#11;b&#x1F;c", "abc"),
        ("a\x00b\x0bc\x1fd", "abcd"),
        ("1 &lt; 2 &#38; &#233; & 3", "1 < 2 & é & 3"),
        ("<![CDATA[a & b &nbsp;]]> & c", "a & b &nbsp; & c"),
        ("<!-- & --> & c", "& c"),
    ],
)
def test_repairs(tmp_path, said, meant):
    text = feed(listing(texts=f"<freitexte><objekttitel>{said}</objekttitel></freitexte>"))
    with source(tmp_path, text) as found:
        assert found.repaired
    assert only(tmp_path, text).listing.title == meant


def test_ampersands_in_cdata_need_no_repair(tmp_path):
    text = feed(listing(texts="<freitexte><objekttitel><![CDATA[a & b]]></objekttitel></freitexte>"))
    with source(tmp_path, text) as found:
        assert not found.repaired
    assert only(tmp_path, text).listing.title == "a & b"


@pytest.mark.parametrize("offset", range(0, 45, 3))
def test_repairs_across_the_edges_of_blocks(tmp_path, monkeypatch, offset):
    from estates.feeds import repair, signs

    said = "é&nbsp;b<![CDATA[ & ]]> & <!-- & -->&#11;&eacute;&" * 8
    text = feed(listing(texts=f"<freitexte><objekttitel>{'x' * offset}{said}</objekttitel></freitexte>"))
    expected = only(tmp_path, text).listing
    monkeypatch.setattr(repair, "BLOCK", 61)
    monkeypatch.setattr(signs, "BLOCK", 61)
    assert only(tmp_path, text).listing == expected
    assert expected.title.count("é\xa0b &  & é&") == 8


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Reason.NOT_A_FEED),
        (b"   \n", Reason.NOT_A_FEED),
        (b"nothing like it", Reason.NOT_A_FEED),
        (b"%PDF-1.7 \x00\x01", Reason.NOT_A_FEED),
        (gzip.compress(b"<openimmo/>", mtime=0), Reason.NOT_A_FEED),
        (b"<html><body>502</body></html>", Reason.NOT_A_FEED),
        (b"<openimmo_feedback><version>1.2.7</version></openimmo_feedback>", Reason.NOT_A_FEED),
        (b"<openimmo/>", Reason.EMPTY),
        (feed().encode(), Reason.EMPTY),
        (b"<client><code>7</code></client>", Reason.EMPTY),
        (feed(listing()).encode()[:-20], Reason.NOT_XML),
        (b"\xef\xbb\xbf \n" + feed(listing()).encode()[:-20], Reason.NOT_XML),
        (feed(listing()).replace("UTF-8", "UTF-16")[:-20].encode("utf-16"), Reason.NOT_XML),
        (feed(listing()).replace("UTF-8", "UTF-16")[:-20].encode("utf-16-be"), Reason.NOT_XML),
        (feed(listing()).encode() + b"<openimmo/>", Reason.NOT_XML),
        (feed(listing()).replace("UTF-8", "UTF-7").encode(), Reason.ENCODING),
        (feed(listing()).replace("UTF-8", "EBCDIC-CP-US").encode(), Reason.ENCODING),
        (feed(listing()).encode("utf-32"), Reason.ENCODING),
    ],
)
def test_what_nothing_is_taken_from(tmp_path, content, reason):
    with pytest.raises(Unreadable) as refused, source(tmp_path, content):
        pass
    assert refused.value.reason is reason


def test_a_repair_that_does_not_help_is_told_with_its_line(tmp_path):
    text = feed("\n" + listing()).replace("Vue mer", "Vue & mer").replace("</geo>", "</gea>")
    with pytest.raises(Unreadable) as refused, source(tmp_path, text):
        pass
    assert (refused.value.reason, refused.value.line) == (Reason.NOT_XML, 3)


def test_the_file_itself_stays_as_it_came(tmp_path):
    content = feed(listing()).replace("Vue mer", "Vue & mer").encode()
    with source(tmp_path, content):
        pass
    assert written(tmp_path, content).read_bytes() == content
    assert NAMESPACE.encode() in content
