"""One listing with everything, and what makes one unusable."""

import random
from datetime import date
from decimal import Decimal

import pytest

from estates.feeds import patient, reading, trees
from estates.feeds.listing import Action, Contact, Kind, Listing, Offer, Picture, Scope
from estates.feeds.openimmo_words import DETAIL_ATTRIBUTES, KINDS
from estates.feeds.outcomes import Note, Read, SetApart
from estates.feeds.reading import Unreadable, read
from estates.feeds.reasons import Oddity, Reason
from tests.feeds.feeds import DECLARATION, feed, listing, only, provider, results, source, technical

EVERYTHING = Listing(
    external_id="M-1",
    offer=Offer.SALE,
    kind=Kind.APARTMENT,
    kind_detail="ETAGE",
    title="Vue mer",
    description="Au calme.",
    price=Decimal("320000.00"),
    currency="EUR",
    street="Rue Gioffredo",
    house_number="7 bis",
    postal_code="06000",
    city="Nice",
    region="PACA",
    country="FR",
    latitude=43.7,
    longitude=7.26,
    surface=Decimal("84.5"),
    land_surface=Decimal(120),
    rooms=Decimal("3.5"),
    bedrooms=Decimal(2),
    bathrooms=Decimal(1),
    floor=3,
    pictures=(Picture(address="https://pictures.example/1.jpg", title="Façade", group="TITELBILD"),),
    contact=Contact(name="Ana Martin", email="ana@martin.example", phone="+33 4 93 00 00 00"),
    updated=date(2015, 8, 1),
)


def test_a_listing_with_everything(tmp_path):
    assert only(tmp_path, feed(listing())) == Read(0, 2, EVERYTHING)


def test_the_source_says_what_it_is(tmp_path):
    with source(tmp_path, feed(listing())) as found:
        assert (found.format, found.container, found.encoding) == ("openimmo", "xml", "utf-8")
        assert (found.scope, found.sender, found.repaired, found.names) == (
            Scope.FULL,
            "Agence Martin",
            False,
            (),
        )
        assert found.xml == found.path


def test_nothing_stays_behind(tmp_path):
    with source(tmp_path, feed(listing()).replace("calme", "c&nbsp;alme")) as found:
        assert found.xml.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["feed.xml"]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind(tmp_path, name):
    kind = KINDS[name]
    category = (
        f'<objektkategorie><objektart><{name} {DETAIL_ATTRIBUTES[kind]}="X"/></objektart></objektkategorie>'
    )
    found = only(tmp_path, feed(listing(category=category))).listing
    assert (found.kind, found.kind_detail, found.offer) == (kind, "X", None)


@pytest.mark.parametrize(
    ("aktion", "action"),
    [
        ("", Action.ADD),
        ('<aktion aktionart="CHANGE"/>', Action.CHANGE),
        ('<aktion aktionart="DELETE"/>', Action.DELETE),
        ('<aktion aktionart="delete"/>', Action.DELETE),
        ('<aktion aktionart="REFERENZ"/>', Action.REFERENCE),
        ('<aktion aktionart=""/>', Action.ADD),
        ("<aktion>DELETE</aktion>", Action.DELETE),
    ],
)
def test_actions(tmp_path, aktion, action):
    assert only(tmp_path, feed(listing(technical=technical(more=aktion)))).listing.action is action


@pytest.mark.parametrize(
    ("modus", "action"),
    [("NEU", Action.ADD), ("NEW", Action.ADD), ("CHANGE", Action.CHANGE), ("DELETE", Action.DELETE)],
)
def test_the_transfer_s_mode_counts_where_a_listing_says_nothing(tmp_path, modus, action):
    text = feed(
        listing(), listing("M-2", technical=technical("M-2", '<aktion aktionart="REFERENZ"/>'))
    ).replace("umfang=", f'modus="{modus}" umfang=')
    first, second = results(tmp_path, text)
    assert (first.listing.action, second.listing.action) == (action, Action.REFERENCE)


