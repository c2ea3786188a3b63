"""OpenImmo 1.2.x as Seeki takes it: XML, or a zip with `index.xml` at its root and the pictures beside it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection
from typing import Any
from xml.etree.ElementTree import Element

from portal.sandbox.messages import Refusal
from portal.sandbox.seeki.codes import VALIDATION_FAILED
from portal.sandbox.seeki.items import Entry
from portal.sandbox.seeki.judging import Complaint, is_web_address, judge
from portal.sandbox.seeki.markup import number_in, read_records, said
from portal.sandbox.seeki.nations import ALPHA_3

INDEX = "index.xml"
HOSTED = "https://hosted.seeki.invalid/"
MOST_UNPACKED = 1_000_000_000
ESTATE_TYPES = {
    **dict.fromkeys(("zimmer", "wohnung"), "APARTMENT"),
    **{"haus": "HOUSE", "grundstueck": "LAND", "parken": "OTHER", "sonstige": "OTHER"},
}
"""By the element in `objektart`; the others are commercial."""
OFFERS = {"KAUF": "SELL", "MIETE_PACHT": "RENT"}
PRICES = {
    "SELL": ("preise/kaufpreis",),
    "RENT": ("preise/kaltmiete", "preise/nettokaltmiete", "preise/warmmiete", "preise/pacht"),
}
TRUE = ("true", "1")


def read_openimmo(body: bytes, most: int) -> list[Entry]:
    """Raises `Refusal` 400 where it is no OpenImmo, TooMany where it has more than `most` listings."""
    return _read(io.BytesIO(body), None, most)


def read_zip(body: bytes, most: int) -> list[Entry]:
    """The same of a zip. A listing whose pictures are not all in it is not taken."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if INDEX not in archive.namelist():
                raise Refusal(400, "The zip has no index.xml at its root")
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise Refusal(400, "The zip is too large when it is unpacked")
            with archive.open(INDEX) as file:
                return _read(io.BytesIO(file.read()), frozenset(archive.namelist()), most)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Refusal(400, f"The zip cannot be read: {error}") from None


def _read(file: io.BytesIO, names: Collection[str] | None, most: int) -> list[Entry]:
    entries: list[Entry] = []
    root = read_records(file, {"immobilie"}, lambda record: entries.append(entry_of(record, names)), most)
    if root != "openimmo":
        raise Refusal(400, "The root element is not openimmo")
    return entries


def entry_of(record: Element, names: Collection[str] | None) -> Entry:
    """`names` are those of the files in the zip, None without one."""
    images, missing = _images(record, names)
    listing = _listing(record) | {"images": images}
    listing = {field: value for field, value in listing.items() if value not in (None, "", [])}
    complaint = judge(listing)
    if complaint is None and missing:
        complaint = Complaint(VALIDATION_FAILED, *missing)
    return Entry(listing, complaint)


def _listing(record: Element) -> dict[str, Any]:
    offer, price = _offer(record), None
    if offer:
        price = number_in(said(record, *PRICES[offer]))
    kinds = record.find("objektkategorie/objektart")
    kind = kinds[0].tag if kinds is not None and len(kinds) else ""
    return {
        "external_id": said(record, "verwaltung_techn/objektnr_extern", "verwaltung_techn/openimmo_obid"),
        "listing_type": offer,
        "real_estate_type": ESTATE_TYPES.get(kind, "COMMERCIAL") if kind else None,
        "price": price,
        "currency": said(record, "preise/waehrung@iso_waehrung"),
        **_where(record),
        "name": said(record, "freitexte/objekttitel"),
        "description": said(record, "freitexte/objektbeschreibung"),
        "floorage": number_in(
            said(record, "flaechen/wohnflaeche", "flaechen/nutzflaeche", "flaechen/gesamtflaeche")
        ),
        "floor": number_in(said(record, "geo/etage")),
        "rooms": number_in(said(record, "flaechen/anzahl_zimmer")),
    }


def _offer(record: Element) -> str | None:
    how = record.find("objektkategorie/vermarktungsart")
    said_true = (
        offer for name, offer in OFFERS.items() if how is not None and how.get(name, "").lower() in TRUE
    )
    return next(said_true, None)


def _where(record: Element) -> dict[str, Any]:
    """An address without a street is left out where there are coordinates."""
    street = " ".join(filter(None, (said(record, "geo/strasse"), said(record, "geo/hausnummer"))))
    country = said(record, "geo/land@iso_land")
    country = ALPHA_3.get(country, country)
    address = {"street": street, "city": said(record, "geo/ort"), "country_code": country}
    lat, lng = said(record, "geo/geokoordinaten@breitengrad"), said(record, "geo/geokoordinaten@laengengrad")
    coordinates = {"lat": number_in(lat), "lng": number_in(lng)} if lat and lng else None
    whole = all(address.values())
    given = {field: value for field, value in address.items() if value}
    return {"coordinates": coordinates, "address": given if given and (whole or not coordinates) else None}


def _images(record: Element, names: Collection[str] | None) -> tuple[list[str], tuple[str, str] | None]:
    """Where the pictures will be, and path and words for the first that is nowhere."""
    found, missing = [], None
    for place, attachment in enumerate(record.iterfind("anhaenge/anhang")):
        path = said(attachment, "daten/pfad")
        if attachment.find("daten/anhanginhalt") is not None:
            found.append(f"{HOSTED}{place}")
        elif path and not is_web_address(path):
            found.append(path)
        elif path and names is not None and path in names:
            found.append(HOSTED + path)
        else:
            missing = missing or (
                f"anhaenge.anhang.{place}.daten.pfad",
                "The picture is neither here nor on the web",
            )
    return found, missing
