"""Estates as they would go out now, and what the forecast says of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from accounts.models import Agency
from estates.catalogue.models import Estate, EstatePayload
from estates.syndication.forecast.judge import judge
from estates.syndication.forecast.looks import asked_for, is_due, looks_of
from estates.syndication.mapping.outgoing import outgoing_of
from estates.syndication.models import PictureLook
from estates.syndication.stages import Seen


class View(NamedTuple):
    """What was seen, by the estates' keys, and whether there are pictures to be asked for."""

    seen: dict[int, Seen]
    pictures: bool


def see_all(agency: Agency, estates: Sequence[Estate], now: datetime) -> View:
    """The forecasts for some hundred estates that are to be published, with what is known of their pictures."""
    payloads = payloads_of([estate.pk for estate in estates])
    addresses = [address for estate in estates for address in asked_for(estate.images)]
    looks = looks_of(agency, addresses)
    seen = {estate.pk: see(estate, payloads.get(estate.pk, {}), looks) for estate in estates}
    return View(seen, any(is_due(looks.get(address), now) for address in addresses))


def see(estate: Estate, payload: Mapping[str, Any], looks: Mapping[str, PictureLook]) -> Seen:
    """One estate that is to be published, as it would go out and what becomes of it."""
    outgoing = outgoing_of(estate, payload)
    forecast = judge(outgoing, estate, looks)
    return Seen(True, title_of(estate), str(forecast.verdict), forecast.as_json(), outgoing.digest)


def title_of(estate: Estate) -> str:
    return estate.title or estate.reference


def payloads_of(keys: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """What Ts-Immo said of these estates; what cannot be read is empty."""
    rows = EstatePayload.objects.filter(estate__in=keys).values_list("estate", "body")
    return {key: read_payload(body) for key, body in rows}


def read_payload(body: str) -> Mapping[str, Any]:
    """The payload as it is kept; an empty one where that is no JSON object."""
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}  # kept by an earlier version, or by hand: the columns still tell the most
    return payload if isinstance(payload, dict) else {}
