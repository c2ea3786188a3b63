"""Where the demo agencies sell: real towns, with what a square metre costs there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """`square_metre` is the usual sale price in euros."""

    city: str
    postal_code: str
    region: str
    country: str
    latitude: float
    longitude: float
    square_metre: int
    quarters: tuple[str, ...] = ()


RHONE = "Auvergne-Rhône-Alpes"
AZUR = "Provence-Alpes-Côte d'Azur"

ELSEWHERE = (
    Place("L'Haÿ-les-Roses", "94240", "Île-de-France", "FR", 48.7800, 2.3370, 5200, ("la Roseraie",)),
    Place("Villeneuve-d'Ascq", "59650", "Hauts-de-France", "FR", 50.6230, 3.1450, 2900, ("Pont-de-Bois",)),
    Place("Genève", "1204", "Genève", "CH", 46.2017, 6.1466, 12800, ("les Eaux-Vives",)),
)
LYON = (
    Place("Lyon", "69002", RHONE, "FR", 45.7540, 4.8300, 5400, ("Bellecour", "Ainay", "Confluence")),
    Place("Lyon", "69003", RHONE, "FR", 45.7530, 4.8550, 4400, ("Montchat", "la Part-Dieu")),
    Place("Lyon", "69004", RHONE, "FR", 45.7780, 4.8270, 5200, ("Croix-Rousse",)),
    Place("Lyon", "69006", RHONE, "FR", 45.7690, 4.8500, 5900, ("Brotteaux", "Parc de la Tête d'Or")),
    Place("Lyon", "69007", RHONE, "FR", 45.7400, 4.8420, 4500, ("Jean-Macé", "Gerland")),
    Place("Villeurbanne", "69100", RHONE, "FR", 45.7710, 4.8900, 3700, ("Gratte-Ciel", "les Charpennes")),
    Place("Caluire-et-Cuire", "69300", RHONE, "FR", 45.7950, 4.8470, 4300, ("Saint-Clair",)),
    Place("Écully", "69130", RHONE, "FR", 45.7740, 4.7770, 4700, ("le Pérollier",)),
    Place("Sainte-Foy-lès-Lyon", "69110", RHONE, "FR", 45.7330, 4.8020, 4500, ("la Plaine",)),
    Place("Tassin-la-Demi-Lune", "69160", RHONE, "FR", 45.7640, 4.7800, 4600, ("l'Horloge",)),
    Place("Saint-Cyr-au-Mont-d'Or", "69450", RHONE, "FR", 45.8160, 4.8160, 5600),
    Place("L'Arbresle", "69210", RHONE, "FR", 45.8350, 4.6170, 2900),
    *ELSEWHERE,
)
RIVIERA = (
    Place("Nice", "06000", AZUR, "FR", 43.6960, 7.2650, 5900, ("Carré d'Or", "Musiciens")),
    Place("Nice", "06300", AZUR, "FR", 43.6970, 7.2850, 6100, ("le Port", "Mont Boron")),
    Place("Nice", "06100", AZUR, "FR", 43.7180, 7.2560, 4600, ("Cimiez", "Gairaut")),
    Place("Antibes", "06600", AZUR, "FR", 43.5800, 7.1250, 6400, ("le Vieil Antibes", "Cap d'Antibes")),
    Place("Juan-les-Pins", "06160", AZUR, "FR", 43.5690, 7.1120, 6700, ("la Pinède",)),
    Place(
        "Cannes", "06400", AZUR, "FR", 43.5510, 7.0170, 7800, ("la Croisette", "le Suquet", "la Californie")
    ),
    Place("Le Cannet", "06110", AZUR, "FR", 43.5760, 7.0190, 5200),
    Place("Mougins", "06250", AZUR, "FR", 43.6000, 6.9960, 6500, ("Notre-Dame-de-Vie",)),
    Place("Villefranche-sur-Mer", "06230", AZUR, "FR", 43.7040, 7.3110, 9400, ("la Corne d'Or",)),
    Place("Èze", "06360", AZUR, "FR", 43.7270, 7.3610, 8700),
    Place("Saint-Paul-de-Vence", "06570", AZUR, "FR", 43.6970, 7.1220, 6900),
    Place("Cagnes-sur-Mer", "06800", AZUR, "FR", 43.6640, 7.1490, 5300, ("le Cros",)),
    Place("Monaco", "98000", "Monaco", "MC", 43.7384, 7.4246, 48000, ("Fontvieille",)),
    *ELSEWHERE,
)
