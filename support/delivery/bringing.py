"""One message on its way: the intent is written down, then Ts-Immo is called, then its answer is kept.

Opening a ticket and commenting are not idempotent. A message whose answer was lost, because the line broke or the
worker died, is looked for at Ts-Immo before anybody calls again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import BinaryIO, cast

from django.core.files.storage import default_storage
from django.db.models import F
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.connections.models import WORDS_LIMIT
from estates.jobs.run import Continue, Run
from estates.remotes.errors import (
    Refused,
    RemoteError,
    Throttled,
    Unauthorised,
    Unreachable,
    Unsendable,
)
from estates.remotes.exchange import Patience
from estates.remotes.plain import storable
from estates.remotes.ts_immo import TsImmoClient
from estates.remotes.ts_immo_requests import Attachment, Reporter
from support.delivery.arrival import has_opened, was_added
from support.delivery.looking import Look, look, look_through_thread
from support.delivery.matching import text_to_send
from support.models import Delivery, Message

SETTLE = 60.0
"""Seconds after a call in which its answer is lost until what it did is sure to be seen at Ts-Immo."""
AT_ONCE = 10.0
"""Seconds after which a call that was announced is no longer made: another worker may already look for it."""
LOSSES = 4
"""After so many lost answers in a row the job counts its failures, and ends some time."""
NAME_LIMIT = 200
FILE_MISSING = _("The file %(name)s is no longer there, so nothing was sent.")


class Bringing:
    """One message, by one job."""

    def __init__(self, run: Run, client: TsImmoClient, message: Message) -> None:
        self.run, self.client, self.message = run, client, message
        self.rows = Message.objects.for_agency(run.agency).filter(pk=message.pk, delivery=Delivery.PENDING)
        self.losses: int = run.checkpoint.get("losses", 0)

    def bring(self) -> None:
        """Ends with the message sent, or perhaps sent. Raises `Refused`, the message marked; `Continue` while an
        answer may still come true; other `RemoteError`s, which are worth another try.
        """
        known = self._seen_in_vain() if self.message.asked_at else self._known()
        if known is None:
            return
        if missing := self._missing_file():
            self._file_is_missing(missing)
            return
        began = time.monotonic()
        if self._announce(known):
            self._call(began)

    def _seen_in_vain(self) -> list[str] | None:
        """Looks for a message that may have arrived; gives what is there where nothing of it is like the message.

        The next call is announced with just that: what comes to light after the look was not looked at.
        """
        self._wait_until_settled()
        self.run.report(phase="checking")
        try:
            found, there = look(self.run, self.client, self.message)
        except Refused:
            found, there = Look.DOUBTFUL, []  # the ticket is gone, with the thread that would tell
        if found == Look.DOUBTFUL:
            self._settle(Delivery.UNKNOWN, "")
        if found != Look.ABSENT:
            return None
        self.losses += 1
        return there

    def _wait_until_settled(self) -> None:
        asked_at = self.message.asked_at or timezone.now()
        upload = sum(file.size for file in self.message.attachments.all()) * 4 / 3 / Patience().upload
        left = (asked_at + timedelta(seconds=SETTLE + upload) - timezone.now()).total_seconds()
        if left <= 0:
            return
        if self.losses >= LOSSES:
            raise Unreachable("Ts-Immo's answers are lost again and again", words=self.run.job.error)
        raise Continue(left)

    def _known(self) -> list[str]:
        """What is at Ts-Immo before the call, by which what the call adds can be told from it."""
        try:
            if self.message.opens:
                there = self.client.tickets(self.message.ticket.domain, retries=2)
                return [ticket.remote_id for ticket in there]
            return look_through_thread(self.run, self.client, self.message) or []
        except Refused as error:
            self._refused(error.words)
            raise

    def _announce(self, known: list[str]) -> bool:
        """False where the message has been met at Ts-Immo meanwhile, or a person has decided about it."""
        now = timezone.now()
        with self.run.step(phase="sending", checkpoint={**self.run.checkpoint, "losses": self.losses}):
            mine = self.rows.filter(asked_at=self.message.asked_at)
            is_mine = bool(mine.update(asked_at=now, known=known))
        self.message.asked_at, self.message.known = now, known
        return is_mine

    def _call(self, began: float) -> None:
        if time.monotonic() - began > AT_ONCE:
            raise Continue(SETTLE)
        try:
            number = self._open() if self.message.opens else self._comment()
        except Refused as error:
            self._refused(error.words)
            raise
        except Unsendable as error:
            self._file_is_missing(error.name)
        except (Throttled, Unauthorised) as error:
            if _did_nothing(error):
                self._take_back()
            raise
        else:
            self._arrived(number)

    def _open(self) -> str:
        message, ticket = self.message, self.message.ticket
        files = [
            Attachment(
                file.name,
                file.mime_type,
                default_storage.size(file.stored_as),
                cast(Callable[[], BinaryIO], partial(default_storage.open, file.stored_as)),
            )
            for file in message.attachments.all()
        ]
        answer = self.client.open_ticket(
            ticket.domain,
            ticket.subject,
            text_to_send(message),
            reporter_of(message),
            files,
            progress=lambda sent: self.run.report(),
        )
        return answer.remote_id

    def _comment(self) -> str:
        message = self.message
        number = message.ticket.remote_id
        return self.client.comment(number, text_to_send(message), reporter_of(message)).remote_id

    def _arrived(self, number: str) -> None:
        with self.run.step(checkpoint={"read_back": True}):
            (has_opened if self.message.opens else was_added)(self.message, number)
        if self.message.opens and not number:
            look(self.run, self.client, self.message)

    def _missing_file(self) -> str:
        files = self.message.attachments.all()
        return next((file.name for file in files if not default_storage.exists(file.stored_as)), "")

    def _file_is_missing(self, name: str) -> None:
        self._refused(words_for(self.run.agency, FILE_MISSING) % {"name": name})

    def _refused(self, words: str) -> None:
        self._settle(Delivery.REFUSED, words, asked_at=None, known=[], answered_at=timezone.now())

    def _settle(self, delivery: Delivery, words: str, **fields: object) -> None:
        with self.run.step():
            self.rows.update(
                delivery=delivery, words=storable(words)[:WORDS_LIMIT], version=F("version") + 1, **fields
            )

    def _take_back(self) -> None:
        """Nothing has arrived: the message is as if nobody had called."""
        with self.run.step():
            self.rows.update(asked_at=None, known=[])
        self.message.asked_at = None


def reporter_of(message: Message) -> Reporter:
    name = (message.author_name or message.author_mail)[:NAME_LIMIT]
    return Reporter(username=message.author_mail, mail=message.author_mail, display_name=name)


def words_for(agency: Agency, words: str | Promise) -> str:
    """Words of ours that are stored where else Ts-Immo's stand: in the agency's language."""
    with translation.override(agency.language):
        return str(words)


def _did_nothing(error: RemoteError) -> bool:
    """A 503 that asks to wait may come from a gateway, behind which the call went on."""
    return error.status != 503
