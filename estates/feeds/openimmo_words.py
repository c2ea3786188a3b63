"""The words of OpenImmo 1.2.7 that the reader and the writer share.

The schema itself may not be redistributed; these are the names that a listing needs of it.
"""

from estates.feeds.listing import Action, Kind, Offer, Scope

NAMESPACE = "http://www.openimmo.de"
VERSION = "1.2.7"

KINDS = {
    "zimmer": Kind.ROOM,
    "wohnung": Kind.APARTMENT,
    "haus": Kind.HOUSE,
    "grundstueck": Kind.LAND,
    "buero_praxen": Kind.OFFICE,
    "einzelhandel": Kind.RETAIL,
    "gastgewerbe": Kind.HOSPITALITY,
    "hallen_lager_prod": Kind.INDUSTRY,
    "land_und_forstwirtschaft": Kind.FARM,
    "parken": Kind.PARKING,
    "sonstige": Kind.OTHER,
    "freizeitimmobilie_gewerblich": Kind.LEISURE,
    "zinshaus_renditeobjekt": Kind.INVESTMENT,
}
"""The element below `objektart` for each kind."""

KIND_ELEMENTS = {kind: name for name, kind in KINDS.items()}

DETAIL_ATTRIBUTES = {
    Kind.ROOM: "zimmertyp",
    Kind.APARTMENT: "wohnungtyp",
    Kind.HOUSE: "haustyp",
    Kind.LAND: "grundst_typ",
    Kind.OFFICE: "buero_typ",
    Kind.RETAIL: "handel_typ",
    Kind.HOSPITALITY: "gastgew_typ",
    Kind.INDUSTRY: "hallen_typ",
    Kind.FARM: "land_typ",
    Kind.PARKING: "parken_typ",
    Kind.OTHER: "sonstige_typ",
    Kind.LEISURE: "freizeit_typ",
    Kind.INVESTMENT: "zins_typ",
}
"""The attribute of the kind's element that says it more closely: `Listing.kind_detail`."""

OFFERS = {
    "KAUF": Offer.SALE,
    "MIETE_PACHT": Offer.RENT,
    "ERBPACHT": Offer.SALE,
    "LEASING": Offer.RENT,
}
"""Attributes of `vermarktungsart`, the first true one in this order counts. Writers use the first two."""

ACTIONS = {
    "CHANGE": Action.CHANGE,
    "DELETE": Action.DELETE,
    "REFERENZ": Action.REFERENCE,
}
"""`aktion@aktionart`; without it a listing is added."""

SCOPES = {"VOLL": Scope.FULL, "TEIL": Scope.PARTIAL}
"""`uebertragung@umfang`."""

PRICES = {
    Offer.SALE: ("kaufpreis", "kaufpreisbrutto", "kaufpreisnetto", "erbpacht"),
    Offer.RENT: (
        "nettokaltmiete",
        "kaltmiete",
        "warmmiete",
        "pauschalmiete",
        "hauptmietzinsnetto",
        "pacht",
    ),
}
"""Elements of `preise`, the first that holds a number counts. Writers use the first one."""

SURFACES = ("wohnflaeche", "nutzflaeche", "gesamtflaeche")
"""Elements of `flaechen` for `Listing.surface`, the first that holds a number counts. Writers use the first one."""

TITLE_GROUP, PICTURE_GROUPS = (
    "TITELBILD",
    frozenset(
        (
            "TITELBILD",
            "INNENANSICHTEN",
            "AUSSENANSICHTEN",
            "GRUNDRISS",
            "BILD",
            "PANORAMA",
            "ANSICHT",
            "KARTEN_LAGEPLAN",
        )
    ),
)
"""`anhang@gruppe` of what is a picture. An `anhang` without a group is one where its format or its name says so."""
