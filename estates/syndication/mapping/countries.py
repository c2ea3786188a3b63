"""What people write for a country: two letters, three, or a name in French or English."""

from __future__ import annotations

from estates.catalogue.words import normalise
from estates.feeds.countries import ALPHA_2, ALPHA_3

_NAMES = {
    "AD": "andorre, andorra",
    "AE": "emirats arabes unis, united arab emirates, uae, dubai",
    "AT": "autriche, austria, osterreich",
    "AU": "australie, australia",
    "BE": "belgique, belgium, belgie, belgien",
    "BG": "bulgarie, bulgaria",
    "BR": "bresil, brazil, brasil",
    "CA": "canada",
    "CH": "suisse, switzerland, schweiz, svizzera",
    "CI": "cote d ivoire, ivory coast",
    "CN": "chine, china",
    "CY": "chypre, cyprus",
    "CZ": "tchequie, republique tcheque, czechia, czech republic",
    "DE": "allemagne, germany, deutschland",
    "DK": "danemark, denmark",
    "DZ": "algerie, algeria",
    "EE": "estonie, estonia",
    "ES": "espagne, spain, espana",
    "FI": "finlande, finland",
    "FR": "france, france metropolitaine, corse",
    "GB": "royaume uni, united kingdom, uk, great britain, grande bretagne, angleterre, england, ecosse, scotland",
    "GF": "guyane, guyane francaise, french guiana",
    "GP": "guadeloupe",
    "GR": "grece, greece, el",
    "HR": "croatie, croatia",
    "HU": "hongrie, hungary",
    "IE": "irlande, ireland",
    "IL": "israel",
    "IT": "italie, italy, italia",
    "LT": "lituanie, lithuania",
    "LU": "luxembourg, luxemburg",
    "LV": "lettonie, latvia",
    "MA": "maroc, morocco",
    "MC": "monaco, principaute de monaco",
    "MQ": "martinique",
    "MT": "malte, malta",
    "MU": "ile maurice, maurice, mauritius",
    "NC": "nouvelle caledonie, new caledonia",
    "NL": "pays bas, netherlands, the netherlands, nederland, hollande, holland",
    "NO": "norvege, norway",
    "PF": "polynesie francaise, french polynesia",
    "PL": "pologne, poland, polska",
    "PT": "portugal",
    "RE": "reunion, la reunion",
    "RO": "roumanie, romania",
    "SE": "suede, sweden",
    "SI": "slovenie, slovenia",
    "SK": "slovaquie, slovakia",
    "SN": "senegal",
    "TH": "thailande, thailand",
    "TN": "tunisie, tunisia",
    "TR": "turquie, turkey, turkiye",
    "US": "etats unis, united states, united states of america, usa",
    "YT": "mayotte",
}
NAMES = {name.strip(): code for code, names in _NAMES.items() for name in names.split(",")}


def country_code(written: str) -> str:
    """ISO 3166-1 alpha-2 of a country, or "" for what nobody knows."""
    code = written.strip().upper()
    if code in ALPHA_3:
        return code
    return ALPHA_2.get(code) or NAMES.get(normalise(written), "")
