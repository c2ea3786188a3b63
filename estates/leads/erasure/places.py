"""Where else than in its leads a person may be found. A room that keeps anything of people adds its place here.

Exports are streamed and kept nowhere; a room that keeps files registers them too. The audit trail is no place: it
can't be changed, so no verb ever writes anything of a lead into it but its number.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.catalogue.models import SavedSearch
from estates.connections.models import Connection
from estates.jobs.models import Job, JobEvent
from estates.leads.erasure.items import without
from estates.leads.erasure.traces import Traces
from estates.leads.models import Batch, SentBuyer, SentLead, StrayItem, WebhookCall
from estates.webhooks.models import Attempt, Delivery


@dataclass(frozen=True)
class Place:
    """A table to be searched: its rows in the order of their keys, and what blanks one of them.

    `blank` gets a row and says how many things it blanked there; it may be called again.
    """

    name: str
    label: Promise
    rows: Callable[[Agency], QuerySet[Any]]
    blank: Callable[[Any, Traces], int]
    at_once: int = 100


def blank_batch(batch: Batch, traces: Traces) -> int:
    """Items by their number alone: who shares the erased one's phone stays. Those without, by what they hold."""
    body, taken = cleared(batch.body, batch.connection.system, batch.connection_id, traces)
    if taken:
        Batch.objects.across_agencies().filter(pk=batch.pk).update(body=body)
    return taken


def cleared(body: str, system: str, connection: int | None, traces: Traces) -> tuple[str, int]:
    """An answer without the erased, and how many were in it; one that can't be read goes as a whole."""
    theirs = traces.of(connection)
    found = without(
        body,
        system,
        lambda item, number: (
            number in theirs if number else traces.in_address(json.dumps(item, ensure_ascii=False))
        ),
    )
    if found is None:
        return ("", 1) if traces.in_text(body, connection) else (body, 0)
    return found


def blank_stray(stray: StrayItem, traces: Traces) -> int:
    """By address, number or id: a full name alone may be somebody else's, whose enquiry would be lost."""
    alone = Traces(traces.mails, traces.tails, set(), traces.ids)
    rows = StrayItem.objects.across_agencies().filter(pk=stray.pk)
    if stray.body and alone.in_text(stray.body, stray.connection_id):
        # Its digest stays: by that a later reading knows it, and does not keep it again.
        return rows.update(body="", reason="")
    return rows.update(reason="") if alone.in_text(stray.reason, stray.connection_id) else 0


def blank_job(job: Job, traces: Traces) -> int:
    """What a job says of its failure, and what it was given. How it ended stays."""
    told: dict[str, Any] = {
        name: "" for name in ("title", "subject", "error") if traces.in_text(getattr(job, name))
    }
    for name in ("params", "checkpoint"):
        value = getattr(job, name)
        if traces.in_text(json.dumps(value, ensure_ascii=False)):
            told[name] = _emptied(value, traces)
    if job.evidence:
        evidence, taken = _evidence(job, traces)
        if taken:
            told["evidence"] = evidence
    if told:
        Job.objects.across_agencies().filter(pk=job.pk).update(**told)
    events = [event.pk for event in job.events.exclude(words="") if traces.in_text(event.words)]
    JobEvent.objects.filter(pk__in=events).update(words="")
    return int(bool(told or events))


def _evidence(job: Job, traces: Traces) -> tuple[bytes | None, int]:
    text = bytes(job.evidence or b"").decode("utf-8", "replace")
    given = job.params.get("connection") if isinstance(job.params, dict) else None
    used = Connection.objects.for_agency(job.agency).filter(pk=given).first() if type(given) is int else None
    if used is None:
        return None, int(traces.in_text(text))
    body, taken = cleared(text, used.system, used.pk, traces)
    return body.encode() or None, taken


def _emptied(value: Any, traces: Traces) -> Any:
    if isinstance(value, dict):
        return {name: _emptied(part, traces) for name, part in value.items()}
    if isinstance(value, list):
        return [_emptied(part, traces) for part in value]
    return "" if isinstance(value, str) and traces.in_text(value) else value


