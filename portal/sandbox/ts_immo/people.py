"""Negotiators of the demo agencies. Telephone numbers are from the ranges that France keeps for fiction."""

from __future__ import annotations

from random import Random

from portal.sandbox.ts_immo.folding import fold

FIRST_NAMES = ("Éloïse", "Jérôme", "Anaïs", "François", "Maëlle", "Benoît", "Zoé", "Loïc", "Hélène", "Gaël")
SURNAMES = ("Lefèvre", "d'Aubigné", "Nuñez", "Müller", "Le Goff", "Béranger", "O'Brien", "Châtelain", "Faÿ")


def negotiator(chance: Random, domain: str) -> dict[str, str]:
    """Name, mail and telephone of one person."""
    first, last = chance.choice(FIRST_NAMES), chance.choice(SURNAMES)
    mail_name = f"{fold(first)}.{fold(last)}".replace(" ", "-").replace("'", "")
    return {
        "name": f"{first} {last}",
        "mail": f"{mail_name}@{domain}",
        "phone": f"+3346571{chance.randrange(10_000):04d}",
    }
