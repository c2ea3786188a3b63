"""`Idempotency-Key`: what a partner asks for twice under one name is done once, and answered alike.

The effect and its answer are one transaction. A call that was cut off has therefore had no effect, and may
be taken up by the next of its name as soon as it cannot be in flight any more.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import IdempotentCall, PartnerKey
from portal.api.errors import Refusal

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
LONGEST = timedelta(minutes=2)
"""After so long a call without an answer was cut off: no server lets a request run that long."""
_NAME = re.compile(r"[\x21-\x7e]{1,255}")
Effect = Callable[[], tuple[int, Any]]


def digest_of(request: HttpRequest) -> str:
    """SHA-256, in hex, of a body that is in memory, and of the query."""
    return hashlib.sha256(request.body + b"?" + request.META["QUERY_STRING"].encode()).hexdigest()


def forget_old() -> int:
    """Deletes the answers that nobody may ask for again; returns how many."""
    return IdempotentCall.objects.across_agencies().filter(began_at__lt=timezone.now() - KEPT).delete()[0]


def once(request: HttpRequest, key: PartnerKey, body_digest: str, effect: Effect) -> HttpResponse:
    """Runs `effect`, which gives status and body and touches nothing but the database, and answers.

    Raises Refusal 400 for a malformed name, 409 while the first call is in flight, 422 for another body.
    """
    name = request.headers.get(HEADER)
    if name is None:
        with transaction.atomic():
            status, body = effect()
        return _answer(status, orjson.dumps(body))
    if not _NAME.fullmatch(name):
        raise Refusal(400, f"{HEADER}: 1 to 255 visible ASCII characters")
    print_ = hashlib.sha256(f"{request.method} {request.path} {body_digest}".encode()).hexdigest()
    call = _begin(key, name, print_)
    if call.answered_at:
        return _answer(call.status or 500, bytes(call.body or b""), replayed=True)
    return _first(call, effect)


def _begin(key: PartnerKey, name: str, print_: str) -> IdempotentCall:
    """The call of this name: this one, committed as in flight, or an earlier one that was answered."""
    now = timezone.now()
    calls = IdempotentCall.objects.for_agency(key.agency).filter(key=key, name=name)
    calls.filter(began_at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            return IdempotentCall.objects.create(agency=key.agency, key=key, name=name, fingerprint=print_)
    except IntegrityError:
        earlier = calls.first()
    if earlier is None:
        raise Refusal(409, f"{HEADER}: this name was freed a moment ago", {"Retry-After": "1"})
    if earlier.fingerprint != print_:
        raise Refusal(422, f"{HEADER}: this name was used for another call")
    if earlier.answered_at is None and not _take_over(earlier):
        raise Refusal(409, f"{HEADER}: the first call of this name is in flight", {"Retry-After": "5"})
    return earlier


def _take_over(call: IdempotentCall) -> bool:
    now = timezone.now()
    rows = IdempotentCall.objects.for_agency(call.agency).filter(
        pk=call.pk, answered_at=None, began_at__lt=now - LONGEST
    )
    if not rows.update(began_at=now):
        return False
    call.began_at = now
    return True


def _first(call: IdempotentCall, effect: Effect) -> HttpResponse:
    rows = IdempotentCall.objects.for_agency(call.agency).filter(
        pk=call.pk, began_at=call.began_at, answered_at=None
    )
    try:
        with transaction.atomic():
            status, body = effect()
            raw = orjson.dumps(body)
            if not rows.update(answered_at=timezone.now(), status=status, body=raw):
                raise Refusal(409, f"{HEADER}: another call of this name took over", {"Retry-After": "5"})
    except BaseException:
        # Nothing was done, so the name is free for another try.
        rows.delete()
        raise
    return _answer(status, raw)


def _answer(status: int, raw: bytes, *, replayed: bool = False) -> HttpResponse:
    headers = {"Idempotency-Replayed": "true"} if replayed else {}
    return HttpResponse(raw, status=status, content_type="application/json", headers=headers)
