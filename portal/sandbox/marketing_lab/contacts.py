"""Contacts: the documented fields, further ones as a CRM adds them, and whether they were pulled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from portal.sandbox.marketing_lab.people import MESSAGES, Person
from portal.sandbox.marketing_lab.programmes import Programme, Region

ORIGINS = ("Website form", "Portail immobilier", "Appel entrant", "Salon de l'immobilier", "Campagne e-mail")
CONTACT_KINDS = ("Inbound Lead", "Inbound Lead", "Prospect qualifié", "Parrainage")
ACTION_KINDS = ("Contact request", "Demande de brochure", "Demande de rappel", "Demande de rendez-vous")
FLATS = ("T2", "T3", "T3 duplex", "T4")
PROJECTS = ("Résidence principale", "Investissement locatif", "Résidence secondaire", None)


@dataclass(slots=True)
class Contact:
    """`fields` as it is sent; `pulled_at` None while it is ready to be pulled."""

    fields: dict[str, Any]
    pulled_at: datetime | None = None

    @property
    def action_id(self) -> int:
        return int(self.fields["action_id"])

    def as_dict(self) -> dict[str, Any]:
        """With `date_pull`: the document says that there is such a time, and not what it is called."""
        return {**self.fields, "date_pull": stamp(self.pulled_at) if self.pulled_at else None}


def draw(
    chance: Random,
    action_id: int,
    prospect_id: int,
    who: Person,
    regions: tuple[Region, ...],
    happened: datetime,
) -> Contact:
    region = chance.choice(regions)
    programme = chance.choice(region.programmes)
    documented = {
        "action_id": action_id,
        "prospect_id": prospect_id,
        "programme_id": programme.id,
        "prospect_nom": who.last_name,
        "prospect_prenom": who.first_name,
        "prospect_telephone": who.phone,
        "prospect_email": who.email,
        "programme_nom": programme.name,
        "region_nom": region.name,
        "origine_designation": chance.choice(ORIGINS),
        "type_contact_designation": chance.choice(CONTACT_KINDS),
        "type_action_designation": chance.choice(ACTION_KINDS),
    }
    return Contact(documented | _enriched(chance, who, programme, happened))


def _enriched(chance: Random, who: Person, programme: Programme, happened: datetime) -> dict[str, Any]:
    """The document's "additional enriched fields", which it does not name."""
    flat = chance.choice(FLATS)
    budget = programme.price + 10_000 * chance.randrange(16)
    written = chance.choice((*MESSAGES, None))
    shown = f"{budget:,}".replace(",", "\u202f")
    return {
        "action_date": stamp(happened),
        "action_commentaire": written and written.format(flat=flat, city=programme.city, budget=shown),
        "prospect_civilite": who.civility or None,
        "prospect_budget": budget if chance.random() < 0.6 else None,
        "prospect_projet": chance.choice(PROJECTS),
        "typologie_souhaitee": flat,
        "programme_ville": programme.city,
        "programme_code_postal": programme.postal_code,
        "consentement_rgpd": chance.random() < 0.9,
    }


def stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"
