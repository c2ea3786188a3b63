"""The two XML formats: what a feed becomes, what is refused as a whole, and what per listing."""

import io
import zipfile

import pytest

from portal.sandbox.seeki.calls import FILE_BYTES
from portal.sandbox.seeki.nations import ALPHA_3, COUNTRIES

from .conftest import said
from .feeds import idealista, immobilie, inmueble, openimmo

PATHS = {"/openimmo": openimmo(), "/idealista": idealista()}


def packed(*records, files=(), index="index.xml", method=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        if index:
            archive.writestr(index, openimmo(*records))
        for name in files:
            archive.writestr(name, b"picture")
    return content.getvalue()


def payload(martin, account, record, external_id="oi-1"):
    assert martin.feed("/openimmo", openimmo(record)).json()["rejected"] == []
    return account.listings[external_id].payload


def rejection(martin, record, path="/openimmo", whole=openimmo):
    answer = martin.feed(path, whole(record)).json()
    assert answer["accepted"] == []
    return answer["rejected"][0]


def test_an_openimmo_listing_in_the_guides_words(martin, account):
    attached = '<anhang location="REMOTE"><daten><pfad>https://img.example/1.jpg</pfad></daten></anhang>'
    assert payload(martin, account, immobilie("oi-1", attachments=attached)) == {
        "external_id": "oi-1",
        "listing_type": "SELL",
        "real_estate_type": "APARTMENT",
        "price": 250000.0,
        "currency": "EUR",
        "address": {"street": "Hauptstr. 5a", "city": "Köln", "country_code": "DE"},
        "name": "Schöne Wohnung",
        "floorage": 84.5,
        "rooms": 3.0,
        "images": ["https://img.example/1.jpg"],
    }


@pytest.mark.parametrize("namespace", ["", ' xmlns="http://www.openimmo.de"', ' xmlns="urn:other"'])
@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "windows-1252", "UTF-16"])
def test_namespaces_and_encodings(martin, account, namespace, encoding):
    feed = openimmo(immobilie("oi-1"), namespace=namespace, encoding=encoding)
    assert martin.feed("/openimmo", feed).json()["rejected"] == []
    assert account.listings["oi-1"].payload["address"]["city"] == "Köln"


@pytest.mark.parametrize(
    ("offer", "prices", "kind", "price"),
    [
        ('KAUF="1" MIETE_PACHT="0"', "<kaltmiete>900</kaltmiete>", "SELL", 250000),
        ('KAUF="false" MIETE_PACHT="true"', "<kaltmiete>900</kaltmiete>", "RENT", 900),
        ('MIETE_PACHT="TRUE"', "<warmmiete>1100</warmmiete>", "RENT", 1100),
    ],
)
def test_offers_and_their_prices(martin, account, offer, prices, kind, price):
    found = payload(martin, account, immobilie("oi-1", offer=offer, prices=prices))
    assert (found["listing_type"], found["price"]) == (kind, price)


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ("<haus/>", "HOUSE"),
        ("<zimmer/>", "APARTMENT"),
        ("<grundstueck/>", "LAND"),
        ("<parken/>", "OTHER"),
        ("<einzelhandel/>", "COMMERCIAL"),
        ("<zinshaus_renditeobjekt/>", "COMMERCIAL"),
    ],
)
def test_kinds(martin, account, kind, type_):
    assert payload(martin, account, immobilie("oi-1", kind=kind))["real_estate_type"] == type_


def test_the_id_is_the_external_number_or_the_obid(martin, account):
    assert payload(martin, account, immobilie("a", obid="b"), "a")
    assert payload(martin, account, immobilie("", obid="b"), "b")
    found = rejection(martin, immobilie(""))
    assert (found["external_id"], found["message"]) == (None, "external_id: Required")


WHERE = '<geokoordinaten breitengrad="50.9" laengengrad="6.9"/>'


