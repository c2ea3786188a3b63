"""Keyed hashes of erased addresses: they answer "was this one erased?" and hold none."""

import secrets
from collections.abc import Iterable
from hmac import digest
from itertools import chain, islice

from accounts.models import Agency
from estates.connections.vault import seal, unseal
from estates.leads.contacts import mail_key, read_phone
from estates.leads.erasure.traces import TAIL, Traces, mails_in, plain, tails_in
from estates.leads.models import ErasedKey, Erasure, HashKey, Retention
from estates.remotes.secret import Secret

MOST = 10_000
"""So many addresses and numbers of a text are hashed; no contact has more."""


class Hasher:
    """Makes an agency's hashes with its own random key. The vault's keys may change: this one is sealed anew."""

    def __init__(self, agency: Agency) -> None:
        retention, _ = Retention.objects.across_agencies().get_or_create(agency=agency)
        made = seal(Secret(secrets.token_hex(32)))
        held, _ = HashKey.objects.get_or_create(retention=retention, defaults={"ciphertext": made})
        self._key = bytes.fromhex(unseal(held.ciphertext).reveal())

    def of(self, addresses: Iterable[str]) -> set[str]:
        return {digest(self._key, one.encode("utf-8", "replace"), "sha256").hex() for one in addresses}

    def in_text(self, text: str) -> set[str]:
        """The hashes of all addresses and numbers in a text."""
        text = plain(text)
        return self.of(islice(chain(mails_in(text), tails_in(text)), MOST))


def keep_hashes(erasure: Erasure, traces: Traces) -> None:
    """Notes whom an erasure is about, in the caller's transaction. May be repeated."""
    made = Hasher(erasure.agency).of(traces.mails | traces.tails)
    new = made - set(erasure.keys.values_list("hash", flat=True))
    ErasedKey.objects.bulk_create(ErasedKey(erasure=erasure, hash=one) for one in sorted(new))


def erasures_of(agency: Agency, address: str) -> list[Erasure]:
    """The erasures that a mail address or a phone number was part of, newest first."""
    digits = "".join(sign for sign in read_phone(address).e164 if sign.isdigit())
    told = [key for key in (mail_key(address), digits[-TAIL:]) if key]
    rows = Erasure.objects.for_agency(agency).filter(keys__hash__in=Hasher(agency).of(told))
    return list(rows.select_related("asked_by").distinct().order_by("-pk"))


def erased_among(agency: Agency, hashes: set[str]) -> set[str]:
    """Those of the hashes that belong to somebody who was erased here."""
    keys = ErasedKey.objects.filter(erasure__agency=agency, hash__in=hashes)
    return set(keys.values_list("hash", flat=True)) if hashes else set()
