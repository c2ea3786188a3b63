"""Rows of publication as if somebody had worked for weeks, made by hand: nothing is sent."""

from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import count
from zoneinfo import ZoneInfo

from django.template.defaultfilters import date
from django.utils import timezone

from estates.catalogue.models import Estate, EstatePayload
from estates.catalogue.words import search_text
from estates.connections.models import Connection, State
from estates.syndication.models import Listing, Plan

NUMBERS = count(1)
LIVES = timedelta(days=60)
PARIS = ZoneInfo("Europe/Paris")


def shown(moment: datetime | None) -> str:
    """A day as the pages of an agency write it, in its time zone."""
    return date(timezone.localtime(moment, PARIS), "DATE_FORMAT") if moment else "–"


def days(number: float) -> timedelta:
    return timedelta(days=number)


def connection_of(agency, system="ts_immo", label="Lyon", **fields) -> Connection:
    rows = Connection.objects.for_agency(agency).filter(system=system, label=label)
    return rows.first() or Connection.objects.create(
        agency=agency, system=system, label=label, **{"state": State.WORKING, **fields}
    )


def plan_of(agency, label="Lyon", active=True, connection=None, **fields) -> Plan:
    known = {"looked_at": timezone.now(), "active": active, **fields}
    return Plan.objects.create(
        agency=agency, connection=connection or connection_of(agency, "seeki", label), **known
    )


def estate_of(agency, **values) -> Estate:
    number, now = next(NUMBERS), timezone.now()
    known = {
        "connection": values.get("connection") or connection_of(agency),
        "remote_id": f"remote-{number}",
        "reference": f"MART-{number:04}",
        "title": f"Estate {number}",
        "city": "Lyon",
        "status": "available",
        "type": "apartment",
        "offer_type": "sale",
        "price": 250_000,
        "currency": "EUR",
        "created_at": now - days(90),
        "first_seen_at": now - days(90),
        "changed_at": now - days(40),
        **values,
    }
    known.setdefault("search_text", search_text([known["reference"], known["title"], known["city"]]))
    estate = Estate.objects.create(
        agency=agency,
        digest=blake2b(b"{}", digest_size=16).digest(),
        **known,
    )
    EstatePayload.objects.create(estate=estate, body="{}")
    return estate


def standing(name: str) -> dict:
    """The columns of a listing of that standing."""
    now = timezone.now()
    live = {"live_since": now - days(20), "live_until": now + days(40), "answered_at": now - days(20)}
    over = {"live_until": now - days(3), "answered_at": now - days(63)}
    known = {
        "refused": {
            "wanted": True,
            "stage": "refused",
            "code": "GEOCODE_ADDRESS_NOT_FOUND",
            "words": "address not found",
            "answered_at": now - days(1),
            "sent_at": now - days(1),
        },
        "held": {
            "wanted": True,
            "stage": "held",
            "verdict": "will_be_refused",
            "reasons": [["price_missing", "price", ""]],
            "judged_at": now,
        },
        "coming": {"wanted": True, "stage": "due", "due_at": now},
        "live": {"wanted": True, "stage": "done", "due_at": now + days(10), **live},
        "lapsing": {"wanted": False, "stage": "done", **live},
        "lapsed": {"wanted": False, **over},
        "out": {"wanted": False},
    }
    verdict = {} if name == "held" else {"verdict": "ready", "judged_at": now}
    return known[name] | verdict


def listing_of(plan, name="live", estate=None, **fields) -> Listing:
    """A listing of an estate, in the standing of that name. `estate=False` makes it one of a feed file."""
    found = estate_of(plan.agency) if estate is None else estate or None
    number = found.remote_id if found else f"feed-{next(NUMBERS)}"
    known = {"estate": found, "external_id": number, "title": found.title if found else "", **standing(name)}
    return Listing.objects.create(agency=plan.agency, plan=plan, **known | fields)