def test_without_a_street_coordinates_are_enough(martin, account):
    found = payload(martin, account, immobilie("oi-1", place="<ort>Köln</ort>" + WHERE))
    assert found["coordinates"] == {"lat": 50.9, "lng": 6.9}
    assert "address" not in found


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"offer": ""}, "VALIDATION_FAILED", "listing_type: Required"),
        ({"kind": ""}, "VALIDATION_FAILED", "real_estate_type: Required"),
        ({"kaufpreis": ""}, "VALIDATION_FAILED", "price: Required"),
        ({"kaufpreis": "auf Anfrage"}, "VALIDATION_FAILED", "price: Expected number"),
        ({"place": "<ort>Köln</ort>"}, "VALIDATION_FAILED", "address.street: Required"),
        ({"country": ""}, "VALIDATION_FAILED", "address.country_code: Required"),
        ({"country": '<land iso_land="XYZ"/>'}, "VALIDATION_FAILED", "address.country_code: "),
        ({"place": "", "country": ""}, "VALIDATION_FAILED", "address: Either"),
        ({"place": WHERE.replace("50.9", "95")}, "GEOCODE_COORDINATES_INVALID", "coordinates: "),
        ({"place": "<strasse>Nowhere 1</strasse><ort>Köln</ort>"}, "GEOCODE_ADDRESS_NOT_FOUND", "address: "),
    ],
)
def test_what_is_wrong_with_one_listing(martin, changes, code, message):
    found = rejection(martin, immobilie("oi-1", **changes))
    assert (found["external_id"], found["error_code"]) == ("oi-1", code)
    assert found["message"].startswith(message)


def test_a_rejected_listing_leaves_the_others_alone(martin, account):
    answer = martin.feed("/openimmo", openimmo(immobilie("a"), immobilie("b", kaufpreis=""), immobilie("c")))
    assert [entry["external_id"] for entry in answer.json()["accepted"]] == ["a", "c"]
    assert set(account.online) == {"a", "c"}


def test_pictures_beside_an_xml_are_nowhere(martin):
    found = rejection(martin, immobilie("oi-1", pictures=["a.jpg"]))
    assert found["message"].startswith("anhaenge.anhang.0.daten.pfad: ")


def test_pictures_inside_an_xml(martin, account):
    inside = '<anhang location="INTERN"><daten><anhanginhalt>AAAA</anhanginhalt></daten></anhang>'
    assert len(payload(martin, account, immobilie("oi-1", attachments=inside))["images"]) == 1


def test_a_zip_with_its_pictures(martin, account):
    records = [immobilie("a", pictures=["a.jpg", "sub/b.jpg"]), immobilie("b", pictures=["missing.jpg"])]
    answer = martin.feed(
        "/openimmo", packed(*records, files=["a.jpg", "sub/b.jpg"]), "application/zip"
    ).json()
    assert [entry["external_id"] for entry in answer["accepted"]] == ["a"]
    assert len(account.listings["a"].payload["images"]) == 2
    [rejected] = answer["rejected"]
    assert (rejected["external_id"], rejected["error_code"]) == ("b", "VALIDATION_FAILED")
    assert rejected["message"].startswith("anhaenge.anhang.0.daten.pfad: ")


BROKEN = packed(immobilie("a"), method=zipfile.ZIP_STORED)
ZIPS = {
    "no zip": b"<openimmo/>",
    "empty": b"",
    "cut": packed(immobilie("a"))[:-30],
    "no index": packed(files=["a.jpg"], index=""),
    "another name": packed(immobilie("a"), index="export.xml"),
    "a folder": packed(immobilie("a"), index="feed/index.xml"),
    "damaged": BROKEN.replace(b"Hauptstr.", b"Haupt_tr."),
}


@pytest.mark.parametrize("name", ZIPS)
def test_zips_that_are_refused(martin, account, name):
    assert said(martin.feed("/openimmo", ZIPS[name], "application/zip")) == (400, "VALIDATION_FAILED")
    assert account.items == []


