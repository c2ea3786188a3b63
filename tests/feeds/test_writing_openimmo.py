"""OpenImmo as it is written: element by element, in the order and with the words of the standard."""

import tracemalloc
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from lxml import etree

from estates.feeds.countries import ALPHA_2
from estates.feeds.listing import Action, Contact, Kind, Offer, Picture, Scope, Sender
from estates.feeds.openimmo_words import DETAIL_ATTRIBUTES, KIND_ELEMENTS
from estates.feeds.writing import write_openimmo
from estates.feeds.writing_details import DETAILS, GROUPS
from tests.feeds.making import AT, REACHABLE, SENDER, full, listings, many

ORDER = {
    "openimmo": "uebertragung anbieter",
    "anbieter": "anbieternr firma openimmo_anid lizenzkennung anhang immobilie",
    "immobilie": "objektkategorie geo kontaktperson weitere_adresse preise bieterverfahren versteigerung flaechen "
    "ausstattung zustand_angaben bewertung infrastruktur freitexte anhaenge verwaltung_objekt verwaltung_techn",
    "objektkategorie": "nutzungsart vermarktungsart objektart",
    "geo": "plz ort geokoordinaten strasse hausnummer bundesland land gemeindecode flur flurstueck gemarkung etage",
    "kontaktperson": "email_zentrale email_direkt tel_zentrale tel_durchw tel_fax tel_handy name",
    "preise": "kaufpreis nettokaltmiete waehrung",
    "flaechen": "wohnflaeche nutzflaeche gesamtflaeche grundstuecksflaeche anzahl_zimmer anzahl_schlafzimmer "
    "anzahl_badezimmer",
    "freitexte": "objekttitel dreizeiler lage ausstatt_beschr objektbeschreibung sonstige_angaben",
    "anhang": "anhangtitel format check daten",
    "daten": "pfad anhanginhalt",
    "verwaltung_techn": "objektnr_intern objektnr_extern aktion aktiv_von aktiv_bis openimmo_obid kennung_ursprung "
    "stand_vom weitergabe_generell weitergabe_positiv weitergabe_negativ gruppen_kennung master sprache",
}
REQUIRED = {
    "anbieter": {"firma", "openimmo_anid"},
    "immobilie": {"objektkategorie", "geo", "kontaktperson", "verwaltung_techn"},
    "objektkategorie": {"nutzungsart", "vermarktungsart", "objektart"},
    "kontaktperson": {"name"},
    "anhang": {"format", "daten"},
    "verwaltung_techn": {"objektnr_extern", "aktion", "openimmo_obid", "stand_vom"},
}
REPEATED = {"immobilie", "anhang", "objektart_zusatz"}
WAYS = {"email_zentrale", "email_direkt", "tel_zentrale", "tel_durchw", "tel_fax", "tel_handy"}


def parse(found, sender=SENDER, *, encoding="utf-8", scope=Scope.FULL):
    document = b"".join(write_openimmo(found, sender, encoding=encoding, scope=scope, at=AT))
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False))


def written(sender=SENDER, **values):
    return parse([full(**values)], sender).find("anbieter/immobilie")


def check(element):
    """Raises where an element's children are not those of the standard, in its order and number."""
    names = [child.tag for child in element]
    if allowed := ORDER.get(element.tag, "").split():
        places = [allowed.index(name) for name in names]
        assert places == sorted(places), (element.tag, names)
    once = [name for name in names if name not in REPEATED]
    assert len(once) == len(set(once)), (element.tag, names)
    assert REQUIRED.get(element.tag, set()) <= set(names), (element.tag, names)
    for child in element:
        check(child)


@given(listings())
def test_any_listing_keeps_the_standards_order(listing):
    root = parse([listing], REACHABLE)
    check(root)
    found = root.find("anbieter/immobilie")
    assert WAYS & {child.tag for child in found.find("kontaktperson")}
    geo = {child.tag for child in found.find("geo")}
    assert {"plz", "ort"} <= geo or ("geokoordinaten" in geo and not {"plz", "ort"} & geo)
    assert len([child for child in found.find("objektkategorie/objektart") if child.tag in ALL_KINDS]) == 1


ALL_KINDS = set(KIND_ELEMENTS.values())


def test_the_transfer_says_who_how_much_and_when():
    root = parse([full()], REACHABLE)
    assert root.tag == "openimmo"
    assert dict(root.find("uebertragung").attrib) == {
        "art": "ONLINE",
        "umfang": "VOLL",
        "version": "1.2.7",
        "sendersoftware": "Passerelle",
        "senderversion": "1.0",
        "timestamp": "2026-03-02T08:15:00+00:00",
    }
    anbieter = root.find("anbieter")
    assert anbieter.findtext("firma") == "Agence Martin"
    assert anbieter.findtext("anbieternr") == anbieter.findtext("openimmo_anid") == "passerelle-1"


