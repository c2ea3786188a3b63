"""What the workers do: bring messages to Ts-Immo, each exactly once."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estates.connections.clients import ClientMissing, client_for
from estates.connections.models import WORDS_LIMIT
from estates.jobs.run import Continue, Run
from estates.remotes.errors import NotFound, Refused
from estates.remotes.plain import storable
from estates.remotes.ts_immo import TsImmoClient
from support.delivery.bringing import Bringing, words_for
from support.mirror.taking_in import take_in
from support.models import Delivery, Message, Ticket
from support.writing import KEY_DELETED

NO_NUMBER = _(
    "The ticket itself is not known to have reached Ts-Immo. See to its first message, then send this again."
)
NOT_ALL = _("A message written before did not reach Ts-Immo. See to it, then close the ticket.")


def send(run: Run) -> None:
    """The work of `support.send`: the messages of a ticket that wait, oldest first, then the wish to close it.

    Raises `Refused` at the end where Ts-Immo refused one of them; it is marked then, and the others are sent.
    """
    rows = Ticket.objects.for_agency(run.agency).filter(pk=run.params["ticket"])
    ticket = rows.select_related("agency", "connection__agency", "follows").first()
    if ticket is None:
        return
    if ticket.connection.removed_at:
        _give_up(run, ticket, KEY_DELETED)
        return
    try:
        with client_for(ticket.connection, TsImmoClient) as client:
            _Sending(run, ticket, client).all()
    except ClientMissing:
        _give_up(run, ticket, KEY_DELETED)


class _Sending:
    """One job's work on one ticket. Its checkpoint says whether the ticket is still to be read afterwards."""

    def __init__(self, run: Run, ticket: Ticket, client: TsImmoClient) -> None:
        self.run, self.ticket, self.client = run, ticket, client

    def all(self) -> None:
        refusal = self._messages()
        try:
            self._close()
        except Refused as error:
            refusal = refusal or error
        self._read_back()
        if refusal:
            raise refusal

    def _messages(self) -> Refused | None:
        """The first refusal, if any."""
        refusal = None
        while message := self._next():
            if not message.opens and not message.ticket.remote_id:
                _refuse_all(self.run, self.ticket, NO_NUMBER)
                break
            try:
                Bringing(self.run, self.client, message).bring()
            except Refused as error:
                refusal = refusal or error
            if self.run.out_of_time and refusal is None and self._next():
                raise Continue
        return refusal

    def _next(self) -> Message | None:
        rows = Message.objects.for_agency(self.run.agency).filter(
            ticket=self.ticket, delivery=Delivery.PENDING
        )
        return (
            rows.select_related("ticket__follows", "ticket__connection", "agency")
            .order_by("-opens", "pk")
            .first()
        )

    def _close(self) -> None:
        """Closing may be repeated. "Already closed", in whatever words, is what was wanted."""
        self.ticket.refresh_from_db(fields=["remote_id", "close_asked_at"])
        if self.ticket.close_asked_at is None:
            return
        if not self.ticket.remote_id:
            self._closed(words_for(self.ticket.agency, NO_NUMBER))
            return
        if self._is_something_left():
            self._closed(words_for(self.ticket.agency, NOT_ALL))
            return
        self.run.report(phase="sending")
        try:
            self.client.close_ticket(self.ticket.remote_id, self.ticket.domain)
        except Refused as error:
            if self._is_final():
                self._closed("")
                return
            self._closed(error.words or words_for(self.ticket.agency, _("Ts-Immo refused this.")))
            raise
        self._closed("")

    def _is_something_left(self) -> bool:
        """Whether what was on its way when somebody asked to close did not arrive: a closed ticket takes no more."""
        mine = Message.objects.for_agency(self.run.agency).filter(ticket=self.ticket, opens=False)
        since = self.ticket.close_asked_at
        refused = Q(delivery=Delivery.REFUSED, answered_at__gte=since)
        return mine.filter(refused | Q(delivery=Delivery.UNKNOWN, written_at__lte=since)).exists()

    def _closed(self, words: str) -> None:
        """The wish is answered, unless somebody has uttered it anew."""
        with self.run.step(checkpoint={**self.run.checkpoint, "read_back": not words}):
            rows = Ticket.objects.for_agency(self.run.agency).filter(
                pk=self.ticket.pk, close_asked_at=self.ticket.close_asked_at
            )
            rows.update(close_asked_at=None, close_words=storable(words)[:WORDS_LIMIT])

    def _is_final(self) -> bool:
        try:
            remote = self.client.ticket(self.ticket.remote_id, self.ticket.domain, retries=2)
        except NotFound:
            return False
        return remote.is_final

    def _read_back(self) -> None:
        """State and thread become what Ts-Immo says. What it does not show yet, the mirror will meet."""
        if not self.run.checkpoint.get("read_back"):
            return
        self.ticket.refresh_from_db(fields=["remote_id"])
        if self.ticket.remote_id:
            self._take_in()
        with self.run.step(checkpoint={}):
            pass

    def _take_in(self) -> None:
        self.run.report(phase="checking")
        try:
            remote = self.client.ticket(self.ticket.remote_id, self.ticket.domain, retries=2)
        except NotFound:
            return
        with self.run.step():
            take_in(self.run.agency, self.ticket.connection, self.ticket.domain, remote)


def _give_up(run: Run, ticket: Ticket, why: Promise) -> None:
    """There is nothing to send with. What may have arrived is for a person to decide."""
    _refuse_all(run, ticket, why)
    with run.step():
        Ticket.objects.for_agency(run.agency).filter(pk=ticket.pk).exclude(close_asked_at=None).update(
            close_asked_at=None, close_words=words_for(run.agency, why)
        )


def _refuse_all(run: Run, ticket: Ticket, why: Promise) -> None:
    waiting = Message.objects.for_agency(run.agency).filter(ticket=ticket, delivery=Delivery.PENDING)
    said = {"words": words_for(run.agency, why), "version": F("version") + 1}
    with run.step():
        waiting.filter(asked_at__isnull=False).update(delivery=Delivery.UNKNOWN, **said)
        waiting.filter(asked_at=None).update(delivery=Delivery.REFUSED, answered_at=timezone.now(), **said)