def test_a_zip_that_grows_beyond_measure(martin, monkeypatch):
    monkeypatch.setattr("portal.sandbox.seeki.openimmo.MOST_UNPACKED", 500)
    answer = martin.feed("/openimmo", packed(immobilie("a")), "application/zip")
    assert said(answer) == (400, "VALIDATION_FAILED")
    assert "too large" in answer.json()["message"]


UNREADABLE = {
    "empty": b"",
    "text": b"hello",
    "cut": openimmo(immobilie("a"))[:-20],
    "an entity": b"<openimmo>&nbsp;</openimmo>",
    "an ampersand": b"<openimmo>a & b</openimmo>",
    "an encoding nobody knows": b'<?xml version="1.0" encoding="klingon"?><openimmo/>',
    "a doctype": b"<!DOCTYPE openimmo><openimmo/>",
    "a doctype with an entity": b'<!DOCTYPE a [<!ENTITY b "c">]><inmuebles>&b;</inmuebles>',
    "another root": b"<html/>",
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", UNREADABLE)
def test_xml_that_is_refused(martin, account, path, name):
    assert said(martin.feed(path, UNREADABLE[name])) == (400, "VALIDATION_FAILED")
    assert account.items == []


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("content_type", ["text/xml", "application/json", "application/x-zip-compressed"])
def test_content_types(martin, path, content_type):
    assert said(martin.feed(path, PATHS[path], content_type)) == (415, "VALIDATION_FAILED")
    assert martin.feed(path, PATHS[path], "Application/XML; charset=utf-8").status_code == 200


def test_idealista_has_no_zip(martin):
    assert said(martin.feed("/idealista", packed(), "application/zip")) == (415, "VALIDATION_FAILED")


@pytest.mark.parametrize(
    ("path", "whole", "one"), [("/openimmo", openimmo, immobilie), ("/idealista", idealista, inmueble)]
)
def test_five_hundred_listings_and_not_one_more(martin, account, path, whole, one):
    records = [one(f"x-{number}") for number in range(501)]
    answer = martin.feed(path, whole(*records))
    assert said(answer) == (413, "TOO_MANY_ITEMS")
    assert answer.headers["Suggested-Chunk-Size"] == "500"
    assert account.items == []
    assert len(martin.feed(path, whole(*records[:500])).json()["accepted"]) == 500


def test_a_zip_with_too_many(martin, account):
    answer = martin.feed("/openimmo", packed(*map(immobilie, range(501))), "application/zip")
    assert said(answer) == (413, "TOO_MANY_ITEMS")


def stretched(size):
    """An empty feed of exactly so many bytes, made while it is sent."""
    head, tail = b"<openimmo>", b"</openimmo>"
    left = size - len(head) - len(tail)
    yield head
    while left > 0:
        yield b" " * min(left, 1_000_000)
        left -= 1_000_000
    yield tail


class Sized:
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size

    def __iter__(self):
        return stretched(self.size)


@pytest.mark.parametrize(("size", "status"), [(FILE_BYTES, 200), (FILE_BYTES + 1, 413)])
def test_two_hundred_megabytes_and_not_one_byte_more(box, martin, size, status):
    answer = martin.feed("/openimmo", Sized(size))
    assert answer.status_code == status
    if status == 413:
        assert said(answer) == (413, "PAYLOAD_TOO_LARGE")
        assert answer.headers["Suggested-Chunk-Size"] == "500"
    assert box.received[0].status == status
    assert len(box.received[0].body) <= 16 * 1024
    assert martin.feed("/openimmo", openimmo()).status_code == 200, "the connection is still in use"


def test_an_idealista_listing_in_the_guides_words(martin, account):
    assert martin.feed("/idealista", idealista(inmueble("es-1"))).json()["rejected"] == []
    assert account.listings["es-1"].payload == {
        "external_id": "es-1",
        "listing_type": "SELL",
        "real_estate_type": "APARTMENT",
        "price": 185000.0,
        "address": {"street": "Calle Portales 7", "city": "Logroño", "country_code": "ES"},
        "images": ["https://img.example/1.jpg"],
    }


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"operacion": "alquiler"}, "listing_type", "RENT"),
        ({"operacion": None, "tipoOperacion": "Venda"}, "listing_type", "SELL"),
        ({"tipo": "chalet"}, "real_estate_type", "HOUSE"),
        ({"tipo": "terreno"}, "real_estate_type", "LAND"),
        ({"tipo": "garaje"}, "real_estate_type", "OTHER"),
        ({"tipo": "oficina"}, "real_estate_type", "COMMERCIAL"),
        (
            {"latitud": "42.4", "longitud": "-2.4", "calle": None, "numero": None},
            "coordinates",
            {"lat": 42.4, "lng": -2.4},
        ),
    ],
)
def test_words_of_idealista(martin, account, changes, field, value):
    assert martin.feed("/idealista", idealista(inmueble("es-1", **changes))).json()["rejected"] == []
    assert account.listings["es-1"].payload[field] == value


