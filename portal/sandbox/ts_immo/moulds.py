"""The shapes that estates are cast from: everything about an estate that does not change, serialised once.

A mould's template is the estate's JSON with a few `%(name)b` gaps (id, reference, price …), so that a page
of a hundred costs tenths of a millisecond and a hundred thousand estates fit in memory.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from portal.sandbox.ts_immo import kinds
from portal.sandbox.ts_immo.extras import spoil
from portal.sandbox.ts_immo.folding import fold
from portal.sandbox.ts_immo.kinds import Kind
from portal.sandbox.ts_immo.people import negotiator
from portal.sandbox.ts_immo.places import Place

GAPS = ("id", "reference", "status", "price", "public_url", "created_at", "updated_at")
QUOTED_GAPS = ("id", "reference", "created_at", "updated_at")


@dataclass(frozen=True, slots=True)
class Mould:
    """`facts` are what searches compare; `price` in whole units of money; `text` is folded."""

    template: bytes
    title: str
    facts: dict[str, Any]
    price: int
    status: str
    text: str
    scene: str
    images: int


def cast(slug: str, agency: str, places: tuple[Place, ...], number: int, seed: int) -> Mould:
    """The same mould for the same arguments, on every machine."""
    chance = Random(f"{seed}:{slug}:{number}")
    kind = chance.choices(kinds.KINDS, [kind.weight for kind in kinds.KINDS])[0]
    place = chance.choice(places)
    offer = chance.choice(kind.offers)
    facts = _facts(kind, place, offer, chance)
    price = _price(kind, place, offer, facts["surface"], chance)
    weights = kinds.RENTAL_STATUSES if "rental" in offer else kinds.STATUSES
    status = chance.choices([name for name, _ in weights], [weight for _, weight in weights])[0]
    title = _title(kind, facts["rooms"], place, chance)
    description = _description(kind, facts, title, place, agency, chance)
    images = 0 if chance.random() < 0.06 else chance.randint(1, 12)
    document = _document(slug, facts, title, description, place, images, chance)
    spoil(document, chance)
    text = fold(f"{title} {description} {place.city}")
    return Mould(_template(document), title, facts, price, status, text, kind.scene, images)


def _facts(kind: Kind, place: Place, offer: str, chance: Random) -> dict[str, Any]:
    surface = float(chance.randint(*kind.surface))
    if kind.living and chance.random() < 0.4:
        surface += chance.choice((0.25, 0.5, 0.68))
    rooms = max(1, min(9, round(surface / 24))) if kind.living else None
    return {
        "type": kind.type,
        "sub_type": kind.sub_type,
        "offer_type": offer,
        "surface": surface,
        "land_surface": chance.randint(*kind.land) if kind.land else None,
        "rooms": rooms,
        "bedrooms": rooms - 1 if rooms else None,
        "bathrooms": max(1, rooms // 3) if rooms else None,
        "city": place.city,
        "postal_code": place.postal_code,
        "country": place.country,
        "region": place.region,
        "featured": chance.random() < 0.12,
        "is_project": kind.type == "apartment" and offer == "sale" and chance.random() < 0.1,
    }


def _price(kind: Kind, place: Place, offer: str, surface: float, chance: Random) -> int:
    """Euros: the whole for a sale, a month for a rental, a week for a holiday; 0 stands for "on request"."""
    value = surface * place.square_metre * kind.factor * chance.uniform(0.82, 1.25)
    if offer == "rental":
        return max(450, round(value * 0.0037 / 10) * 10)
    if offer == "seasonal_rental":
        return max(490, round(value * 0.0035 / 10) * 10)
    if chance.random() < 0.03:
        return 0
    return min(4_900_000, max(14_000, round(value / 5_000) * 5_000))


def _title(kind: Kind, rooms: int | None, place: Place, chance: Random) -> str:
    name = kind.title.format(rooms=rooms)
    where = chance.choice(place.quarters) if place.quarters and chance.random() < 0.7 else place.city
    return f"{name} {chance.choice(kinds.CHARMS)} – {where}" if kind.living else f"{name} – {where}"


def _description(
    kind: Kind, facts: dict[str, Any], title: str, place: Place, agency: str, chance: Random
) -> str:
    words = {
        "agency": agency,
        "city": place.city,
        "title": title.split(" – ")[0].lower(),
        "surface": f"{facts['surface']:g}".replace(".", ","),
        "bedrooms": facts["bedrooms"],
    }
    middle = chance.sample(kinds.LIVING, 4) if kind.living else chance.sample(kinds.PLAIN, 3)
    sentences = (chance.choice(kinds.OPENINGS), *middle, *chance.sample(kinds.CLOSINGS, 2))
    return "\n".join(sentence.format(**words) for sentence in sentences)


def _document(
    slug: str, facts: dict[str, Any], title: str, description: str, place: Place, images: int, chance: Random
) -> dict[str, Any]:
    shown = {name: facts[name] for name in facts if name not in ("city", "postal_code", "country", "region")}
    pool = kinds.POOL_AMENITIES if facts["sub_type"] == "villa" else kinds.AMENITIES
    rental = "rental" in facts["offer_type"]
    indoors = facts["rooms"] is not None
    currency = "CHF" if place.country == "CH" else "EUR"
    return {
        **{gap: _gap(gap) for gap in ("id", "reference")},
        "title": title,
        "description": description,
        **shown,
        "status": _gap("status"),
        "floor": chance.choice((None, 0, 1, 2, 3, 5, 7)) if facts["type"] == "apartment" else None,
        "year_built": chance.choice((None, 1898, 1934, 1968, 1975, 1996, 2008, 2019, 2026)),
        "exposure": chance.choice(kinds.EXPOSURES),
        "energy": {
            "dpe": chance.choice("ABCCDDDEEFG") if indoors else None,
            "ges": chance.choice("ABBCDE") if indoors else None,
            "dpe_value": chance.randint(45, 420) if indoors else None,
        },
        "location": _location(place, chance),
        "financial": {
            "transaction": {"price": {"amount": _gap("price"), "currency": currency}},
            "charges": {"amount": chance.randint(20, 390), "currency": currency, "period": "month"},
            "fees": {"payer": "tenant" if rental else chance.choice(("buyer", "seller")), "percent": 4.5},
            "deposit": {"amount": 1, "unit": "month"} if rental else None,
        },
        "images": _images(slug, images, chance),
        "amenities": chance.sample(pool, chance.randint(0, min(5, len(pool)))),
        "contact": negotiator(chance, f"{slug}.example"),
        "public_url": _gap("public_url"),
        "created_at": _gap("created_at"),
        "updated_at": _gap("updated_at"),
    }


def _location(place: Place, chance: Random) -> dict[str, Any]:
    return {
        "address": f"{chance.randint(1, 140)} {chance.choice(kinds.STREETS)}",
        "city": place.city,
        "postal_code": place.postal_code,
        "region": place.region,
        "country": place.country,
        "geo": {
            "latitude": round(place.latitude + chance.uniform(-0.012, 0.012), 6),
            "longitude": round(place.longitude + chance.uniform(-0.012, 0.012), 6),
        },
    }


def _images(slug: str, count: int, chance: Random) -> list[Any]:
    addresses = [
        f"{_gap('base')}/pictures/{slug}/{_gap('id')}/{number}.jpg" for number in range(1, count + 1)
    ]
    if chance.random() < 0.6:
        return list(addresses)
    return [{"url": url, "position": at, "alt": None} for at, url in enumerate(addresses, 1)]


def _gap(name: str) -> str:
    return f"\x00{name}\x00"


def _template(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("%", "%%")
    for name in (*GAPS, "base"):
        mark = json.dumps(_gap(name))
        if name not in QUOTED_GAPS:
            text = text.replace(mark, f"%({name})b")
        text = text.replace(mark[1:-1], f"%({name})b")
    return text.encode()