def test_rents(tmp_path):
    rented = listing(
        category='<objektkategorie><vermarktungsart KAUF="false" MIETE_PACHT="true"/></objektkategorie>',
        prices="<preise><kaufpreis>0</kaufpreis><kaltmiete>1.250,00</kaltmiete></preise>",
    )
    found = only(tmp_path, feed(rented)).listing
    assert (found.offer, found.price, found.currency) == (Offer.RENT, Decimal("1250.00"), "")


def test_commercial_ones(tmp_path):
    category = '<objektkategorie><nutzungsart WOHNEN="0" GEWERBE="1"/></objektkategorie>'
    assert only(tmp_path, feed(listing(category=category))).listing.commercial is True


def test_a_listing_without_a_number_is_set_apart(tmp_path):
    nameless = listing(technical="<verwaltung_techn><objektnr_extern> </objektnr_extern></verwaltung_techn>")
    first, second = results(tmp_path, feed(nameless, "\n", listing("M-2")))
    path = "immobilie/verwaltung_techn/objektnr_extern"
    assert first == SetApart(0, 2, "", path, Reason.NO_NUMBER)
    assert (second.ordinal, second.line, second.listing.external_id) == (1, 3, "M-2")


@pytest.mark.parametrize(
    ("numbers", "number", "field"),
    [
        ("<objektnr_intern>17</objektnr_intern><openimmo_obid>O-1</openimmo_obid>", "O-1", "openimmo_obid"),
        ("<objektnr_intern>17</objektnr_intern><openimmo_obid/>", "17", "objektnr_intern"),
    ],
)
def test_other_numbers_serve_and_are_noted(tmp_path, numbers, number, field):
    found = only(tmp_path, feed(listing(technical=f"<verwaltung_techn>{numbers}</verwaltung_techn>")))
    assert found.listing.external_id == number
    assert found.notes == (Note(Oddity.NUMBER_FROM_OTHER_FIELD, f"verwaltung_techn/{field}", number),)


def test_a_number_seen_twice_is_noted(tmp_path):
    first, second, third = results(tmp_path, feed(listing("M-1"), listing("M-1"), listing("M-2")))
    assert (first.notes, third.notes) == ((), ())
    assert [(note.code, note.words) for note in second.notes] == [(Oddity.NUMBER_SEEN_TWICE, "M-1")]


def test_only_so_many_numbers_are_remembered(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_NUMBERS", 1)
    found = results(tmp_path, feed(*map(listing, ["M-1", "M-2", "M-2", "M-1"])))
    assert [len(result.notes) for result in found] == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("parts", "code", "path", "words"),
    [
        (
            {"prices": "<preise><kaufpreis>auf Anfrage</kaufpreis></preise>"},
            Oddity.NOT_A_NUMBER,
            "preise/kaufpreis",
            "auf Anfrage",
        ),
        (
            {"geo": '<geo><geokoordinaten breitengrad="x" laengengrad=""/></geo>'},
            Oddity.NOT_A_NUMBER,
            "geo/geokoordinaten@breitengrad",
            "x",
        ),
        ({"geo": '<geo><land iso_land="XXQ"/></geo>'}, Oddity.UNKNOWN_COUNTRY, "geo/land@iso_land", "XXQ"),
        (
            {"category": "<objektkategorie><objektart><schloss/></objektart></objektkategorie>"},
            Oddity.UNKNOWN_KIND,
            "objektkategorie/objektart/schloss",
            "",
        ),
        (
            {"category": '<objektkategorie><vermarktungsart TAUSCH="1"/></objektkategorie>'},
            Oddity.UNKNOWN_OFFER,
            "objektkategorie/vermarktungsart",
            "TAUSCH",
        ),
        (
            {"technical": technical(more='<aktion aktionart="PARK"/>')},
            Oddity.UNKNOWN_ACTION,
            "verwaltung_techn/aktion@aktionart",
            "PARK",
        ),
        (
            {"technical": technical().replace("2015-08-01", "gestern")},
            Oddity.NOT_A_DATE,
            "verwaltung_techn/stand_vom",
            "gestern",
        ),
    ],
)
def test_a_bad_field_costs_no_listing(tmp_path, parts, code, path, words):
    found = only(tmp_path, feed(listing(**parts)))
    assert found.listing.external_id == "M-1"
    assert found.notes == (Note(code, path, words),)


