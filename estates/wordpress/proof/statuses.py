"""What pages call the state of an estate, in French, English and German, and which of ours that is."""

import re

from estates.wordpress.proof.text import folded

FAMILIES = {
    "available": "available",
    "under_offer": "under_offer",
    "reserved": "under_offer",
    "sold": "sold",
    "rented": "rented",
    "withdrawn": "withdrawn",
    "draft": "withdrawn",
}
"""Our remotes' words for what is compared; their list is open, and any other word is not compared."""

WORDS = {
    "available": ("disponible", "available", "toujours disponible", "verfügbar", "frei"),
    "under_offer": (
        "sous compromis", "sous offre", "sous offre acceptée", "offre acceptée", "compromis signé", "sous promesse",
        "réservé", "réservée", "option", "under offer", "sale agreed", "sold stc", "sold subject to contract",
        "reserved", "pending", "reserviert",
    ),
    "sold": ("vendu", "vendue", "bien vendu", "déjà vendu", "vendu par l'agence", "sold", "verkauft"),
    "rented": ("loué", "louée", "bien loué", "déjà loué", "let", "let agreed", "rented", "vermietet"),
    "withdrawn": ("retiré", "retiré de la vente", "n'est plus disponible", "withdrawn", "off market"),
    "offered": (
        "à vendre", "à louer", "en vente", "vente", "location", "for sale", "to let", "for rent", "zu verkaufen",
        "zu vermieten",
    ),
}  # fmt: skip
"""`offered` only says what kind of offer it is: it contradicts that the estate is sold or rented, nothing else."""

PHRASES = {folded(phrase): family for family, phrases in WORDS.items() for phrase in phrases}
LONGEST = max(map(len, PHRASES))
_LABEL = re.compile(r"^(?:statut|status|etat du bien|disponibilite|availability|zustand)\s?:?\s?")
_EDGE = re.compile(r"[^\w']+")
_IN_TITLE = {
    phrase: re.compile(
        rf"(?:^\W*{re.escape(phrase)}(?=\s*[-:|!\])(]))|(?:[-:|\[(]\s*{re.escape(phrase)}\W*$)"
    )
    for phrase in PHRASES
    if PHRASES[phrase] != "offered"
}
# schema.org/ItemAvailability; InStock is what plugins write of everything, and says nothing.
AVAILABILITY = {"soldout": "sold", "discontinued": "withdrawn", "reserved": "under_offer"}


def family_of(line: str) -> str:
    """What a line of its own says of the estate's state: "Vendu !" is "sold", "vendu meublé" is nothing."""
    plain = folded(line)
    if len(plain) > LONGEST + 25:
        return ""
    plain = _LABEL.sub("", plain)
    return PHRASES.get(_EDGE.sub(" ", plain).strip(), "")


def family_in_title(title: str) -> str:
    """The same of a headline, at whose beginning or end it stands apart: "VENDU – Villa", "Villa (sold)"."""
    plain = folded(title)[:300]
    return next((PHRASES[phrase] for phrase, pattern in _IN_TITLE.items() if pattern.search(plain)), "")


def contradicts(ours: str, shown: frozenset[str]) -> str:
    """The family by which a page contradicts ours; "" where it says the same, says nothing or cannot be compared."""
    family = FAMILIES.get(ours.lower(), "")
    if not family or not shown or family in shown:
        return ""
    said = sorted(shown - {"offered"})
    if said:
        return said[0]
    return "available" if family in ("sold", "rented") else ""