@pytest.mark.parametrize(
    ("scope", "word"), [(Scope.FULL, "VOLL"), (Scope.PARTIAL, "TEIL"), (Scope.UNSTATED, "TEIL")]
)
def test_scope(scope, word):
    assert parse([], scope=scope).find("uebertragung").get("umfang") == word


def test_everything_that_a_listing_says():
    found = written()
    values = {path: found.findtext(path) for path in PATHS}
    assert values == PATHS
    assert found.find("objektkategorie/nutzungsart").attrib == {"WOHNEN": "true", "GEWERBE": "false"}
    assert found.find("objektkategorie/vermarktungsart").attrib == {"KAUF": "true", "MIETE_PACHT": "false"}
    assert found.find("objektkategorie/objektart/wohnung").attrib == {"wohnungtyp": "ETAGE"}
    assert found.find("geo/geokoordinaten").attrib == {"breitengrad": "45.764043", "laengengrad": "4.835659"}
    assert found.find("geo/land").attrib == {"iso_land": "FRA"}
    assert found.find("preise/waehrung").attrib == {"iso_waehrung": "EUR"}
    assert found.find("verwaltung_techn/aktion").attrib == {}


PATHS = {
    "geo/plz": "69002",
    "geo/ort": "Lyon",
    "geo/strasse": "rue de la République",
    "geo/hausnummer": "12 bis",
    "geo/bundesland": "Auvergne-Rhône-Alpes",
    "geo/etage": "2",
    "kontaktperson/email_direkt": "eloise.fay@martin.example",
    "kontaktperson/tel_durchw": "+33465710001",
    "kontaktperson/name": "Éloïse Faÿ",
    "preise/kaufpreis": "320000.00",
    "flaechen/wohnflaeche": "64.50",
    "flaechen/grundstuecksflaeche": "12",
    "flaechen/anzahl_zimmer": "3.5",
    "flaechen/anzahl_schlafzimmer": "2",
    "flaechen/anzahl_badezimmer": "1",
    "freitexte/objekttitel": "Appartement T3 avec terrasse",
    "freitexte/objektbeschreibung": full().description,
    "verwaltung_techn/objektnr_extern": "MART-0001",
    "verwaltung_techn/openimmo_obid": "MART-0001",
    "verwaltung_techn/stand_vom": "2026-02-27",
    "verwaltung_techn/sprache": "fr",
}


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_carries_only_words_of_the_standard(kind):
    for detail in DETAILS[kind]:
        (child,) = written(kind=kind, kind_detail=detail).find("objektkategorie/objektart")
        assert (child.tag, dict(child.attrib)) == (KIND_ELEMENTS[kind], {DETAIL_ATTRIBUTES[kind]: detail})
    plain, further = written(kind=kind, kind_detail='T3 "meublé"').find("objektkategorie/objektart")
    assert (plain.tag, dict(plain.attrib)) == (KIND_ELEMENTS[kind], {})
    assert (further.tag, further.text) == ("objektart_zusatz", 'T3 "meublé"')


def test_without_a_kind_it_is_something_else():
    (child,) = written(kind=None, kind_detail="").find("objektkategorie/objektart")
    assert child.tag == "sonstige"


@pytest.mark.parametrize(
    ("offer", "marks", "price"),
    [
        (Offer.SALE, ("true", "false"), "kaufpreis"),
        (Offer.RENT, ("false", "true"), "nettokaltmiete"),
        (None, ("false", "false"), "kaufpreis"),
    ],
)
def test_offer_and_its_price(offer, marks, price):
    found = written(offer=offer)
    mark = found.find("objektkategorie/vermarktungsart")
    assert (mark.get("KAUF"), mark.get("MIETE_PACHT")) == marks
    assert [child.tag for child in found.find("preise")] == [price, "waehrung"]


def test_commercial():
    assert written(commercial=True).find("objektkategorie/nutzungsart").attrib == {
        "WOHNEN": "false",
        "GEWERBE": "true",
    }


@pytest.mark.parametrize("currency", ["", "€", "EURO", 'E"R', "eur"])
def test_a_currency_that_is_no_code_is_left_out(currency):
    assert written(currency=currency).find("preise/waehrung") is None


@pytest.mark.parametrize("country", ["", "XX", "FRA", '"'])
def test_a_country_that_is_no_code_is_left_out(country):
    assert written(country=country).find("geo/land") is None


def test_countries_have_three_letters():
    assert {written(country=two).find("geo/land").get("iso_land"): two for two in ("FR", "CH", "PT")} == {
        three: ALPHA_2[three] for three in ("FRA", "CHE", "PRT")
    }


def test_a_position_alone_needs_no_town():
    assert [child.tag for child in written(**NOWHERE).find("geo")] == ["geokoordinaten"]


def test_half_a_position_is_none():
    geo = written(**{**NOWHERE, "longitude": None}).find("geo")
    assert [child.tag for child in geo] == ["plz", "ort"]


