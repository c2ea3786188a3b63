from datetime import date
from decimal import Decimal

import pytest

from estates.feeds.idealista_values import country_of, language_of, plain
from estates.feeds.idealista_words import FIELDS, KIND_WORDS, KINDS, OFFER_WORDS
from estates.feeds.listing import Contact, Kind, Listing, Offer, Picture, Scope
from estates.feeds.outcomes import Note, SetApart
from estates.feeds.reasons import Oddity, Reason
from tests.feeds.feeds import only, results, source

VALUES = {
    "external_id": "R-7",
    "offer": "alquiler",
    "kind": "Ático",
    "title": "Vistas",
    "description": "Luminoso",
    "language": "es",
    "price": "1.250,00",
    "currency": "eur",
    "street": "Gran Vía",
    "house_number": "7",
    "postal_code": "28013",
    "city": "Madrid",
    "province": "Madrid",
    "latitude": "40.42",
    "longitude": "-3.7",
    "surface": "84,5",
    "land_surface": "",
    "rooms": "3",
    "bedrooms": "2",
    "bathrooms": "1",
    "floor": "4",
    "updated": "01/08/2015",
    "contact_name": "Ana",
    "contact_email": "ana@martin.example",
    "contact_phone": "+34 1",
}
MEANT = Listing(
    external_id="R-7",
    offer=Offer.RENT,
    kind=Kind.APARTMENT,
    kind_detail="Ático",
    title="Vistas",
    description="Luminoso",
    language="es",
    price=Decimal("1250.00"),
    currency="EUR",
    street="Gran Vía",
    house_number="7",
    postal_code="28013",
    city="Madrid",
    region="Madrid",
    country="ES",
    latitude=40.42,
    longitude=-3.7,
    surface=Decimal("84.5"),
    rooms=Decimal(3),
    bedrooms=Decimal(2),
    bathrooms=Decimal(1),
    floor=4,
    pictures=(
        Picture(address="https://a.example/1.jpg"),
        Picture(address="https://a.example/2.jpg", title="Salón"),
    ),
    contact=Contact(name="Ana", email="ana@martin.example", phone="+34 1"),
    updated=date(2015, 8, 1),
)
IMAGES = '<imagenes><imagen url="https://a.example/1.jpg"/><imagen titulo="Salón" url="https://a.example/2.jpg"/></imagenes>'


def record(values: dict[str, str], more: str = IMAGES, spelling: int = 0) -> str:
    fields = "".join(
        f"<{FIELDS[field][spelling % len(FIELDS[field])]}>{value}</{FIELDS[field][spelling % len(FIELDS[field])]}>"
        for field, value in values.items()
    )
    return f"<inmueble>{fields}{more}</inmueble>"


def generated(*records: str, declaration: str = "") -> str:
    return f"{declaration}<inmuebles>{''.join(records)}</inmuebles>"


def test_every_field_is_in_the_table():
    assert VALUES.keys() == FIELDS.keys()


@pytest.mark.parametrize("spelling", [0, 1, 2])
def test_the_generator_s_dialect(tmp_path, spelling):
    names = {
        field: values for field, values in VALUES.items() if not (field.endswith("tude") and spelling)
    } | ({} if not spelling else {"latitude": "40.42", "longitude": "-3.7"})
    assert only(tmp_path, generated(record(names, spelling=spelling))).listing == MEANT


def test_its_encoding_is_honoured(tmp_path):
    text = generated(record(VALUES), declaration='<?xml version="1.0" encoding="windows-1252"?>')
    with source(tmp_path, text, "windows-1252") as found:
        assert (found.format, found.encoding, found.repaired, found.scope) == (
            "idealista",
            "windows-1252",
            False,
            Scope.UNSTATED,
        )
    assert only(tmp_path, text, "windows-1252").listing == MEANT


@pytest.mark.parametrize("root", ["anuncios", "feed", "cliente"])
@pytest.mark.parametrize("name", ["anuncio", "propiedad", "ad"])
def test_other_names_for_records(tmp_path, root, name):
    text = generated(record(VALUES)).replace("inmuebles", root).replace("inmueble", name)
    assert only(tmp_path, text).listing == MEANT


