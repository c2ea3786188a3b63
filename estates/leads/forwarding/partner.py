"""Buyers whom partners hand in for an estate: what the partner API asks, and what a worker does about it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import orjson
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.audit import record
from estates.catalogue.models import Estate
from estates.jobs.models import OPEN, Job
from estates.jobs.run import Run
from estates.jobs.start import start
from estates.leads.forwarding.deliver import State, deliver
from estates.leads.forwarding.forward import NotNow, may_forward
from estates.leads.models import SentBuyer
from estates.remotes.errors import Refused
from estates.remotes.ts_immo_requests import Buyer, Phone

KIND = "leads.send_buyer"
KEPT = timedelta(days=30)
"""How long a buyer waits for a person to mend what kept Ts-Immo from answering."""


class OtherBuyer(Exception):
    """The stream was used for another buyer, or about another estate."""


def send_buyer(estate: Estate, buyer: Buyer) -> Job | None:
    """Asks that Ts-Immo gets the buyer about the estate, once for each stream of the agency.

    The same request again comes to the same job, or to None once that job is forgotten. Where Ts-Immo refused it, or
    no answer ever came, a new job begins; after a refusal the buyer may be another. Raises `NotNow` and `OtherBuyer`.
    """
    if not may_forward(estate):
        raise NotNow
    digest = digest_of(estate, buyer)
    with transaction.atomic():
        sent, is_new = _held(estate, buyer, digest)
        if not is_new:
            is_out = jobs_of(sent).filter(status__in=OPEN).exists()
            if sent.state == State.REFUSED and is_out:
                raise NotNow  # its job is just ending: the new request would be lost with it
            if sent.digest != digest and sent.state != State.REFUSED:
                raise OtherBuyer
            if is_out or sent.state == State.ACCEPTED:
                return jobs_of(sent).order_by("-pk").first()
            _begin_again(sent, estate, buyer, digest)
        record(estate.agency, None, "lead.buyer_asked", str(estate))
        return start(
            estate.agency,
            KIND,
            subject=subject_of(sent),
            title=str(estate),
            params={"buyer": sent.pk, "version": sent.version},
        )


def digest_of(estate: Estate, buyer: Buyer) -> str:
    said = orjson.dumps([estate.remote_id, buyer.payload()], option=orjson.OPT_SORT_KEYS)
    return salted_hmac("leads.sent_buyer", said, algorithm="sha256").hexdigest()


def _held(estate: Estate, buyer: Buyer, digest: str) -> tuple[SentBuyer, bool]:
    """The stream's row, held until the transaction ends, and whether it was made for this request."""
    said: dict[str, Any] = {
        "connection": estate.connection,
        "estate": estate,
        "digest": digest,
        "buyer": buyer.payload(),
        "asked_at": timezone.now(),
    }
    rows = SentBuyer.objects.across_agencies().select_for_update()
    return rows.get_or_create(agency=estate.agency, stream_id=buyer.streamId, defaults=said)


def _begin_again(sent: SentBuyer, estate: Estate, buyer: Buyer, digest: str) -> None:
    SentBuyer.objects.for_agency(sent.agency).filter(pk=sent.pk).update(
        connection=estate.connection,
        estate=estate,
        digest=digest,
        buyer=buyer.payload(),
        state=State.PENDING,
        version=F("version") + 1,
        asked_at=timezone.now(),
        answered_at=None,
    )
    sent.refresh_from_db()


def subject_of(sent: SentBuyer) -> str:
    return f"buyer:{sent.pk}"


def jobs_of(sent: SentBuyer) -> QuerySet[Job]:
    return Job.objects.for_agency(sent.agency).filter(kind=KIND, subject=subject_of(sent))


def send(run: Run) -> None:
    """The work of `leads.send_buyer`. Raises `Refused` where the buyer is not kept any more."""
    rows = SentBuyer.objects.for_agency(run.agency).filter(pk=run.params["buyer"])
    sent = rows.select_related("agency", "estate", "connection__agency").first()
    if sent is None or sent.version != run.params["version"] or sent.state == State.ACCEPTED:
        return
    if not sent.buyer:
        raise Refused("The buyer is not kept any more; the partner may send it again")
    said = dict(sent.buyer)
    buyer = Buyer(**said | {"phones": tuple(Phone(**phone) for phone in said.get("phones", ()))})
    deliver(run, sent.connection, sent.estate, buyer, partial(keep, run, sent))


def keep(run: Run, sent: SentBuyer, state: State, _words: str, _remote_id: str) -> None:
    """What Ts-Immo said becomes the state of that version. Its words stand in the job; the buyer goes."""
    with run.step(done=1, total=1):
        mine = SentBuyer.objects.for_agency(run.agency).filter(pk=sent.pk, version=sent.version)
        mine.filter(state=State.PENDING).update(state=state, buyer={}, answered_at=timezone.now())


def forget_old_buyers() -> int:
    """Empties buyers whom nobody mended the way to Ts-Immo for; returns how many."""
    old = SentBuyer.objects.across_agencies().filter(asked_at__lt=timezone.now() - KEPT)
    return old.exclude(buyer={}).update(buyer={})