def blank_answer(connection: Connection, traces: Traces) -> int:
    if not traces.in_text(connection.last_answer):
        return 0
    return Connection.objects.across_agencies().filter(pk=connection.pk).update(last_answer="")


def blank_call(call: WebhookCall, traces: Traces) -> int:
    text = bytes(call.body).decode("utf-8", "replace")
    if not traces.in_text(text, call.subscription.connection_id):
        return 0
    return WebhookCall.objects.across_agencies().filter(pk=call.pk).update(body=b"")


def blank_sent(sent: SentLead, traces: Traces) -> int:
    """A lead that was sent to AVIV: that it was sent, and what AVIV's number of it is, stays."""
    if not traces.in_text(json.dumps([sent.fields, sent.words], ensure_ascii=False)):
        return 0
    return SentLead.objects.across_agencies().filter(pk=sent.pk).update(fields={}, words="")


def blank_buyer(sent: SentBuyer, traces: Traces) -> int:
    """A buyer on the way to Ts-Immo: nothing is sent any more. A stream that names the person is called otherwise."""
    rows = SentBuyer.objects.across_agencies().filter(pk=sent.pk)
    if traces.in_text(sent.stream_id):
        rows.update(stream_id=f"erased-{sent.pk}")
    else:
        name = f"{sent.buyer.get('firstname', '')} {sent.buyer.get('lastname', '')}"
        if not traces.in_text(f"{json.dumps(sent.buyer, ensure_ascii=False)} {name}"):
            return 0
    return rows.update(buyer={}, digest="")


def blank_search(search: SavedSearch, traces: Traces) -> int:
    if not traces.in_text(f"{search.name} {search.query.replace('+', ' ')}"):
        return 0
    return SavedSearch.objects.across_agencies().filter(pk=search.pk).delete()[0]


def blank_delivery(delivery: Delivery, traces: Traces) -> int:
    """What a partner was told in full, and answered: what is here goes, what is with them they were told to erase."""
    tried = [each.pk for each in delivery.attempts.exclude(answer="") if traces.in_text(each.answer)]
    Attempt.objects.filter(pk__in=tried).update(answer="")
    if traces.in_text(delivery.body):
        Delivery.objects.for_agency(delivery.agency).filter(pk=delivery.pk).update(body="")
        return 1
    return int(bool(tried))


def _told(agency: Agency) -> QuerySet[Job]:
    quiet = Q(error="", evidence=None, params={}, checkpoint={}, title="")
    return Job.objects.for_agency(agency).exclude(quiet)


PLACES: list[Place] = [
    Place(
        "answers",
        _("answers of remote systems"),
        lambda agency: Batch.objects.for_agency(agency).select_related("connection"),
        blank_batch,
        at_once=10,
    ),
    Place("items", _("items set apart"), StrayItem.objects.for_agency, blank_stray),
    Place(
        "announcements",
        _("announcements of leads"),
        lambda agency: (
            WebhookCall.objects.for_agency(agency).exclude(body=b"").select_related("subscription")
        ),
        blank_call,
    ),
    Place("sent", _("leads sent to AVIV"), SentLead.objects.for_agency, blank_sent),
    Place("buyers", _("buyers sent by partners"), SentBuyer.objects.for_agency, blank_buyer),
    Place("jobs", _("reports of jobs"), _told, blank_job),
    Place("connections", _("last answers of connections"), Connection.objects.for_agency, blank_answer),
    Place(
        "webhooks",
        _("messages to partners"),
        lambda agency: Delivery.objects.for_agency(agency).exclude(body="").select_related("agency"),
        blank_delivery,
    ),
    Place("searches", _("saved searches"), SavedSearch.objects.for_agency, blank_search),
]
"""Searched in this order; their names stand in `Erasure.found`."""


def register_place(place: Place) -> None:
    """To be called in the `AppConfig.ready` of a room above this one: its table is searched from then on."""
    if place in PLACES:
        return
    if place.name in {known.name for known in PLACES}:
        raise ValueError(f"two places of the name {place.name}: one of them would never be searched")
    PLACES.append(place)