def test_the_country_follows_from_the_province():
    assert {country_of(name) for name in ("Lisboa", "Viana do Castelo", "Bragança", "ÉVORA", "Madeira")} == {
        "PT"
    }
    assert {country_of(name) for name in ("Madrid", "A Coruña", "Illes Balears", "Unheard of")} == {"ES"}
    assert country_of("") == ""


def test_languages():
    assert [language_of(word) for word in ("1", "2", "3", "4", "5", "6")] == [
        "es",
        "en",
        "fr",
        "de",
        "pt",
        "it",
    ]
    assert [language_of(word) for word in ("Spanish", "FR", "pt-PT", "klingon", "")] == [
        "es",
        "fr",
        "pt",
        "",
        "",
    ]


def test_words_lead_there_and_back():
    assert set(KIND_WORDS) == set(Kind)
    assert all(KINDS[word] is kind for kind, word in KIND_WORDS.items())
    assert OFFER_WORDS == {Offer.SALE: "venta", Offer.RENT: "alquiler"}
    assert plain(" ÁTICO ") == "atico"


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("offer", Oddity.UNKNOWN_OFFER),
        ("kind", Oddity.UNKNOWN_KIND),
        ("price", Oddity.NOT_A_NUMBER),
        ("updated", Oddity.NOT_A_DATE),
    ],
)
def test_bad_fields_are_noted(tmp_path, field, code):
    found = only(tmp_path, generated(record(VALUES | {field: "???"})))
    assert found.notes == (Note(code, FIELDS[field][0], "???"),)


def test_no_number_and_no_address(tmp_path):
    nameless, found = results(
        tmp_path,
        generated(
            record({"city": "Vigo"}), record({"external_id": "R-1"}, "<imagenes><imagen/><otro/></imagenes>")
        ),
    )
    assert nameless == SetApart(0, 1, "", "inmueble/referencia", Reason.NO_NUMBER)
    assert (found.listing.pictures, found.listing.contact) == ((), None)
    assert found.notes == (Note(Oddity.PICTURE_WITHOUT_ADDRESS, "imagenes/imagen@url"),)


PUBLISHED = """<client><code>ilc7</code><contact><name>Ana</name></contact><secondhandListing><property>
<id>17</id><reference>R-7</reference>
<address><postalcode>28013</postalcode><cityName>Madrid</cityName><streetName>Gran Vía</streetName>
<streetNumber>7</streetNumber><floor>4</floor>
<coordinates><latitude>40.42</latitude><longitude>-3.7</longitude></coordinates></address>
<operation type="sale"><price>320000</price></operation>
<features type="country_house"><constructedArea>84.5</constructedArea><rooms>3</rooms>
<bathroomNumber>1</bathroomNumber></features>
<descriptions><description><language>3</language><comment> </comment></description>
<description><language>1</language><comment>Luminoso</comment></description></descriptions>
<images><image><code>facade</code><url>https://a.example/1.jpg</url></image><image url="https://a.example/2.jpg"/><image/></images>
</property></secondhandListing></client>"""


def test_what_idealista_publishes(tmp_path):
    with source(tmp_path, PUBLISHED) as found:
        assert (found.format, found.sender) == ("idealista", "ilc7")
    found = only(tmp_path, PUBLISHED)
    assert found.notes == (Note(Oddity.PICTURE_WITHOUT_ADDRESS, "images/image/url"),)
    assert found.listing == Listing(
        external_id="R-7",
        offer=Offer.SALE,
        kind=Kind.HOUSE,
        kind_detail="country_house",
        description="Luminoso",
        language="es",
        price=Decimal(320000),
        street="Gran Vía",
        house_number="7",
        postal_code="28013",
        city="Madrid",
        latitude=40.42,
        longitude=-3.7,
        surface=Decimal("84.5"),
        rooms=Decimal(3),
        bathrooms=Decimal(1),
        floor=4,
        pictures=(
            Picture(address="https://a.example/1.jpg", group="facade"),
            Picture(address="https://a.example/2.jpg"),
        ),
    )


def test_its_other_numbers(tmp_path):
    text = "<client><secondhandListing>{}</secondhandListing></client>"
    assert only(tmp_path, text.format("<property><id>17</id></property>")).listing.external_id == "17"
    assert only(tmp_path, text.format('<property id="18"/>')).listing.external_id == "18"
    (apart,) = results(tmp_path, text.format("<property/>"))
    assert apart.reason is Reason.NO_NUMBER
