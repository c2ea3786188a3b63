"""A lead as AVIV sends it. The same seed, account and number draw the same person and the same wish."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from portal.sandbox.aviv import phrases
from portal.sandbox.ts_immo.folding import fold
from portal.sandbox.ts_immo.places import LYON, RIVIERA, Place
from portal.sandbox.ts_immo.stock import Estate

CLASSIFIED_CHARACTERS = "123456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
PORTALS = ("SLG-FRA", "SLG-FRA", "SLG-FRA", "LIM-FRA", "LIM-FRA", "BDS-FRA")
CATEGORIES = ("CLASSIFIED",) * 14 + ("AGENCY",) * 3 + ("PROPERTY_SEARCH",) * 2 + ("CALL_TRACKING",)
FORGOTTEN = ("firstName", "lastName", "gender", "email", "language", "message")


@dataclass(slots=True)
class Lead:
    """`ingested` and `ttl` in seconds since 1970; `sent` is the body of a lead that somebody posted."""

    number: int
    id: str
    ingested: int
    ttl: int
    estate: Estate | None = None
    sent: dict[str, Any] | None = None
    erased: bool = False


class Draughtsman:
    """Draws the leads of one account."""

    def __init__(self, slug: str, seed: int) -> None:
        self.slug, self.seed = slug, seed
        self._places = RIVIERA if slug == "riviera" else LYON

    def draw(self, lead: Lead) -> dict[str, Any]:
        chance = Random(f"{self.seed}:{self.slug}:{lead.number}")
        document = _posted(lead) if lead.sent else self._drawn(lead, chance)
        if lead.erased:
            contact = document["contactRequest"]
            contact.update(dict.fromkeys(FORGOTTEN) | {"phoneNumbers": []})
        return document

    def _drawn(self, lead: Lead, chance: Random) -> dict[str, Any]:
        category = chance.choice(CATEGORIES)
        intention = _intention(category, lead.estate, chance)
        place = chance.choice(self._places)
        document: dict[str, Any] = {
            "metadata": _metadata(lead, chance.choice(PORTALS), category, intention),
            "contactRequest": _contact(category, intention, lead, chance),
        }
        if category == "PROPERTY_SEARCH":
            document["property"] = _criteria(place, chance)
            document["distributionType"] = ["TENANT" if intention == "RENT" else "BUYER"]
        elif category != "AGENCY":
            document["property"] = _property(lead, chance)
        return document


def classified_id(estate: Estate) -> str:
    """The portal's own number of an estate: two digits and ten characters, neither 0 nor O among these."""
    return "26" + "".join(Random(estate.id).choices(CLASSIFIED_CHARACTERS, k=10))


def _metadata(lead: Lead, portal: str, category: str, intention: str) -> dict[str, Any]:
    return {
        "leadId": lead.id,
        "ingestionDate": lead.ingested,
        "portal": portal,
        "TTL": lead.ttl,
        "leadCategory": category,
        "seekerIntention": intention,
    }


def _intention(category: str, estate: Estate | None, chance: Random) -> str:
    if category == "AGENCY":
        return chance.choice(tuple(phrases.AGENCY))
    if category == "PROPERTY_SEARCH" or estate is None:
        return chance.choice(("BUY", "BUY", "RENT"))
    return "RENT" if "rental" in str(estate.fact("offer_type")) else "BUY"


def _contact(category: str, intention: str, lead: Lead, chance: Random) -> dict[str, Any]:
    phone: dict[str, Any] = {"type": "MOBILE", "number": f"+3363998{chance.randrange(10_000):04d}"}
    if category == "CALL_TRACKING":
        return {"phoneNumbers": [phone], "message": None, "language": "FR"}
    first, last = chance.choice(phrases.FIRST_NAMES), chance.choice(phrases.LAST_NAMES)
    name = f"{fold(first)}.{fold(last)}".replace(" ", "-").replace("'", "")
    contact: dict[str, Any] = {
        "firstName": first,
        "lastName": last,
        "gender": chance.choice(("FEMALE", "MALE", "MALE", "FEMALE", None)),
        "email": f"{name}{chance.randrange(100)}@courriel.example",
        "language": "FR",
        "phoneNumbers": [phone | {"verified": chance.random() < 0.6}],
        "message": _message(category, intention, lead, chance),
    }
    if chance.random() < 0.15:
        contact["phoneNumbers"].append(
            {"type": "LANDLINE", "number": f"04 65 71 {chance.randrange(90):02d} 10"}
        )
    if category == "AGENCY":
        contact["isOwner"] = intention in ("SELL", "MANAGE")
    return contact


def _message(category: str, intention: str, lead: Lead, chance: Random) -> str:
    if category == "AGENCY":
        return phrases.AGENCY[intention]
    if category == "PROPERTY_SEARCH":
        return phrases.SEARCH
    reference = lead.estate.reference if lead.estate else ""
    return chance.choice(phrases.RENT if intention == "RENT" else phrases.VISIT).format(reference=reference)


def _property(lead: Lead, chance: Random) -> dict[str, Any]:
    if lead.estate is None:
        return {"classifiedId": "26" + "".join(chance.choices(CLASSIFIED_CHARACTERS, k=10))}
    return {
        "classifiedId": classified_id(lead.estate),
        "offererEstateId": lead.estate.id,
        "offererMarketingKey": lead.estate.reference,
    }


def _criteria(place: Place, chance: Random) -> dict[str, Any]:
    rooms, surface = chance.randint(1, 5), chance.randint(25, 120)
    budget: dict[str, int] = {"amountMax": round(surface * place.square_metre, -4)}
    if chance.random() < 0.4:
        budget["amountMin"] = budget["amountMax"] * 7 // 10
    return {
        "estateType": chance.choice((["APARTMENT"], ["HOUSE"], ["APARTMENT", "HOUSE"], ["PLOT"])),
        "rooms": {"numberOfRoomsMin": rooms},
        "spaces": {"spaceMin": surface, "spaceMax": surface + chance.randint(10, 60)},
        "budget": budget,
        "geo": {"cities": [{"name": place.city, "zipCode": place.postal_code}]},
    }


def _posted(lead: Lead) -> dict[str, Any]:
    sent = lead.sent or {}
    names = ("firstName", "lastName", "gender", "email", "message")
    contact = {name: sent.get(name) for name in names} | {"language": sent.get("language", "FR")}
    contact["phoneNumbers"] = [{"verified": False, **phone} for phone in sent["phoneNumbers"]]
    return {
        "metadata": _metadata(lead, "SLG-FRA", "CLASSIFIED", "BUY"),
        "contactRequest": contact,
        "property": {"classifiedId": sent["classifiedId"]},
    }