def test_a_listing_that_is_nested_too_deeply_is_set_apart(tmp_path):
    deep = listing("M-1", texts="<a>" * 301 + "</a>" * 301)
    fine = listing("M-2", texts="<a>" * 250 + "</a>" * 250)
    many = listing("M-3", texts="<a/>" * 900)
    first, *others = results(tmp_path, feed(deep, fine, many))
    assert first == SetApart(0, 2, "", "", Reason.TOO_DEEP)
    assert [other.listing.external_id for other in others] == ["M-2", "M-3"]


def test_listings_in_comments_and_cdata_are_none(tmp_path):
    texts = "<freitexte><objekttitel><![CDATA[</immobilie><immobilie>]]></objekttitel></freitexte>"
    text = feed(
        "<!-- " + listing("M-0") + " -->", listing("M-1", texts=texts), "<immobilie/>", listing("M-2")
    )
    first, empty, second = results(tmp_path, text)
    assert (first.listing.title, first.ordinal) == ("</immobilie><immobilie>", 0)
    assert isinstance(empty, SetApart)
    assert (second.listing.external_id, second.ordinal) == ("M-2", 2)


def test_a_listing_in_a_comment_behind_the_end(tmp_path):
    text = feed(listing("M-1"), listing("M-2")) + f"<!-- {listing('M-3')} -->"
    assert [result.listing.external_id for result in results(tmp_path, text)] == ["M-1", "M-2"]


def test_a_long_comment_before_the_beginning(tmp_path):
    text = (
        DECLARATION
        + "<!-- > -->" * 60_000
        + "<openimmo>"
        + provider(listing("M-1"), listing("M-2"))
        + "</openimmo>"
    )
    assert [result.listing.external_id for result in results(tmp_path, text)] == ["M-1", "M-2"]


@pytest.mark.parametrize("end", ["</a>" * 5000 + listing("M-2"), "<x>" * 200_000])
def test_what_is_nested_too_deeply_beside_the_listings(tmp_path, end):
    text = feed(listing("M-1"), "\n", "<a>" * 5000 + end)
    with source(tmp_path, text.replace("</anbieter>", "" if "<x>" in end else "</anbieter>")) as found:
        with pytest.raises(Unreadable) as refused:
            list(read(found))
        assert (refused.value.reason, refused.value.line) == (Reason.BOMB, 3)


def test_a_listing_inside_of_a_listing_is_a_part_of_it(tmp_path):
    nested = listing("M-1").replace("</immobilie>", listing("M-9") + "</immobilie>")
    assert [result.listing.external_id for result in results(tmp_path, feed(nested, listing("M-2")))] == [
        "M-1",
        "M-2",
    ]


def test_lines(tmp_path):
    text = (
        DECLARATION
        + "<openimmo>\n"
        + provider("\n\n", *(listing(f"M-{n}") + "\n" for n in range(300)))
        + "</openimmo>"
    )
    assert [result.line for result in results(tmp_path, text)] == list(range(5, 305))


