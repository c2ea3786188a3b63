"""Rows of syndication as they come to be, without their way there."""

from datetime import timedelta
from decimal import Decimal

import orjson
from django.utils import timezone

from accounts.models import Agency
from estates.catalogue.models import Estate, EstatePayload
from estates.connections.models import Connection, ConnectionKey, State
from estates.connections.vault import seal
from estates.remotes.secret import Secret
from estates.syndication.mapping.outgoing import outgoing_of
from estates.syndication.models import Feed, FeedItem, Listing, Plan, Verdict

KEY = "seeki_live_demo_martin_5ac91e"


def connection(agency: Agency, system="seeki", key=KEY, **fields) -> Connection:
    fields = {"label": "Siège", "state": State.WORKING} | fields
    made = Connection.objects.create(agency=agency, system=system, **fields)
    stored = ConnectionKey.objects.create(connection=made, ciphertext=seal(Secret(key)), last_four=key[-4:])
    ConnectionKey.objects.filter(pk=stored.pk).update(stored_at=timezone.now() - timedelta(days=9))
    return made


def plan(agency: Agency, key=KEY, **fields) -> Plan:
    given = {"active": True, "looked_at": timezone.now() + timedelta(days=400)} | fields
    return Plan.objects.create(agency=agency, connection=connection(agency, key=key), **given)


def estates(agency: Agency, count: int, first=0, text="", **fields) -> list[Estate]:
    """So many estates that Seeki takes, of the agency's account at Ts-Immo."""
    account = Connection.objects.for_agency(agency).filter(system="ts_immo").first()
    account = account or connection(agency, "ts_immo", "tsi_live_Qw8er5Ty2Ui9op")
    now = timezone.now()
    given = {
        "digest": b"0" * 16,
        "type": "apartment",
        "offer_type": "sale",
        "price": Decimal(320_000),
        "currency": "EUR",
        "surface": Decimal(65),
        "rooms": 3,
        "address": "12 rue de la Paix",
        "city": "Nice",
        "postal_code": "06000",
        "country": "FR",
        "latitude": 43.7,
        "longitude": 7.26,
        "created_at": now,
        "first_seen_at": now,
        "changed_at": now - timedelta(days=1),
    } | fields
    made = Estate.objects.across_agencies().bulk_create(
        [
            Estate(
                agency=agency,
                connection=account,
                remote_id=f"estate-{number:05}",
                reference=f"R{number}",
                title=f"Appartement {number}",
                **given,
            )
            for number in range(first, first + count)
        ]
    )
    body = orjson.dumps({"description": text or "Lumineux"}).decode()
    EstatePayload.objects.bulk_create([EstatePayload(estate=estate, body=body) for estate in made])
    return made


def listings(of: Plan, some: list[Estate], **fields) -> list[Listing]:
    """The estates as they wait to be sent."""
    given = {"wanted": True, "verdict": Verdict.READY, "stage": "due", "due_at": timezone.now()} | fields
    if "digest" not in given and some:
        # As unlike the digest of what goes out as after a change that no look has seen yet.
        given["digest"] = "0" * 32
    return Listing.objects.across_agencies().bulk_create(
        [
            Listing(
                agency=of.agency,
                plan=of,
                external_id=estate.remote_id,
                estate=estate,
                title=estate.title,
                **given,
            )
            for estate in some
        ]
    )


def looked_at(some: list[Listing]) -> None:
    """Writes the digest of what would be sent, as the look through the catalogue does."""
    for listing in some:
        estate = listing.estate
        listing.digest = outgoing_of(estate, orjson.loads(estate.payload.body)).digest
    Listing.objects.across_agencies().bulk_update(some, ["digest"], batch_size=200)


def feed(of: Plan, **fields) -> Feed:
    given = {
        "name": "export.xml",
        "size": 9,
        "sha256": "0" * 64,
        "state": Feed.State.SENT,
        "stored_as": "feeds/1",
    }
    given |= fields
    return Feed.objects.create(agency=of.agency, plan=of, **given)


def feed_listing(of: Plan, file: Feed, number: str, **fields) -> Listing:
    """A listing that came in a file."""
    item = FeedItem.objects.create(
        agency=of.agency, feed=file, ordinal=file.items.count(), line=1, external_id=number, state="accepted"
    )
    given = {"wanted": True, "stage": "done"} | fields
    return Listing.objects.create(
        agency=of.agency, plan=of, external_id=number, feed_item=item, title=number, **given
    )
