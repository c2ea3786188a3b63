"""Idealista's dialect as it is written: the names of its table, and nothing that is not on offer."""

from decimal import Decimal

import pytest
from lxml import etree

from estates.feeds.idealista_words import FIELDS, KINDS
from estates.feeds.listing import Action, Contact, Kind, Offer, Picture
from estates.feeds.writing import write_idealista
from tests.feeds.making import SENDER, full, many


def parse(found, encoding="utf-8"):
    return etree.fromstring(b"".join(write_idealista(found, SENDER, encoding=encoding)))


def written(**values):
    return parse([full(**values)]).find("inmueble")


def test_everything_that_a_listing_says():
    said = {child.tag: child.text for child in written() if child.tag != "imagenes"}
    assert said == {
        "referencia": "MART-0001",
        "operacion": "venta",
        "tipo": "piso",
        "titulo": "Appartement T3 avec terrasse",
        "descripcion": full().description,
        "idioma": "fr",
        "precio": "320000.00",
        "moneda": "EUR",
        "calle": "rue de la République",
        "numero": "12 bis",
        "codigoPostal": "69002",
        "poblacion": "Lyon",
        "provincia": "Auvergne-Rhône-Alpes",
        "latitud": "45.764043",
        "longitud": "4.835659",
        "superficie": "64.50",
        "superficieParcela": "12",
        "habitaciones": "3.5",
        "dormitorios": "2",
        "banos": "1",
        "planta": "2",
        "fechaModificacion": "2026-02-27",
        "contactoNombre": "Éloïse Faÿ",
        "contactoEmail": "eloise.fay@martin.example",
        "contactoTelefono": "+33465710001",
    }
    assert set(said) == {names[0] for names in FIELDS.values()}


def test_pictures_are_addresses():
    pictures = (
        Picture(address='https://x.example/1.jpg?a=1&b="2"', title="Salón\n& cocina"),
        Picture(address=""),
        Picture(address="https://x.example/2.jpg"),
    )
    found = written(pictures=pictures).findall("imagenes/imagen")
    assert [dict(each.attrib) for each in found] == [
        {"url": 'https://x.example/1.jpg?a=1&b="2"', "titulo": "Salón\n& cocina"},
        {"url": "https://x.example/2.jpg"},
    ]


def test_no_pictures_make_no_list():
    assert written(pictures=(Picture(address=""),)).find("imagenes") is None


@pytest.mark.parametrize(
    ("kind", "detail", "word"),
    [
        (Kind.APARTMENT, "", "piso"),
        (Kind.APARTMENT, "atico", "atico"),
        (Kind.APARTMENT, "Duplex", "duplex"),
        (Kind.APARTMENT, "chalet", "piso"),
        (Kind.HOUSE, "ETAGE", "casa"),
        (None, "piso", None),
    ],
)
def test_kind(kind, detail, word):
    assert written(kind=kind, kind_detail=detail).findtext("tipo") == word


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_word(kind):
    assert KINDS[written(kind=kind).findtext("tipo")] == kind


@pytest.mark.parametrize(("offer", "word"), [(Offer.SALE, "venta"), (Offer.RENT, "alquiler"), (None, None)])
def test_offer(offer, word):
    assert written(offer=offer).findtext("operacion") == word


@pytest.mark.parametrize(
    ("action", "count"),
    [(Action.ADD, 1), (Action.CHANGE, 1), (Action.DELETE, 0), (Action.REFERENCE, 0)],
)
def test_what_is_to_be_taken_away_is_not_offered(action, count):
    assert len(parse([full(action=action)])) == count


def test_what_is_not_said_has_no_element():
    found = written(
        price=None, surface=Decimal("NaN"), latitude=None, floor=None, updated=None, contact=None, region="",
    )  # fmt: skip
    gone = ("precio", "superficie", "latitud", "planta", "fechaModificacion", "contactoNombre", "provincia")
    assert not [name for name in gone if found.find(name) is not None]


def test_a_contact_in_part():
    found = written(contact=Contact(phone="+34"))
    assert (found.findtext("contactoTelefono"), found.find("contactoEmail")) == ("+34", None)


def test_hostile_texts_stay_texts():
    found = written(title="]]></inmueble> &amp; \x01🏡", pictures=(Picture(address='x"/><y a="', title="<"),))
    assert found.findtext("titulo") == "]]></inmueble> &amp; 🏡"
    assert dict(found.find("imagenes/imagen").attrib) == {"url": 'x"/><y a="', "titulo": "<"}


def test_both_encodings_say_the_same():
    found = [
        etree.tostring(parse(many(5), encoding), encoding="unicode") for encoding in ("utf-8", "windows-1252")
    ]
    assert found[0] == found[1]
    assert len(parse(many(5))) == 5
