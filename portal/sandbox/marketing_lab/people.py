"""Who asks: names, ways to be reached, and what people write. Telephone numbers are kept for fiction."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random

FIRST_NAMES = {
    "Mme": (
        "Aïcha", "Chloé", "Véronique", "Inès", "Maëva", "Fatou", "Océane", "Marie-Françoise", "Léa", "Zoé",
    ),
    "M.": (
        "Jean-Baptiste", "Mehdi", "Noël", "Thibault", "Gérard", "Rémi", "Ömer", "Stéphane", "Youssef", "Éric",
    ),
}  # fmt: skip
LAST_NAMES = (
    "Dupont", "LEFÈVRE", "Nguyễn", "d'Hérouville", "Garcia", "Le Bihan", "Benkhelifa", "Müller-Roche", "Petit",
    "DIALLO", "O'Connor", "Châtaignier", "Martinez", "Faÿ", "Da Costa", "Œuvrard", "Bonnet", "Kowalski",
)  # fmt: skip
MAIL_HOSTS = ("example.com", "example.net", "courriel.example", "orange.example")
PHONES = ("+336399{0}{1}{2}", "06 39 9{0} {1} {2}", "06399{0}{1}{2}", "06.39.9{0}.{1}.{2}")
SPELT = str.maketrans({"œ": "oe", "Œ": "Oe", "ễ": "e"})

MESSAGES = (
    "Bonjour, je souhaite recevoir la brochure et les plans du {flat} à {city}. Cordialement",
    "Nous cherchons un {flat} pour notre résidence principale, avec terrasse si possible. Budget {budget} €.",
    "Merci de me rappeler après 18 h, je suis intéressé(e) par un investissement locatif.",
    "Est-ce que le {flat} du 3e étage est encore disponible ?\nQuelle est la date de livraison prévue ?",
    "Bonjour,\n\nPrimo-accédants, nous voudrions savoir si le programme est éligible au PTZ.\n\nMerci d'avance",
    "visite possible samedi ??? 🙂",
)


@dataclass(frozen=True, slots=True)
class Person:
    civility: str
    first_name: str
    last_name: str
    phone: str | None
    email: str | None


def person(chance: Random) -> Person:
    """Somebody who can be reached in one way at least."""
    civility = chance.choice(tuple(FIRST_NAMES))
    first, last = chance.choice(FIRST_NAMES[civility]), chance.choice(LAST_NAMES)
    phone = _phone(chance) if chance.random() > 0.08 else None
    mail = (
        f"{_plain(first)}.{_plain(last)}{chance.choice(('', '', '69', '.pro'))}@{chance.choice(MAIL_HOSTS)}"
    )
    email = mail if phone is None or chance.random() > 0.1 else None
    return Person(civility if chance.random() < 0.8 else "", first, last, phone, email)


def _phone(chance: Random) -> str:
    digits = f"8{chance.randrange(10_000):04d}"
    return chance.choice(PHONES).format(digits[0], digits[1:3], digits[3:])


def _plain(name: str) -> str:
    spelt = unicodedata.normalize("NFKD", name.translate(SPELT)).lower()
    return "".join(letter for letter in spelt if letter.isascii() and letter.isalnum())
