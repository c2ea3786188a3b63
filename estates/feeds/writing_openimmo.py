"""A listing as an `immobilie` of OpenImmo 1.2.7, its elements in the order that the standard asks for."""

from __future__ import annotations

import re

from estates.feeds.countries import ALPHA_3
from estates.feeds.listing import Contact, Kind, Listing, Offer, Picture, Sender
from estates.feeds.openimmo_words import (
    ACTIONS,
    DETAIL_ATTRIBUTES,
    KIND_ELEMENTS,
    PRICES,
    SURFACES,
    TITLE_GROUP,
)
from estates.feeds.writing_details import DETAILS, GROUPS
from estates.feeds.writing_text import degrees, leaf, number, text

ACTION_WORDS = {action: word for word, action in ACTIONS.items()}
PLAIN_GROUP = "BILD"
FORMATS = {
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
}
USUAL_FORMAT = "image/jpeg"
"""What a picture is whose address does not say it."""
WEB = ("https://", "http://")
YES_OR_NO = {True: "true", False: "false"}

_CURRENCY = re.compile("[A-Z]{3}", re.ASCII)


def immobilie(listing: Listing, sender: Sender, day: str) -> str:
    """`day`, in ISO, is when the listing was last changed, where it does not say so itself."""
    return (
        f"<immobilie>{_category(listing)}{_place(listing)}{_person(listing.contact, sender)}{_prices(listing)}"
        f"{_areas(listing)}{_texts(listing)}{_pictures(listing.pictures)}{_technical(listing, day)}</immobilie>\n"
    )


def _category(listing: Listing) -> str:
    commercial, sale, rent = (
        YES_OR_NO[said]
        for said in (listing.commercial, listing.offer == Offer.SALE, listing.offer == Offer.RENT)
    )
    living = YES_OR_NO[not listing.commercial]
    return (
        f'<objektkategorie><nutzungsart WOHNEN="{living}" GEWERBE="{commercial}"/>'
        f'<vermarktungsart KAUF="{sale}" MIETE_PACHT="{rent}"/>'
        f"<objektart>{_kind(listing)}</objektart></objektkategorie>"
    )


def _kind(listing: Listing) -> str:
    kind, detail = listing.kind or Kind.OTHER, listing.kind_detail
    element = KIND_ELEMENTS[kind]
    if detail in DETAILS[kind]:
        return f'<{element} {DETAIL_ATTRIBUTES[kind]}="{detail}"/>'
    return f"<{element}/>{leaf('objektart_zusatz', detail)}"


def _place(listing: Listing) -> str:
    """Postcode and town stand together; only a position may stand instead of both."""
    position = _position(listing)
    town = f"<plz>{text(listing.postal_code)}</plz><ort>{text(listing.city)}</ort>"
    if position and not (listing.postal_code or listing.city):
        town = ""
    country = ALPHA_3.get(listing.country, "")
    land = f'<land iso_land="{country}"/>' if country else ""
    return (
        f"<geo>{town}{position}{leaf('strasse', listing.street)}{leaf('hausnummer', listing.house_number)}"
        f"{leaf('bundesland', listing.region)}{land}{number('etage', listing.floor)}</geo>"
    )


def _position(listing: Listing) -> str:
    latitude, longitude = degrees(listing.latitude), degrees(listing.longitude)
    if not latitude or not longitude:
        return ""
    return f'<geokoordinaten breitengrad="{latitude}" laengengrad="{longitude}"/>'


def _person(contact: Contact | None, sender: Sender) -> str:
    """The standard asks for one way to reach somebody: the agency's own, where the listing names none."""
    contact = contact or Contact(name=sender.name)
    direct = f"{leaf('email_direkt', contact.email)}{leaf('tel_durchw', contact.phone)}"
    if not direct:
        # With one of the agency's ways there is no need of the other.
        direct = leaf("email_zentrale", sender.email) or leaf("tel_zentrale", sender.phone)
    return f"<kontaktperson>{direct or '<email_zentrale/>'}<name>{text(contact.name)}</name></kontaktperson>"


def _prices(listing: Listing) -> str:
    price = number(PRICES[listing.offer or Offer.SALE][0], listing.price)
    if _CURRENCY.fullmatch(listing.currency):
        price += f'<waehrung iso_waehrung="{listing.currency}"/>'
    return f"<preise>{price}</preise>" if price else ""


def _areas(listing: Listing) -> str:
    areas = (
        f"{number(SURFACES[0], listing.surface)}{number('grundstuecksflaeche', listing.land_surface)}"
        f"{number('anzahl_zimmer', listing.rooms)}{number('anzahl_schlafzimmer', listing.bedrooms)}"
        f"{number('anzahl_badezimmer', listing.bathrooms)}"
    )
    return f"<flaechen>{areas}</flaechen>" if areas else ""


def _texts(listing: Listing) -> str:
    texts = f"{leaf('objekttitel', listing.title)}{leaf('objektbeschreibung', listing.description)}"
    return f"<freitexte>{texts}</freitexte>" if texts else ""


def _pictures(pictures: tuple[Picture, ...]) -> str:
    written = "".join([_picture(picture, first=not at) for at, picture in enumerate(pictures)])
    return f"<anhaenge>{written}</anhaenge>" if written else ""


def _picture(picture: Picture, first: bool) -> str:
    """By its URL, or by the name of a file beside the XML. One without either is left out."""
    address = picture.address
    if not address:
        return ""
    group = picture.group
    if group not in GROUPS:
        group = TITLE_GROUP if first else PLAIN_GROUP
    place = "REMOTE" if address.lower().startswith(WEB) else "EXTERN"
    return (
        f'<anhang location="{place}" gruppe="{group}">{leaf("anhangtitel", picture.title)}'
        f"<format>{_format(address)}</format><daten><pfad>{text(address)}</pfad></daten></anhang>"
    )


def _format(address: str) -> str:
    ending = address.partition("?")[0].rpartition(".")[2].lower()
    return FORMATS.get(ending, USUAL_FORMAT)


def _technical(listing: Listing, day: str) -> str:
    """The number goes out twice: receivers do not agree on which of the two fields tells listings apart."""
    said = text(listing.external_id)
    word = ACTION_WORDS.get(listing.action)
    action = f'<aktion aktionart="{word}"/>' if word else "<aktion/>"
    updated = listing.updated.isoformat() if listing.updated else day
    return (
        f"<verwaltung_techn><objektnr_extern>{said}</objektnr_extern>{action}<openimmo_obid>{said}</openimmo_obid>"
        f"<stand_vom>{updated}</stand_vom>{leaf('sprache', listing.language)}</verwaltung_techn>"
    )