NOWHERE = {
    **dict.fromkeys(("postal_code", "city", "street", "house_number", "region", "country"), ""),
    "floor": None,
}


@pytest.mark.parametrize(
    ("contact", "sender", "said"),
    [
        (None, REACHABLE, {"email_zentrale": "contact@martin.example", "name": "Agence Martin"}),
        (
            None,
            Sender(name="A", number="1", phone="+331"),
            {"tel_zentrale": "+331", "name": "A"},
        ),
        (None, SENDER, {"email_zentrale": None, "name": "Agence Martin"}),
        (
            Contact(name="Léa"),
            REACHABLE,
            {"email_zentrale": "contact@martin.example", "name": "Léa"},
        ),
        (Contact(phone="+332"), REACHABLE, {"tel_durchw": "+332", "name": None}),
    ],
)
def test_somebody_can_always_be_reached(contact, sender, said):
    person = written(sender, contact=contact).find("kontaktperson")
    assert {child.tag: child.text for child in person} == said


@pytest.mark.parametrize(
    ("action", "marks"),
    [
        (Action.ADD, {}),
        (Action.CHANGE, {"aktionart": "CHANGE"}),
        (Action.DELETE, {"aktionart": "DELETE"}),
        (Action.REFERENCE, {"aktionart": "REFERENZ"}),
    ],
)
def test_action(action, marks):
    assert dict(written(action=action).find("verwaltung_techn/aktion").attrib) == marks


def test_a_listing_that_does_not_say_when_is_of_the_transfers_day():
    assert written(updated=None).findtext("verwaltung_techn/stand_vom") == "2026-03-02"
    assert written(updated=date(2001, 1, 2)).findtext("verwaltung_techn/stand_vom") == "2001-01-02"


def test_pictures_are_remote_or_beside():
    pictures = (
        Picture(address="HTTPS://x.example/a.PNG?size=2", title="Séjour"),
        Picture(address="bilder/b.jpg", group="GRUNDRISS"),
        Picture(address=""),
        Picture(address="https://x.example/c", group="ANSICHT"),
        Picture(address="https://x.example/d.tiff", group="DOKUMENTE"),
    )
    found = written(pictures=pictures).findall("anhaenge/anhang")
    assert [
        (each.get("location"), each.get("gruppe"), each.findtext("format"), each.findtext("daten/pfad"))
        for each in found
    ] == [
        ("REMOTE", "TITELBILD", "image/png", "HTTPS://x.example/a.PNG?size=2"),
        ("EXTERN", "GRUNDRISS", "image/jpeg", "bilder/b.jpg"),
        ("REMOTE", "BILD", "image/jpeg", "https://x.example/c"),
        ("REMOTE", "BILD", "image/tiff", "https://x.example/d.tiff"),
    ]
    assert [each.findtext("anhangtitel") for each in found] == ["Séjour", None, None, None]
    assert {each.get("gruppe") for each in found} <= GROUPS


def test_nothing_said_makes_no_empty_sections():
    bare = full(
        price=None, currency="", surface=None, land_surface=None, rooms=None, bedrooms=None, bathrooms=None,
        title="", description="", pictures=(),
    )  # fmt: skip
    found = parse([bare]).find("anbieter/immobilie")
    assert [child.tag for child in found] == ["objektkategorie", "geo", "kontaktperson", "verwaltung_techn"]


def test_numbers_that_are_none_are_left_out():
    assert written(price=Decimal("NaN"), currency="").find("preise") is None


def test_hostile_texts_stay_texts():
    said = "]]></immobilie><immobilie> &amp; \x00\x0b\ud800 🏡 ‮abc‬"
    found = written(title=said, street=said, external_id=said, sender=Sender(name=said, number=said))
    clean = "]]></immobilie><immobilie> &amp;  🏡 ‮abc‬"
    assert found.findtext("freitexte/objekttitel") == clean
    assert found.findtext("geo/strasse") == clean
    assert found.findtext("verwaltung_techn/objektnr_extern") == clean
    assert found.getparent().findtext("firma") == clean


def test_windows_1252_says_the_same():
    listing = full(title="Maison à Łódź 🏡 – 100 €")
    roots = [parse([listing], encoding=encoding) for encoding in ("utf-8", "windows-1252")]
    assert etree.tostring(roots[0], encoding="unicode") == etree.tostring(roots[1], encoding="unicode")


def test_the_same_listings_give_the_same_bytes():
    first, second = (
        b"".join(write_openimmo(many(20), SENDER, encoding="utf-8", scope=Scope.FULL, at=AT))
        for _ in range(2)
    )
    assert first == second


def test_memory_does_not_grow_with_the_listings():
    def peak(number):
        tracemalloc.start()
        size = sum(map(len, write_openimmo(many(number), SENDER, encoding="utf-8", scope=Scope.FULL, at=AT)))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size, found

    peak(100)
    (small, few), (large, more) = peak(1000), peak(4000)
    assert large > 3.9 * small
    assert more < 1.3 * few
