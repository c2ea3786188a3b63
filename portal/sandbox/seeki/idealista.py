"""Idealista's XML-ML as Seeki takes it. Of its names only `provincia` and `imagenes/imagen@url` are in the guide;
the others are read in the spellings that exporters use.
"""

from __future__ import annotations

import io
from typing import Any
from xml.etree.ElementTree import Element

from portal.sandbox.messages import Refusal
from portal.sandbox.seeki.items import Entry
from portal.sandbox.seeki.judging import is_web_address, judge
from portal.sandbox.seeki.markup import number_in, read_records, said

RECORDS = frozenset(("inmueble", "anuncio", "propiedad", "ad", "property"))
ROOTS = frozenset(("inmuebles", "anuncios", "propiedades", "ads", "client", "clients", "idealista"))
OFFERS = {
    **dict.fromkeys(("venta", "venda", "sale"), "SELL"),
    **dict.fromkeys(("alquiler", "arrendamento", "rent"), "RENT"),
}
FLATS = ("piso", "apartamento", "flat", "homes", "habitacion", "estudio", "atico", "duplex")
ESTATE_TYPES = {
    **dict.fromkeys(FLATS, "APARTMENT"),
    **dict.fromkeys(("casa", "chalet", "moradia", "house", "villa"), "HOUSE"),
    **dict.fromkeys(("terreno", "land", "finca"), "LAND"),
    **dict.fromkeys(("garaje", "otro", "storage", "garage"), "OTHER"),
}
"""Every other word is commercial."""
_PORTUGAL = """
    aveiro beja braga braganca castelo_branco coimbra evora faro guarda leiria lisboa portalegre porto
    santarem setubal viana_do_castelo vila_real viseu madeira acores ilha_da_madeira ilha_de_sao_miguel
    ilha_terceira ilha_do_faial ilha_do_pico
"""
PORTUGAL = frozenset(_PORTUGAL.split())
PLAIN = str.maketrans("áàâãéêíóôõúüç ", "aaaaeeiooouuc_")


def read_idealista(body: bytes, most: int) -> list[Entry]:
    """Raises `Refusal` 400 where it is no such feed, TooMany where it has more than `most` listings."""
    entries: list[Entry] = []
    root = read_records(io.BytesIO(body), RECORDS, lambda record: entries.append(entry_of(record)), most)
    if root not in ROOTS:
        raise Refusal(400, f"The root element {root} is not one of an Idealista feed")
    return entries


def entry_of(record: Element) -> Entry:
    listing = {field: value for field, value in _listing(record).items() if value not in (None, "", [])}
    return Entry(listing, judge(listing))


def _listing(record: Element) -> dict[str, Any]:
    offer = said(record, "operacion", "tipoOperacion", "operation@type").lower()
    kind = said(record, "tipo", "tipoInmueble", "type", "features@type").lower()
    return {
        "external_id": said(record, "referencia", "codigo", "reference", "code", "id", "@id"),
        "listing_type": OFFERS.get(offer),
        "real_estate_type": ESTATE_TYPES.get(kind, "COMMERCIAL") if kind else None,
        "price": number_in(said(record, "precio", "operation/price")),
        "currency": said(record, "moneda"),
        **_where(record),
        "name": said(record, "titulo"),
        "description": said(record, "descripcion", "observaciones", "descriptions/description/comment"),
        "floorage": number_in(said(record, "superficie", "metrosConstruidos", "metros")),
        "rooms": number_in(said(record, "habitaciones")),
        "images": [url for url in _pictures(record) if not is_web_address(url)],
    }


def _where(record: Element) -> dict[str, Any]:
    number = said(record, "numero", "address/streetNumber")
    street = " ".join(filter(None, (said(record, "calle", "direccion", "address/streetName"), number)))
    province = said(record, "provincia", "address/province").lower().translate(PLAIN)
    country = "PT" if province in PORTUGAL else "ES"
    lat = said(record, "latitud", "address/coordinates/latitude", "address/coordinates@latitude")
    lng = said(record, "longitud", "address/coordinates/longitude", "address/coordinates@longitude")
    city = said(record, "poblacion", "municipio", "localidad", "address/cityName")
    address = {"street": street, "city": city, "country_code": country}
    coordinates = {"lat": number_in(lat), "lng": number_in(lng)} if lat and lng else None
    given = {field: value for field, value in address.items() if value}
    return {
        "coordinates": coordinates,
        "address": None if coordinates and len(given) < len(address) else given,
    }


def _pictures(record: Element) -> list[str]:
    """A listing without a picture that can be fetched is taken all the same."""
    found = [element.get("url", "") for element in record.iterfind("imagenes/imagen")]
    return found + [said(element, "url", "@url") for element in record.iterfind("images/image")]
