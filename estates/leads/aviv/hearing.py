"""What AVIV's calls come to: the leads that they name are fetched, or the last two days are read again.

A call is a signal and never believed: what it says of a lead is asked for. Whatever it holds, it is done with after
one reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.rows import update_rows
from estates.connections.clients import client_for
from estates.connections.models import Connection
from estates.connections.models import State as ConnectionState
from estates.jobs.run import Continue, Run
from estates.jobs.start import has_just_failed, start
from estates.leads.aviv.polling import connection_of
from estates.leads.aviv.storing import store
from estates.leads.aviv.windows import RETRIES, WindowReader, span
from estates.leads.models import WebhookCall, WebhookSubscription
from estates.leads.models.leads import Way
from estates.remotes.aviv import AvivClient
from estates.remotes.aviv_answers import Lead
from estates.remotes.aviv_webhooks import lead_id_of
from estates.remotes.errors import Malformed, NotFound

KIND = "leads.hear_aviv"
AT_ONCE = 500
MOST_BY_ID = 50
"""Leads that are fetched one by one; where more are named, reading pages is cheaper for everybody."""
BACK = timedelta(hours=48)
KEPT = timedelta(days=30)
AFTER_A_FAILURE = timedelta(minutes=5)


def start_hearing() -> int:
    """Starts hearing for every connection that AVIV has called about; returns for how many.

    Where the key is refused a person is needed first; where hearing failed it is left alone for a while. Fetching
    finds the same leads meanwhile.
    """
    subscriptions = WebhookSubscription.objects.across_agencies()
    waiting = WebhookCall.objects.across_agencies().filter(handled_at=None).values("subscription")
    found = subscriptions.filter(pk__in=waiting) | subscriptions.filter(is_flooded=True)
    found = found.filter(connection__removed_at=None).exclude(connection__state=ConnectionState.REFUSED)
    connections = {each.connection_id: each.connection for each in found.select_related("connection__agency")}
    started = 0
    for connection in connections.values():
        subject = f"connection:{connection.pk}"
        if has_just_failed(connection.agency, KIND, subject, AFTER_A_FAILURE):
            continue
        start(
            connection.agency,
            KIND,
            subject=subject,
            title=str(connection),
            params={"connection": connection.pk},
        )
        started += 1
    return started


def hear(run: Run) -> None:
    """The work of `leads.hear_aviv`: all calls that wait, some hundred at a time."""
    connection = connection_of(run)
    with client_for(connection, AvivClient) as client:
        if "upto" in run.checkpoint:
            read_again(run, connection, client)
        while calls := list(waiting_of(connection)[:AT_ONCE]):
            answer(run, connection, client, calls)
            if run.out_of_time:
                raise Continue
        if flooded(connection).exists():
            begin_reading(run, upto=0)
            read_again(run, connection, client)


def waiting_of(connection: Connection) -> QuerySet[WebhookCall]:
    calls = WebhookCall.objects.for_agency(connection.agency)
    return calls.filter(subscription__connection=connection, handled_at=None).order_by("pk")


def flooded(connection: Connection) -> QuerySet[WebhookSubscription]:
    return WebhookSubscription.objects.for_agency(connection.agency).filter(
        connection=connection, is_flooded=True
    )


def answer(run: Run, connection: Connection, client: AvivClient, calls: Sequence[WebhookCall]) -> None:
    """Fetches what the calls name; if any names nothing that is there, the last days are read for all of them."""
    names = {call.pk: lead_id_of(bytes(call.body)) or "" for call in calls}
    wanted = sorted(set(names.values()) - {""})
    by_id = len(wanted) <= MOST_BY_ID
    found = fetched(run, client, wanted) if by_id else {}
    clear = [call for call in calls if names[call.pk] in found]
    with run.step():
        store(connection, found.values(), (), Way.WEBHOOK)
        settle(clear, names)
    left = [call for call in calls if names[call.pk] not in found]
    if left:
        with run.step():
            name(left, names)
        begin_reading(run, upto=left[-1].pk)
        read_again(run, connection, client)


def fetched(run: Run, client: AvivClient, wanted: Sequence[str]) -> dict[str, Lead]:
    """The leads by their ids, without those that AVIV does not know or does not tell readably."""
    found = {}
    for lead_id in wanted:
        run.report(phase="asking")
        try:
            found[lead_id] = client.lead(lead_id, retries=RETRIES)
        except (NotFound, Malformed):
            continue  # reading the last days finds it, or sets apart what it is
    return found


def begin_reading(run: Run, upto: int) -> None:
    now = timezone.now()
    with run.step(checkpoint={**span(now - BACK, now), "upto": upto}):
        pass


def read_again(run: Run, connection: Connection, client: AvivClient) -> None:
    """Reads the last two days, and is done with the calls up to the one that it began with."""
    upto, now = run.checkpoint["upto"], timezone.now()
    WindowReader(run, connection, client, Way.WEBHOOK).read_all(now - BACK, now, lambda end: None)
    with run.step(checkpoint={}):
        heard = waiting_of(connection).filter(pk__lte=upto)
        heard.exclude(lead_id="").update(body=b"", handled_at=now)
        heard.update(handled_at=now)
        flooded(connection).update(is_flooded=False)


def name(calls: Sequence[WebhookCall], names: dict[int, str]) -> None:
    for call in calls:
        call.lead_id = names[call.pk]
    update_rows(calls, ["lead_id"])


def settle(calls: Sequence[WebhookCall], names: dict[int, str]) -> None:
    """Done with. The body goes: some tell all about a person, and what is told here comes from AVIV's answer."""
    now = timezone.now()
    for call in calls:
        call.lead_id, call.body, call.handled_at = names[call.pk], b"", now
    update_rows(calls, ["lead_id", "body", "handled_at"])


def forget_old_calls() -> int:
    """Deletes calls that were heard long ago; returns how many."""
    old = WebhookCall.objects.across_agencies().filter(handled_at__lt=timezone.now() - KEPT)
    return old.delete()[0]
