"""Pages of estates as themes draw them: several shapes, each of one estate, with others recommended below.

The estate is MART-0001, « Villa avec piscine à Nice », 450 000 €, available, unless a test says otherwise.
"""

REFERENCE, TITLE, PRICE = "MART-0001", "Villa avec piscine à Nice", "450\u202f000\u00a0€"


def plain(
    reference: str = REFERENCE, title: str = TITLE, price: str = PRICE, badge: str = "", more: str = ""
) -> str:
    """A block theme: a headline, a price, a list of facts, a description with prose that misleads."""
    return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8">
<title>{title} – Agence Martin</title></head>
<body><header><nav><a href="/vendus/">Vendus</a><a href="/biens/">Disponible</a></nav></header>
<main><h1>{title}</h1>{f'<p class="badge">{badge}</p>' if badge else ""}
<p class="prix">{price}</p><p>Honoraires à la charge du vendeur : 18 000 €</p>
<ul><li>Réf. : {reference}</li><li>145 m²</li><li>6 pièces</li><li>5 000 €/m²</li></ul>
<p>Montant estimé des dépenses annuelles d'énergie : entre 1 000 € et 1 400 € par an. Le studio est loué jusqu'en mai,
le garage a été vendu, la maison est disponible immédiatement.</p>{more}</main>
<footer><a href="/mentions/">Mentions</a> Carte T 1234, garantie 120 000 €</footer></body></html>"""


def dressed(
    reference: str = REFERENCE, title: str = TITLE, price: str = PRICE, badge: str = "", others: str = ""
) -> str:
    """A large estate theme: labels that are links, definition lists, a calculator, cards of other estates."""
    label = (
        f'<a href="https://www.agence-martin.example/statut/x/" class="label-status">{badge}</a>'
        if badge
        else ""
    )
    return f"""<html><head><title>{title}</title><meta property="og:title" content="{title}"></head>
<body class="single-property"><div id="page"><div class="container"><div class="row"><div class="col-lg-8">
<div class="breadcrumb"><a href="/">Accueil</a> <a href="/vente/">Vente</a></div>
<div class="property-title"><h1>{title}</h1>{label}</div>
<div class="property-price"><span class="from">Prix</span><span class="price">{price}</span></div>
<dl><dt>Référence</dt><dd>{reference}</dd><dt>Charges</dt><dd>250 € / mois</dd>
<dt>Taxe foncière</dt><dd>1 200 €</dd></dl>
</div><div class="col-lg-4"><div class="calculator"><label>Apport</label><span>90 000 €</span>
<label>Mensualité</label><span>1 850 €</span></div>
<div class="widget"><h3>Derniers biens</h3><p>Loft à Lyon, vendu</p><p>612 000 €</p></div></div></div>
<section class="properties-similar"><h2>Biens similaires</h2>
<article><a href="/bien/autre/"><h3>Villa à Antibes</h3></a><span class="price">725 000 €</span>
<span class="label">Vendu</span></article>
{others}</section></div></div></body></html>"""


def built(
    reference: str = REFERENCE, title: str = TITLE, price: str = PRICE, badge: str = "", others: str = ""
) -> str:
    """A page builder: every text in four boxes without a name, the headline of the others in a box of its own."""

    def box(inside: str) -> str:
        return f'<div class="e-con"><div class="e-con-inner"><div class="widget-container">{inside}</div></div></div>'

    parts = [
        box(f"<h1>{title}</h1>"),
        box(f"<span>{badge}</span>") if badge else "",
        box(f'<h2 class="heading-title">{price}</h2>'),
        box(f"<p><strong>Réf</strong> {reference}</p>"),
        box("<h2>Ces biens pourraient vous intéresser</h2>"),
        box(f"<div><h3>Maison à Menton</h3><p>560 000 €</p><p>Sous compromis</p></div>{others}"),
    ]
    return f"<html><head><title>{title}</title></head><body><div>{''.join(parts)}</div></body></html>"


def for_machines(
    reference: str = REFERENCE, title: str = TITLE, amount: str = "450000", availability: str = "InStock"
) -> str:
    """A page whose text a script draws: all there is stands in JSON-LD."""
    return f"""<html><head><title>{title}</title><script type="application/ld+json">
{{"@context": "https://schema.org", "@graph": [{{"@type": "WebSite", "name": "Agence"}},
 {{"@type": ["Product", "House"], "name": "{title}", "sku": "{reference}", "offers": {{"@type": "Offer",
 "price": "{amount}", "priceCurrency": "EUR", "availability": "https://schema.org/{availability}"}}}}]}}
</script></head><body><div id="app"></div></body></html>"""


def foreign(language: str, reference: str = REFERENCE) -> str:
    """English and German sites."""
    words = {
        "en": (
            "Villa with pool in Nice",
            "€450,000",
            "Ref:",
            "Under offer",
            "Similar properties",
            "€395,000",
        ),
        "de": (
            "Villa mit Pool in Nizza",
            "450.000,- €",
            "Objekt-Nr.",
            "Reserviert",
            "Ähnliche Immobilien",
            "395.000 €",
        ),
    }
    title, price, label, badge, similar, other = words[language]
    return f"""<html><head><title>{title}</title></head><body><main><h1>{title}</h1><div class="tag">{badge}</div>
<p>{label} {reference}</p><p class="price">{price}</p><h2>{similar}</h2><div><p>Villa</p><p>{other}</p></div>
</main></body></html>"""


SHAPES = {"plain": plain, "dressed": dressed, "built": built}
