"""What is for sale or to let, and the words that agents find for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`type` and `sub_type` as Ts-Immo writes them; `surface` in m² from–to; `weight` how often it occurs."""

    type: str
    sub_type: str | None
    title: str
    surface: tuple[int, int]
    weight: int
    scene: str
    living: bool = True
    land: tuple[int, int] | None = None
    factor: float = 1.0
    offers: tuple[str, ...] = ("sale", "sale", "sale", "rental")


SALE = ("sale",)
KINDS = (
    Kind("apartment", "studio", "Studio meublé", (17, 34), 10, "flats", offers=("sale", "rental", "rental")),
    Kind("apartment", "flat", "Appartement T{rooms}", (42, 118), 34, "flats"),
    Kind("apartment", "duplex", "Duplex T{rooms} avec terrasse", (68, 150), 7, "flats", factor=1.1),
    Kind("apartment", "loft", "Loft d'architecte", (80, 210), 4, "flats", factor=1.15),
    Kind("apartment", "penthouse", "Dernier étage, toit-terrasse", (95, 240), 5, "flats", factor=1.4),
    Kind("house", "villa", "Villa avec piscine", (140, 390), 13, "villa", land=(600, 4200), factor=1.3),
    Kind("house", "townhouse", "Maison de ville", (75, 165), 10, "house", land=(40, 320)),
    Kind(
        "house",
        "farmhouse",
        "Ferme rénovée en pierre",
        (150, 320),
        3,
        "house",
        land=(1500, 26000),
        factor=0.8,
    ),
    Kind("house", None, "Maison familiale", (90, 180), 8, "house", land=(250, 1400)),
    Kind(
        "land",
        "building_plot",
        "Terrain à bâtir viabilisé",
        (420, 2600),
        5,
        "land",
        False,
        (420, 2600),
        0.09,
        SALE,
    ),
    Kind("parking", "garage", "Garage fermé", (12, 22), 4, "flats", False, factor=0.4),
    Kind("commercial", "shop", "Local commercial en angle", (35, 260), 5, "shop", False, factor=0.7),
    Kind(
        "office",
        None,
        "Plateau de bureaux",
        (60, 620),
        4,
        "shop",
        False,
        factor=0.7,
        offers=("rental", "sale"),
    ),
    Kind(
        "building",
        "investment",
        "Immeuble de rapport",
        (260, 900),
        3,
        "flats",
        False,
        factor=0.65,
        offers=SALE,
    ),
    Kind("péniche", "freycinet", "Péniche aménagée, à quai", (80, 160), 2, "barge", factor=0.7, offers=SALE),
    Kind(
        "apartment", "seasonal", "Pied-à-terre de vacances", (30, 75), 3, "flats", offers=("seasonal_rental",)
    ),
    Kind(
        "house",
        "viager",
        "Maison en viager occupé",
        (80, 160),
        2,
        "house",
        land=(200, 900),
        offers=("viager",),
    ),
    Kind(
        "building",
        "auction_lot",
        "Hôtel particulier",
        (300, 800),
        1,
        "flats",
        factor=1.2,
        offers=("auction",),
    ),
)
CHARMS = (
    "lumineux",
    "au calme",
    "vue dégagée",
    "plein sud",
    "coup de cœur",
    "à rafraîchir",
    "refait à neuf",
    "sans vis-à-vis",
    "proche métro",
    "rare à la vente",
)
OPENINGS = (
    "{agency} vous présente en exclusivité, à {city}, {title} de {surface} m².",
    "Idéalement situé à {city}, à deux pas des commerces et des écoles, {title} d'environ {surface} m².",
    "Rare ! Au cœur de {city}, dans un environnement recherché, {title} offrant {surface} m².",
    "À saisir : {title} de {surface} m² à {city}, à l'abri du bruit.",
)
LIVING = (
    "Il se compose d'une entrée avec placards, d'un séjour baigné de lumière et d'une cuisine ouverte.",
    "L'espace nuit dessert {bedrooms} chambre(s), une salle d'eau avec fenêtre et des W.-C. indépendants.",
    "Parquet en point de Hongrie, moulures, cheminée d'époque : le charme de l'ancien.",
    "Le chauffage individuel, les menuiseries en double vitrage et l'isolation refaite limitent les charges.",
    "Une suite parentale avec dressing et sa salle de bains complètent l'ensemble.",
    "La pièce de vie s'ouvre sur l'extérieur, à l'abri des regards, pour des soirées d'été réussies.",
)
PLAIN = (
    "Bonne desserte, accès aisé depuis l'autoroute et stationnement à proximité immédiate.",
    "Hors d'eau, hors d'air, compteurs individuels ; libre de toute occupation.",
    "Emplacement n° 1, belle visibilité, flux piéton important.",
    "Étude géotechnique réalisée, règlement d'urbanisme disponible à l'agence.",
)
CLOSINGS = (
    "Les informations sur les risques auxquels ce bien est exposé sont disponibles sur le site Géorisques.",
    "Une visite s'impose ! Contactez-nous dès aujourd'hui.",
    "Honoraires selon barème, consultable en agence.<br>Risques : voir l'état joint.",
    "À visiter sans tarder – premier étage d'un immeuble d'où l'on voit les « toits » & les clochers.",
)
AMENITIES = (
    "parking",
    "terrace",
    "elevator",
    "balcony",
    "cellar",
    "garden",
    "fireplace",
    "air_conditioning",
    "fibre",
    "digicode",
    "cave à vin",
)
POOL_AMENITIES = ("pool", "garden", "garage", "terrace", "alarm")
EXPOSURES = ("sud", "sud-ouest", "est", "nord-est", "traversant", None)
STREETS = (
    "rue de la République",
    "avenue du Maréchal-Foch",
    "rue de l'Abbé-Grégoire",
    "impasse des Mûriers",
    "quai Saint-Antoine",
    "boulevard de la Croix-d'Or",
    "montée du Château",
    "allée des Chênes-Verts",
)
STATUSES = (
    ("available", 68),
    ("under_offer", 12),
    ("sold", 10),
    ("withdrawn", 3),
    ("en attente de signature", 2),
)
RENTAL_STATUSES = (("available", 72), ("rented", 22), ("under_offer", 6))