def test_listings_come_while_the_file_is_read(tmp_path):
    text = feed(*(listing(f"M-{n}") for n in range(200)))
    with source(tmp_path, text) as found:
        found.path.write_text(text[: len(text) // 2])
        seen = []
        with pytest.raises(Unreadable) as refused:
            seen.extend(result.listing.external_id for result in read(found))
    assert seen == [f"M-{n}" for n in range(len(seen))]
    assert 50 < len(seen) < 150
    assert (refused.value.reason, refused.value.line) == (Reason.NOT_XML, 2)


def test_tags_that_do_not_match_are_told_by_the_reader(tmp_path):
    text = feed(listing("M-1"), listing("M-2").replace("</geo>", "</gea>"))
    with source(tmp_path, text) as found:
        results_ = read(found)
        with pytest.raises(Unreadable) as refused:
            list(results_)
    assert refused.value.reason is Reason.NOT_XML
    assert "mismatched tag" in refused.value.words


class TestVeryLargeListings:
    """From half a megabyte on, the rest of a file is read with limits inside of a listing."""

    INSIDE = (
        '<anhaenge><anhang gruppe="BILD"><anhangtitel>In</anhangtitel>'
        "<daten><anhanginhalt>{}</anhanginhalt></daten></anhang></anhaenge>"
    )

    def test_pictures_inside_are_no_trouble(self, tmp_path):
        large = listing("M-2", pictures=self.INSIDE.format("QUJD" * 500_000))
        before, found, after = results(tmp_path, feed(listing("M-1"), "\n", large, "\n", listing("M-3")))
        assert (found.ordinal, found.line, found.listing.external_id) == (1, 3, "M-2")
        assert found.listing.pictures == (Picture(address="", title="In", group="BILD"),)
        assert found.notes == (Note(Oddity.PICTURE_INSIDE, "anhaenge/anhang", "In"),)
        assert (before.listing.title, after.ordinal, after.line) == ("Vue mer", 2, 4)

    def test_both_ways_of_reading_give_the_same(self, tmp_path, monkeypatch):
        text = feed(listing("M-1"), "\n<immobilie/>", listing("M-2"), "\n", listing("M-2"))
        quick = results(tmp_path, text)
        monkeypatch.setattr(trees, "MOST_AT_ONCE", 0)
        monkeypatch.setattr(trees, "BLOCK", 100)
        assert results(tmp_path, text) == quick

    @pytest.mark.parametrize("seed", range(8))
    def test_both_ways_give_the_same_lines_in_any_order(self, tmp_path, monkeypatch, seed):
        chance = random.Random(seed)
        parts = [
            listing("M-1"),
            listing("M-2").replace("<immobilie>", '<immobilie\n x="1"\n>'),
            listing("M-3").replace("Au calme.", "<![CDATA[</immobilie>\n<p>Au\ncalme.]]>"),
            "<immobilie/>",
            "\n</anbieter>\n<anbieter>\n",
            "<extra>\n<a/></extra>",
            "\r\n",
        ]
        text = feed(*chance.choices(parts, k=60))
        quick = results(tmp_path, text)
        monkeypatch.setattr(trees, "MOST_AT_ONCE", 0)
        monkeypatch.setattr(trees, "BLOCK", 100)
        assert results(tmp_path, text) == quick
        assert len(quick) == text.count("<immobilie")

    def test_too_many_elements(self, tmp_path):
        large = listing("M-1", texts="<freitexte>" + "<a>x</a>" * 90_000 + "</freitexte>")
        first, second = results(tmp_path, feed(large, listing("M-2")))
        assert (first.ordinal, first.reason) == (0, Reason.TOO_LARGE)
        assert second.listing.external_id == "M-2"

    def test_too_much_text(self, tmp_path):
        parts = "".join(f"<t{n}>{'x' * 200_000}</t{n}>" for n in range(8))
        first, second = results(tmp_path, feed(listing(texts=parts), listing("M-2")))
        assert (first.reason, second.listing.external_id) == (Reason.TOO_LARGE, "M-2")

    def test_too_deep(self, tmp_path, monkeypatch):
        monkeypatch.setattr(trees, "MOST_AT_ONCE", 0)
        deep = listing("M-1", texts="<a>" * patient.MOST_DEPTH + "</a>" * patient.MOST_DEPTH)
        first, second = results(tmp_path, feed(deep, listing("M-2")))
        assert (first.reason, second.listing.external_id) == (Reason.TOO_DEEP, "M-2")

    def test_a_broken_one(self, tmp_path):
        large = listing(pictures=self.INSIDE.format("QUJD" * 500_000)).replace("</geo>", "</gea>")
        with source(tmp_path, feed(large)) as found, pytest.raises(Unreadable) as refused:
            list(read(found))
        assert (refused.value.reason, refused.value.line) == (Reason.NOT_XML, 2)
