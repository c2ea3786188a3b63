"""Asking for the pictures of what is to be published, as anybody on the internet would."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from accounts.models import Agency
from estates.catalogue.models import Estate
from estates.connections.web import web_client
from estates.jobs.run import Continue, Run
from estates.remotes.errors import RemoteError
from estates.remotes.plain import storable
from estates.remotes.web import WebClient
from estates.syndication.forecast.looks import KIND, asked_for, digest_of, is_due, looks_of
from estates.syndication.looking import start_look
from estates.syndication.models import Listing, PictureLook, Plan
from estates.syndication.models.listings import WORDS_LIMIT

__all__ = ["KIND", "look_at_pictures"]

AT_ONCE = 10
BATCH = 20
"""Estates whose pictures are asked for between two checkpoints."""
SECONDS = 8.0
BYTES = 1024
"""The head of the answer tells; of the picture itself this much is read."""
PICTURE_TYPES = ("image/", "application/octet-stream", "binary/octet-stream")
OK = 200


class Answer(NamedTuple):
    """Whether a picture answered, and if not, why."""

    answers: bool
    words: str = ""


def look_at_pictures(run: Run) -> None:
    """The work of `syndication.pictures`: every picture that is due, of estates that are to be published.

    Where one began or ceased to answer, the agency's estates are judged anew, by every plan that has looked at them.
    """
    done, changed = run.checkpoint.get("done", 0), run.checkpoint.get("changed", False)
    run.report(done, phase="looking")
    with web_client() as client, ThreadPoolExecutor(AT_ONCE) as pool:
        while estates := _next(run.agency, run.checkpoint.get("after", 0)):
            now = timezone.now()
            due = _due(run, estates, now)
            answers = dict(zip(due, pool.map(lambda each: ask(client, each), due), strict=True))
            done += len(estates)
            changed = changed or _differs(run, answers)
            after = {"after": estates[-1].pk, "done": done, "changed": changed}
            with run.step(done=done, checkpoint=after):
                _keep(run, answers, now)
            if run.out_of_time:
                raise Continue
    if changed:
        for plan in Plan.objects.for_agency(run.agency).exclude(looked_at=None):
            start_look(plan)


def ask(client: WebClient, address: str) -> Answer:
    """Asks for one picture; never raises. Only public addresses are asked, and those that an operator named."""
    try:
        page = client.get(address, accept="image/*,*/*;q=0.5", max_bytes=BYTES, seconds=SECONDS)
    except RemoteError as error:
        return Answer(False, str(error))
    if page.status != OK:
        return Answer(False, f"HTTP {page.status}")
    said = page.headers.get("content-type", "").lower()
    if said and not said.startswith(PICTURE_TYPES):
        return Answer(False, f"Not a picture: {said}")
    return Answer(True)


def _next(agency: Agency, after: int) -> list[Estate]:
    wanted = Listing.objects.for_agency(agency).filter(wanted=True, estate__isnull=False).values("estate")
    rows = Estate.objects.for_agency(agency).filter(pk__gt=after, pk__in=wanted)
    return list(rows.only("pk", "images").order_by("pk")[:BATCH])


def _due(run: Run, estates: list[Estate], now: datetime) -> list[str]:
    addresses = dict.fromkeys(address for estate in estates for address in asked_for(estate.images))
    known = looks_of(run.agency, addresses)
    return [address for address in addresses if is_due(known.get(address), now)]


def _differs(run: Run, answers: dict[str, Answer]) -> bool:
    """Whether an answer would change a forecast: what was never looked at counts as answering."""
    known = looks_of(run.agency, answers)
    return any(
        answer.answers != (address not in known or known[address].answers is not False)
        for address, answer in answers.items()
    )


def _keep(run: Run, answers: dict[str, Answer], now: datetime) -> None:
    rows = [
        PictureLook(
            agency=run.agency,
            address=address,
            digest=digest_of(address),
            answers=answer.answers,
            words=storable(answer.words)[:WORDS_LIMIT],
            looked_at=now,
        )
        for address, answer in answers.items()
    ]
    PictureLook.objects.across_agencies().bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["agency", "digest"],
        update_fields=["answers", "words", "looked_at"],
    )
