"""An `immobilie` of OpenImmo as a `Listing`."""

from __future__ import annotations

from decimal import Decimal
from xml.etree.ElementTree import Element

from estates.feeds.countries import ALPHA_2, ALPHA_3
from estates.feeds.leaves import Leaves, sections
from estates.feeds.listing import Action, Contact, Kind, Listing, Offer
from estates.feeds.names import LOCAL
from estates.feeds.openimmo_pictures import pictures_of
from estates.feeds.openimmo_words import ACTIONS, DETAIL_ATTRIBUTES, KINDS, OFFERS, PRICES, SURFACES
from estates.feeds.outcomes import Note
from estates.feeds.reasons import Oddity
from estates.feeds.values import yes

SECTIONS = ("objektkategorie", "geo", "kontaktperson", "preise", "flaechen", "freitexte", "verwaltung_techn")
NUMBERS = ("objektnr_extern", "openimmo_obid", "objektnr_intern")
NUMBER_PATH = "verwaltung_techn/objektnr_extern"
DESCRIPTIONS = ("objektbeschreibung", "lage", "ausstatt_beschr", "sonstige_angaben")
ADDED = frozenset(("", "ADD", "NEW", "NEU"))
MODES = {"DELETE": Action.DELETE, "CHANGE": Action.CHANGE}
"""`uebertragung@modus` counts for the listings that have no `aktion`."""


def listing_of(element: Element, notes: list[Note], modus: str = "") -> Listing | None:
    """None where no number says which listing it is. What is odd is added to `notes`."""
    category, geo, person, prices, areas, texts, technical = sections(element, SECTIONS, notes)
    number = _number(technical)
    if not number:
        return None
    offer = _offer(category)
    kind, detail = _kind(category)
    return Listing(
        external_id=number,
        action=_action(technical, modus),
        offer=offer,
        kind=kind,
        kind_detail=detail,
        commercial=_commercial(category),
        title=texts.text("objekttitel"),
        description=_description(texts),
        language=technical.text("sprache")[:2].lower(),
        price=_price(prices, offer),
        currency=prices.attribute("waehrung", "iso_waehrung").upper(),
        street=geo.text("strasse"),
        house_number=geo.text("hausnummer"),
        postal_code=geo.text("plz"),
        city=geo.text("ort"),
        region=geo.text("bundesland"),
        country=_country(geo),
        latitude=geo.degrees("geokoordinaten", "breitengrad"),
        longitude=geo.degrees("geokoordinaten", "laengengrad"),
        surface=areas.number(*SURFACES),
        land_surface=areas.number("grundstuecksflaeche"),
        rooms=areas.number("anzahl_zimmer"),
        bedrooms=areas.number("anzahl_schlafzimmer"),
        bathrooms=areas.number("anzahl_badezimmer"),
        floor=geo.whole("etage"),
        pictures=pictures_of(element, notes),
        contact=_contact(person),
        updated=technical.day("stand_vom"),
    )


def _number(technical: Leaves) -> str:
    for name in NUMBERS:
        if number := technical.text(name):
            if name != NUMBERS[0]:
                technical.note(Oddity.NUMBER_FROM_OTHER_FIELD, name, number)
            return number
    return ""


def _action(technical: Leaves, modus: str) -> Action:
    said = technical.attribute("aktion", "aktionart").upper() or technical.text("aktion").upper()
    if said in ACTIONS:
        return ACTIONS[said]
    if said not in ADDED:
        technical.note(Oddity.UNKNOWN_ACTION, "aktion@aktionart", said)
    return Action.ADD if said else MODES.get(modus, Action.ADD)


def _offer(category: Leaves) -> Offer | None:
    element = category.get("vermarktungsart")
    if element is None:
        return None
    said = _said(element)
    for name, offer in OFFERS.items():
        if yes(said.get(name)):
            return offer
    if any(map(yes, said.values())):
        category.note(Oddity.UNKNOWN_OFFER, "vermarktungsart", " ".join(said))
    return None


def _said(element: Element) -> dict[str, str]:
    """Its attributes, and its children, which some write instead of them."""
    if not len(element):
        return element.attrib
    return {LOCAL[child.tag]: child.text or "" for child in element} | element.attrib


def _commercial(category: Leaves) -> bool:
    element = category.get("nutzungsart")
    if element is None:
        return False
    said = _said(element)
    return yes(said.get("GEWERBE")) and not yes(said.get("WOHNEN"))


def _kind(category: Leaves) -> tuple[Kind | None, str]:
    element = category.get("objektart")
    if element is None:
        return None, ""
    for child in element:
        name = LOCAL[child.tag]
        if kind := KINDS.get(name):
            return kind, (child.get(DETAIL_ATTRIBUTES[kind]) or "").strip()
        if name != "objektart_zusatz" and not name.startswith("user_defined"):
            category.note(Oddity.UNKNOWN_KIND, f"objektart/{name}")
    return None, ""


def _description(texts: Leaves) -> str:
    return "\n\n".join(filter(None, map(texts.text, DESCRIPTIONS)))


def _price(prices: Leaves, offer: Offer | None) -> Decimal | None:
    if offer:
        return prices.number(*PRICES[offer])
    return prices.number(*PRICES[Offer.SALE], *PRICES[Offer.RENT])


def _country(geo: Leaves) -> str:
    said = geo.attribute("land", "iso_land").upper() or geo.text("land").upper()
    if not said or said in ALPHA_3:
        return said
    if said not in ALPHA_2:
        geo.note(Oddity.UNKNOWN_COUNTRY, "land@iso_land", said)
    return ALPHA_2.get(said, "")


def _contact(person: Leaves) -> Contact | None:
    names = person.text("vorname"), person.text("name")
    contact = Contact(
        name=" ".join(filter(None, names)) or person.text("firma"),
        email=person.first_text("email_direkt", "email_zentrale", "email_privat"),
        phone=person.first_text("tel_durchw", "tel_zentrale", "tel_handy", "tel_privat"),
    )
    return contact if contact.name or contact.email or contact.phone else None