@pytest.mark.parametrize(
    ("province", "country"),
    [
        ("Lisboa", "PT"),
        ("Évora", "PT"),
        ("Viana do Castelo", "PT"),
        ("Madrid", "ES"),
        ("A Coruña", "ES"),
        ("", "ES"),
    ],
)
def test_the_country_follows_from_the_province(martin, account, province, country):
    martin.feed("/idealista", idealista(inmueble("es-1", provincia=province)))
    assert account.listings["es-1"].payload["address"]["country_code"] == country


def test_a_record_without_a_street_lies_where_its_coordinates_are(martin, account):
    somewhere = {"latitud": "42.4", "longitud": "-2.4", "calle": None, "numero": None}
    martin.feed("/idealista", idealista(inmueble("es-1", **somewhere)))
    found = account.listings["es-1"].payload
    assert found["coordinates"] == {"lat": 42.4, "lng": -2.4}
    assert "address" not in found


def test_the_encoding_of_the_prolog_is_honoured(martin, account):
    martin.feed("/idealista", idealista(inmueble("es-1"), encoding="windows-1252"))
    assert account.listings["es-1"].payload["address"]["city"] == "Logroño"


def test_a_picture_that_cannot_be_fetched_costs_no_listing(martin, account):
    feed = idealista(inmueble("es-1")).replace(b"https://img.example/1.jpg", b"1.jpg")
    assert martin.feed("/idealista", feed).json()["rejected"] == []
    assert "images" not in account.listings["es-1"].payload


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"precio": None}, "price: Required"),
        ({"precio": "consultar"}, "price: Expected number"),
        ({"operacion": "traspaso"}, "listing_type: Required"),
        ({"poblacion": None}, "address.city: Required"),
        ({"referencia": None}, "external_id: Required"),
    ],
)
def test_what_is_wrong_with_one_record(martin, changes, message):
    found = rejection(martin, inmueble("es-1", **changes), "/idealista", idealista)
    assert (found["error_code"], found["message"]) == ("VALIDATION_FAILED", message)


def test_the_format_that_idealista_publishes(martin, account):
    feed = b"""<client><code>1</code><secondhandListing><property><id>9</id><reference>R-9</reference>
      <address><streetName>Rua Augusta</streetName><streetNumber>3</streetNumber><cityName>Lisboa</cityName>
        <province>Lisboa</province></address><operation type="rent"><price>900</price></operation>
      <features type="flat"/><images><image><url>https://img.example/9.jpg</url></image></images>
      <descriptions><description><comment>Bonito</comment></description></descriptions></property>
      </secondhandListing></client>"""
    assert martin.feed("/idealista", feed).json()["rejected"] == []
    found = account.listings["R-9"].payload
    assert (found["listing_type"], found["price"], found["description"]) == ("RENT", 900.0, "Bonito")
    assert found["address"] == {"street": "Rua Augusta 3", "city": "Lisboa", "country_code": "PT"}
    assert found["images"] == ["https://img.example/9.jpg"]


def test_alpha_3_codes_lead_to_countries():
    assert set(ALPHA_3.values()) <= COUNTRIES
    assert {len(code) for code in ALPHA_3} == {3}
