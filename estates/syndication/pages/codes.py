"""Why Seeki did not publish a listing, in a person's words, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estates.remotes.seeki_codes import Code
from estates.syndication.forecast.reasons import Code as Forecast
from estates.syndication.forecast.reasons import Reason
from estates.syndication.forecast.words import PARTS, reason_words
from estates.syndication.pushing.codes import NO_ANSWER, REFUSED, TOO_LARGE, UNBUILDABLE, UNNAMED

Words = str | Promise

IN_TS_IMMO = _("Mend it in Ts-Immo: it goes out again by itself with the next sync.")
IN_THE_FILE = _("Mend it in the software that exports the file, and hand in its next file.")
ACCOUNT = _("Nothing is wrong with the listing. Look at the key and at your subscription to Seeki.")
BY_ITSELF = _("Nothing has to be done: it is sent again by itself.")
SUPPORT = _("Ask support, with the code and the words above.")


class Meaning(NamedTuple):
    """What a code means, and what helps."""

    words: Words
    advice: Words


MEANINGS: Mapping[str, Meaning] = {
    Code.GEOCODE_ADDRESS_NOT_FOUND: Meaning(_("Seeki does not find the address"), IN_TS_IMMO),
    Code.GEOCODE_COORDINATES_INVALID: Meaning(_("Seeki does not accept the position on the map"), IN_TS_IMMO),
    Code.VALIDATION_FAILED: Meaning(_("Seeki does not accept what it says"), IN_TS_IMMO),
    Code.MISSING_AUTHORIZATION: Meaning(_("Seeki does not accept the key"), ACCOUNT),
    Code.INVALID_KEY: Meaning(_("Seeki does not accept the key"), ACCOUNT),
    Code.SUBSCRIPTION_INACTIVE: Meaning(_("The subscription to Seeki is not active"), ACCOUNT),
    Code.INFRA_QUEUE_REJECTED: Meaning(_("Seeki was too busy"), BY_ITSELF),
    Code.INFRA_LOST: Meaning(_("Seeki has lost it on the way"), BY_ITSELF),
    Code.INTERNAL_ERROR: Meaning(_("Something went wrong at Seeki"), BY_ITSELF),
    UNNAMED: Meaning(_("Seeki's answer did not name it"), BY_ITSELF),
    TOO_LARGE: Meaning(_("It is too large for Seeki"), _("A shorter text or fewer pictures help.")),
    NO_ANSWER: Meaning(_("Seeki never said what became of it"), _("Send it once more, or ask Seeki.")),
    REFUSED: Meaning(_("Seeki refused the request that carried it"), SUPPORT),
    UNBUILDABLE: Meaning(_("It cannot be written as a listing"), SUPPORT),
}
"""seeki-import.txt, "Error codes", and our own."""


REQUIRED = "Required"
MISSING: Mapping[str, Reason] = {
    "external_id": Reason(Forecast.NUMBER_MISSING, "external_id"),
    "listing_type": Reason(Forecast.OFFER_UNKNOWN, "listing_type"),
    "price": Reason(Forecast.PRICE_MISSING, "price"),
    "address": Reason(Forecast.PLACE_MISSING, "address"),
    **{f"address.{name}": Reason(Forecast.ADDRESS_HALF, "address", name) for name in PARTS},
}
"""What the forecast says where Seeki names one of these fields as required."""


def foreseeable(code: str, said: str) -> Words | None:
    """A refusal in the words that the forecast has for it; `said` is the field's path and Seeki's message."""
    path, _colon, message = said.partition(": ")
    if code != Code.VALIDATION_FAILED or not message.lower().endswith(REQUIRED.lower()):
        return None
    reason = MISSING.get(path)
    return reason_words(reason.as_json()) if reason else None


def meaning_of(code: str, said: str = "") -> Meaning | None:
    """Of a code that nobody knows only Seeki's own words tell."""
    meaning, words = MEANINGS.get(code), foreseeable(code, said)
    return meaning._replace(words=words) if meaning and words else meaning


def advice_on(code: str, *, from_a_file: bool) -> Words:
    """What to do about a code; nothing where only Seeki's own words tell."""
    meaning = MEANINGS.get(code)
    if meaning is None:
        return ""
    return IN_THE_FILE if from_a_file and meaning.advice is IN_TS_IMMO else meaning.advice
