"""How an estate looks on a website: as a card in a list, and on a page of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any

from portal.sandbox.ts_immo.mirror import Shown
from portal.sandbox.ts_immo.stock import Estate
from portal.sandbox.websites import words

FOLDER = "/wp-content/uploads/biens"


def path(shown: Shown) -> str:
    return path_of(shown.estate)


def path_of(estate: Estate) -> str:
    return f"/bien/{words.slug(estate.mould.title, estate.reference)}/"


def picture(shown: Shown, number: int) -> str:
    return f"{FOLDER}/{shown.estate.id}/{number}.jpg"


def cards(listed: Iterable[Shown]) -> str:
    return f'<div class="ts-immo-sync grille">{"".join(map(_card, listed))}</div>'


def _card(shown: Shown) -> str:
    document = details(shown)
    facts = " · ".join(filter(None, (words.surface(document["surface"]), document["location"]["city"])))
    return (
        f'<article class="carte"><a href="{path(shown)}">{_image(shown, 1, "?w=520")}<div class="texte">'
        f"<h3>{escape(document['title'])}</h3>"
        f'<p class="prix">{escape(_price(shown, document))}</p><p class="discret">{escape(facts)}</p>'
        f'<p class="discret">Réf. {escape(shown.estate.reference)}</p>'
        f'<span class="statut">{escape(words.state(shown.status))}</span></div></a></article>'
    )


def article(shown: Shown, similar: Iterable[Shown]) -> str:
    """The page's middle: pictures, title, reference, price, state, facts, text, and other estates."""
    document = details(shown)
    small = "".join(_image(shown, at, "?w=300") for at in range(2, min(5, shown.estate.mould.images) + 1))
    text = "".join(f"<p>{escape(line)}</p>" for line in re.split(r"\n|<br>", document["description"]))
    facts = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in _facts(shown, document) if value
    )
    return (
        f'<div class="cadre"><article class="bien"><div>{_image(shown, 1, "")}'
        f'<div class="grille vignettes">{small}</div>{text}</div><div class="fiche">'
        f'<h1 class="entry-title">{escape(document["title"])}</h1>'
        f'<p class="reference">Réf. : {escape(shown.estate.reference)}</p>'
        f'<p class="prix">{escape(_price(shown, document))}</p>'
        f'<p><span class="statut">{escape(words.state(shown.status))}</span></p><dl>{facts}</dl>'
        f'<p><a href="/contact/">Demander une visite</a></p></div></article>'
        f"<section><h2>Biens similaires</h2>{cards(similar)}</section></div>"
    )


def structured(shown: Shown, address: str) -> str:
    """The same for machines, as JSON-LD."""
    document = details(shown)
    offer: dict[str, Any] = {
        "@type": "Offer",
        "availability": f"https://schema.org/{'InStock' if shown.status == 'available' else 'SoldOut'}",
    }
    if shown.price is not None:
        offer |= {"price": str(shown.price), "priceCurrency": _currency(document)}
    described = {
        "@context": "https://schema.org",
        "@type": "RealEstateListing",
        "name": document["title"],
        "identifier": shown.estate.reference,
        "url": f"{address}{path(shown)}",
        "offers": offer,
    }
    text = json.dumps(described, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>\n'


def details(shown: Shown) -> dict[str, Any]:
    """What Ts-Immo sends of the estate; its price and status are newer than the website's."""
    found: dict[str, Any] = json.loads(shown.estate.json(b""))
    return found


def _currency(document: dict[str, Any]) -> str:
    return str(document["financial"]["transaction"]["price"]["currency"])


def _price(shown: Shown, document: dict[str, Any]) -> str:
    return words.price(shown.price, _currency(document), document["offer_type"])


def _image(shown: Shown, number: int, query: str) -> str:
    if number > shown.estate.mould.images:
        return '<div class="image" aria-hidden="true"></div>'
    return f'<img class="image" loading="lazy" alt="" src="{picture(shown, number)}{query}" />'


def _facts(shown: Shown, document: dict[str, Any]) -> list[tuple[str, str]]:
    place, energy = document["location"], document["energy"] or {}
    return [
        ("Type", words.OFFERS.get(document["offer_type"], document["offer_type"])),
        ("Ville", f"{place['postal_code']} {place['city']}"),
        ("Surface", words.surface(document["surface"])),
        ("Terrain", words.surface(document["land_surface"])),
        ("Pièces", str(document["rooms"] or "")),
        ("Chambres", str(document["bedrooms"] or "")),
        ("DPE", energy.get("dpe") or ""),
    ]
