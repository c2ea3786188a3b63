"""The theme: what stands around every page, and its style sheet."""

from __future__ import annotations

from html import escape

from portal.sandbox.messages import HTML, Answer
from portal.sandbox.websites.website import Website

WORDPRESS = "6.8.3"
STYLE_PATH = "/wp-content/themes/agence/style.css"
PLUGIN_STYLE_PATH = "/wp-content/plugins/ts-immo-sync/assets/listings.css"
MENU = (("/", "Accueil"), ("/bien/", "Nos biens"), ("/estimation/", "Estimation"), ("/contact/", "Contact"))
STYLE = """
:root { --encre: #1d2b36; --accent: #8a5a2b; --clair: #f6f2ec; --trait: #e3dcd2 }
* { box-sizing: border-box }
body { margin: 0; font: 17px/1.6 Georgia, "Times New Roman", serif; color: var(--encre); background: #fff }
a { color: inherit } .cadre { max-width: 1120px; margin: 0 auto; padding: 0 1.25rem }
header { border-bottom: 1px solid var(--trait) }
header .cadre { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: center; min-height: 76px }
.marque { font-size: 1.4rem; text-decoration: none; letter-spacing: .02em; margin-right: auto }
nav a { text-decoration: none; margin-right: 1.25rem; padding: .6rem 0; display: inline-block }
nav a:hover, .carte:hover h3 { color: var(--accent) }
.accueil { background: var(--clair); padding: 4rem 0; margin-bottom: 2rem }
h1 { font-size: 2.1rem; line-height: 1.2; margin: 0 0 .5rem } h2 { margin: 2.5rem 0 1rem }
.grille { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)) }
.carte { border: 1px solid var(--trait); border-radius: 6px; overflow: hidden; background: #fff }
.carte a { text-decoration: none; display: block } .carte h3 { font-size: 1.05rem; margin: .2rem 0 }
.carte .texte { padding: 1rem } .carte p { margin: 0 }
.image { aspect-ratio: 3 / 2; width: 100%; object-fit: cover; display: block; background: var(--clair) }
.prix { font-weight: bold; color: var(--accent) } .discret { color: #6b6f72; font-size: .92rem }
.statut { display: inline-block; font-size: .82rem; padding: .1rem .6rem; border-radius: 1rem; }
.statut { background: var(--clair); border: 1px solid var(--trait) }
.bien { display: grid; gap: 2rem; grid-template-columns: minmax(0, 2fr) minmax(260px, 1fr); margin: 2rem 0 }
.bien .prix { font-size: 1.6rem } dl { display: grid; grid-template-columns: auto 1fr; gap: .3rem 1rem }
dt { color: #6b6f72 } dd { margin: 0 } .vignettes { grid-template-columns: repeat(4, 1fr); gap: .5rem }
form.contact { display: grid; gap: .75rem; max-width: 34rem } input, textarea { font: inherit; padding: .5rem }
button { font: inherit; padding: .6rem 1.4rem; border: 0; background: var(--accent); color: #fff }
.pages a, .pages b { margin-right: .75rem }
footer { margin-top: 4rem; padding: 2rem 0; background: var(--encre); color: #dfe4e8; font-size: .92rem }
@media (max-width: 700px) { .bien { grid-template-columns: 1fr } .bien .fiche { order: -1 } h1 { font-size: 1.6rem } }
"""
STYLES = {STYLE_PATH: STYLE, PLUGIN_STYLE_PATH: ".ts-immo-sync { clear: both }"}


def page(website: Website, path: str, title: str, body: str, *, status: int = 200, head: str = "") -> Answer:
    """A whole page; `title` and `path` are text, `body` and `head` are markup."""
    links = {"Link": f'<{website.address}/wp-json/>; rel="https://api.w.org/"'} if website.rest else {}
    canonical = f'<link rel="canonical" href="{website.address}{escape(path)}" />\n' if path else ""
    whole = (
        '<!DOCTYPE html>\n<html lang="fr-FR">\n<head>\n<meta charset="UTF-8" />\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1" />\n'
        f"<title>{escape(title)} &#8211; {escape(website.name)}</title>\n{_robots(website)}\n"
        f'<link rel="stylesheet" id="agence-css" href="{STYLE_PATH}" media="all" />\n'
        f"{_discovery(website)}{head}"
        f'<meta name="generator" content="WordPress {WORDPRESS}" />\n{canonical}</head>\n'
        f'<body class="wp-theme-agence">\n{_top(website)}\n<main>{body}</main>\n{_bottom(website)}</body>\n</html>\n'
    )
    return Answer(status, whole.encode(), HTML, links)


def _robots(website: Website) -> str:
    words = "max-image-preview:large" if website.indexed else "noindex, nofollow"
    return f"<meta name='robots' content='{words}' />"


def _discovery(website: Website) -> str:
    rest = f'<link rel="https://api.w.org/" href="{website.address}/wp-json/" />\n' if website.rest else ""
    plugin = (
        f'<link rel="stylesheet" id="ts-immo-sync-css" href="{PLUGIN_STYLE_PATH}?ver=2.1.0" media="all" />\n'
    )
    return rest + (plugin if website.plugin else "")


def _top(website: Website) -> str:
    links = "".join(f'<a href="{path}">{name}</a>' for path, name in MENU)
    return (
        f'<header><div class="cadre"><a class="marque" href="/" rel="home">{escape(website.name)}</a>'
        f"<nav>{links}</nav></div></header>"
    )


def _bottom(website: Website) -> str:
    return (
        f'<footer><div class="cadre">© {escape(website.name)} · Transaction, location, gestion<br>'
        "Honoraires consultables en agence · Fièrement propulsé par WordPress</div></footer>"
    )
