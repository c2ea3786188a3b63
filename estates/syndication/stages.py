"""What a look at an estate changes on its listing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from estates.syndication.models import Listing, Plan, Verdict
from estates.syndication.pushing.confirming import LIVES, out_of_line, refresh_time

Stage = Listing.Stage
UNDER_WAY = (Stage.SENDING, Stage.PROCESSING)


@dataclass(frozen=True)
class Seen:
    """What was found out about an estate: whether it is to be published, the forecast, and what would be sent."""

    wanted: bool
    title: str
    verdict: str = ""
    reasons: list[list[str]] = field(default_factory=list)
    digest: str = ""


def changes(plan: Plan, listing: Listing, seen: Seen, now: datetime) -> dict[str, Any]:
    """The columns that differ from what the listing holds, with their new values."""
    found = {"wanted": seen.wanted, "title": seen.title, **_judged(seen)}
    if listing.stage not in UNDER_WAY:
        found |= _placed(plan, listing, seen, now)
    return {name: value for name, value in found.items() if getattr(listing, name) != value}


def is_live(listing: Listing, now: datetime) -> bool:
    return listing.live_until is not None and listing.live_until > now


def _judged(seen: Seen) -> dict[str, Any]:
    """What nobody wants out is not judged: it keeps the forecast that it had."""
    if not seen.wanted:
        return {}
    return {"verdict": seen.verdict, "reasons": seen.reasons, "digest": seen.digest}


def _placed(plan: Plan, listing: Listing, seen: Seen, now: datetime) -> dict[str, Any]:
    if not seen.wanted:
        waited = listing.stage in (Stage.DUE, Stage.HELD)
        return {"due_at": None} | ({"stage": out_of_line(listing)} if waited else {})
    if seen.verdict == Verdict.REFUSED and not listing.insists:
        return _held_back(plan, listing, seen, now)
    if seen.digest != listing.sent_digest:
        return _at_once(listing, now)
    return _unchanged(plan, listing, now)


def _held_back(plan: Plan, listing: Listing, seen: Seen, now: datetime) -> dict[str, Any]:
    """What is online goes out at its refresh all the same: a refusal costs nothing then, a lapse does."""
    answered = listing.stage == Stage.REFUSED and seen.digest == listing.sent_digest
    if is_live(listing, now):
        if listing.stage in (Stage.DUE, Stage.HELD):
            return {"stage": Stage.DONE, "due_at": _refresh(plan, listing)}
        return {} if listing.due_at else {"due_at": _refresh(plan, listing)}
    return {} if answered else {"stage": Stage.HELD, "due_at": None}


def _at_once(listing: Listing, now: datetime) -> dict[str, Any]:
    if listing.stage == Stage.DUE and listing.due_at and listing.due_at <= now:
        return {}
    fresh = {"code": "", "words": "", "tries": 0} if listing.stage == Stage.REFUSED else {}
    return {"stage": Stage.DUE, "due_at": now, **fresh}


def _unchanged(plan: Plan, listing: Listing, now: datetime) -> dict[str, Any]:
    """What was sent once and left the line comes back into it: by its refresh, or now where it lapsed."""
    if listing.due_at:
        return {}
    if listing.stage == Stage.REFUSED:
        return {"due_at": _refresh(plan, listing)} if is_live(listing, now) else {}
    if listing.stage != Stage.DUE and is_live(listing, now):
        return {"stage": Stage.DONE, "due_at": _refresh(plan, listing)}
    return {"stage": Stage.DUE, "due_at": now}


def _refresh(plan: Plan, listing: Listing) -> datetime | None:
    if listing.live_until is None:
        return None
    return refresh_time(plan, listing.external_id, listing.live_until - LIVES)
