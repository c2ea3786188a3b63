"""The pages for people: home, list, one estate, forms, and what WordPress says when something is wrong."""

from __future__ import annotations

import re
from html import escape
from itertools import islice

from portal.sandbox.messages import HTML, Answer, Refusal, Request
from portal.sandbox.websites import estates, theme
from portal.sandbox.websites.website import Website

PER_PAGE = 24
ON_HOME = 6
SIMILAR = 3
LISTINGS, CONTACT, VALUATION = "ts_immo_listings", "ts_immo_contact", "ts_immo_valuation"
FORM = (
    '<form class="ts-immo-leads contact" method="post"><label>Nom<br><input name="nom"></label>'
    '<label>Téléphone<br><input name="telephone" type="tel"></label>'
    "<label>Message<br><textarea rows='5' name='message'></textarea></label><button>Envoyer</button></form>"
)


def home(request: Request, website: Website) -> Answer:
    newest = estates.cards(islice(website.mirror, ON_HOME))
    body = (
        f'<section class="accueil"><div class="cadre"><h1>{escape(website.name)}</h1>'
        "<p>Acheter, louer, vendre ou faire estimer un bien près de chez vous.</p></div></section>"
        f'<div class="cadre"><h2>Nos derniers biens</h2>{rendered(website, LISTINGS, newest)}</div>'
    )
    return theme.page(website, "/", "Accueil", body)


def listing(request: Request, website: Website, number: str = "1") -> Answer:
    """The post type's archive; it is gone with the plugin that registers the type."""
    if not website.plugin or not re.fullmatch(r"[1-9]\d{0,4}", number, re.ASCII):
        return missing(request, website)
    listed, at = list(website.mirror), int(number)
    shown = listed[(at - 1) * PER_PAGE : at * PER_PAGE]
    if not shown and at > 1:
        return missing(request, website)
    last = max(1, -(-len(listed) // PER_PAGE))
    pages = "".join(_page_link(to, at) for to in sorted({1, at - 1, at, at + 1, last}) if 1 <= to <= last)
    body = (
        f'<div class="cadre"><h1>Nos biens</h1><p class="discret">{len(listed)} biens</p>'
        f'{estates.cards(shown)}<p class="pages">{pages}</p></div>'
    )
    return theme.page(website, "/bien/" if at == 1 else f"/bien/page/{at}/", "Nos biens", body)


def estate(request: Request, website: Website, slug: str) -> Answer:
    reference = re.search(r"[^-]+-[^-]+$", slug)
    found = website.mirror.get(reference[0].upper()) if reference else None
    if not website.plugin or found is None or estates.path(found) != f"/bien/{slug}/":
        return missing(request, website)
    if found.broken:
        raise Refusal(500, "critical error")
    similar = [one for one in islice(website.mirror, SIMILAR + 1) if one.estate is not found.estate]
    return theme.page(
        website,
        estates.path(found),
        found.estate.mould.title,
        estates.article(found, similar[:SIMILAR]),
        head=estates.structured(found, website.address),
    )


def contact(request: Request, website: Website) -> Answer:
    return _form(website, "/contact/", "Contact", CONTACT)


def valuation(request: Request, website: Website) -> Answer:
    return _form(website, "/estimation/", "Estimation", VALUATION)


def missing(request: Request, website: Website, **names: str) -> Answer:
    body = (
        '<div class="cadre"><h1>Oups ! Cette page est introuvable.</h1><p><a href="/">Accueil</a></p></div>'
    )
    return theme.page(website, "", "Page non trouvée", body, status=404)


def with_slash(request: Request, website: Website, slug: str) -> Answer:
    return Answer(301, b"", HTML, {"Location": f"{website.address}/bien/{slug}/"})


def rendered(website: Website, shortcode: str, markup: str) -> str:
    """Without its plugin WordPress shows a shortcode as it was typed."""
    return markup if website.plugin else f"<p>[{shortcode}]</p>"


def error(status: int, message: str) -> Answer:
    """What WordPress answers by itself when it cannot make a page."""
    title, text, headers = ERRORS.get(status, (f"Erreur {status}", message, {}))
    whole = (
        f'<!DOCTYPE html><html lang="fr-FR"><head><meta charset="UTF-8" /><title>{escape(title)}</title></head>'
        f'<body id="error-page"><div class="wp-die-message"><p>{escape(text)}</p></div></body></html>'
    )
    return Answer(status, whole.encode(), HTML, headers)


def _form(website: Website, path: str, title: str, shortcode: str) -> Answer:
    body = f'<div class="cadre"><h1>{title}</h1>{rendered(website, shortcode, FORM)}</div>'
    return theme.page(website, path, title, body)


def _page_link(to: int, at: int) -> str:
    return f"<b>{to}</b>" if to == at else f'<a href="/bien/page/{to}/">{to}</a>'


ERRORS: dict[int, tuple[str, str, dict[str, str]]] = {
    404: ("Aucun site", "Aucun site n’est configuré à cette adresse.", {}),
    500: ("WordPress › Erreur", "Il y a eu une erreur critique sur ce site.", {}),
    503: (
        "Maintenance",
        "Brièvement indisponible pour cause de maintenance planifiée. Veuillez vérifier à nouveau dans une minute.",
        {"Retry-After": "600"},
    ),
}
