"""The forecast's reasons in words that say what to do, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from estates.syndication.forecast.reasons import REFUSING, Code

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words = str | Promise

OFFER_UNSAID = _("Seeki has to know whether it is for sale or to let.")
UNKNOWN = _("Something is odd about it: {code} {detail}")
"""For what a later version wrote down, or one long gone."""

WORDS: Mapping[Code, _StrPromise] = {
    Code.NUMBER_MISSING: _("It has no number by which Seeki could recognise it."),
    Code.OFFER_UNKNOWN: _(
        "Seeki has to know whether it is for sale or to let, and “{detail}” does not tell."
    ),
    Code.PRICE_MISSING: _("It has no price. Seeki takes no listing “on request”."),
    Code.PRICE_ZERO: _("Its price is {detail}. Seeki takes only prices above zero."),
    Code.CURRENCY_UNKNOWN: _("“{detail}” is no currency code. Seeki expects EUR, CHF or the like."),
    Code.PLACE_MISSING: _("It has neither an address nor a position on the map. Seeki needs one of them."),
    Code.ADDRESS_HALF: _(
        "Its address is incomplete (missing: {detail}), and it has no position on the map instead."
    ),
    Code.TOO_LARGE: _("It is too large to be sent: {detail} bytes. A shorter text or fewer pictures help."),
    Code.TYPE_UNKNOWN: _("Seeki has no word for the type “{detail}”: it goes out as “other”."),
    Code.OFFER_SEASONAL: _(
        "Seeki knows no seasonal rentals: it goes out as to let, and its price looks monthly."
    ),
    Code.OFFER_AUCTION: _("Seeki knows no auctions: it goes out as for sale, at the price that stands here."),
    Code.OFFER_LIFE_ANNUITY: _(
        "Seeki knows no life annuities: it goes out as for sale. Let its text say so."
    ),
    Code.CURRENCY_ASSUMED: _("It has a price without a currency, which is taken for {detail}."),
    Code.COUNTRY_UNKNOWN: _("“{detail}” is no country that is known here."),
    Code.ADDRESS_LEFT_OUT: _(
        "Its address is incomplete (missing: {detail}): only its position on the map goes out, "
        "and nobody finds it by town."
    ),
    Code.COORDINATES_ZERO: _("Its position is 0, 0, in the sea. It is left out; Seeki looks the address up."),
    Code.COORDINATES_RANGE: _("Its position ({detail}) is not on the globe. It is left out."),
    Code.COORDINATES_ELSEWHERE: _("Its position lies far outside its country ({detail})."),
    Code.PRICE_LOW: _("{detail} is very little for this offer. Is something missing, or is it a rent?"),
    Code.PRICE_HIGH: _(
        "{detail} is very much for this offer. Is it a sale price, or are there digits too many?"
    ),
    Code.SURFACE_ZERO: _("Its surface is 0 m², and is left out."),
    Code.SURFACE_MISSING: _("It has no surface. People who filter by surface do not find it."),
    Code.NAME_MISSING: _("It has no title."),
    Code.NAME_CAPITALS: _("Its title is written in capitals only, which reads like shouting."),
    Code.NAME_LONG: _("Its title has {detail} characters. Portals cut it after about 120."),
    Code.DESCRIPTION_MISSING: _("It has no description."),
    Code.DESCRIPTION_SHORT: _("Its description has only {detail} letters."),
    Code.DESCRIPTION_LONG: _("Its description has {detail} characters, more than anybody reads."),
    Code.PICTURES_NONE: _("It has no pictures. Hardly anybody opens such a listing."),
    Code.PICTURES_UNUSABLE: _(
        "Some pictures have no web address of their own ({detail}): they are left out."
    ),
    Code.PICTURES_SILENT: _("Some pictures do not answer ({detail}): Seeki cannot fetch them."),
    Code.CONTACT_MISSING: _(
        "It names nobody with a mail address or a telephone, so enquiries find no addressee."
    ),
}

PARTS = {
    "street": pgettext_lazy("part of an address", "street"),
    "city": pgettext_lazy("part of an address", "town"),
    "country_code": pgettext_lazy("part of an address", "country"),
}

IN_TS_IMMO = _("Mend it in Ts-Immo; it comes here with the next sync.")
ON_SERVER = _("Put the pictures in Ts-Immo again, or ask who runs the server that they lie on.")
IN_OFFER = _("Nothing has to be mended if that is meant; else choose another offer in Ts-Immo.")
IN_TYPE = _("Choose a more usual type in Ts-Immo, or leave it as it is.")
ASK_SUPPORT = _("That cannot be mended in Ts-Immo: please ask support.")
MEND: Mapping[Code, _StrPromise] = {
    Code.NUMBER_MISSING: ASK_SUPPORT,
    Code.PICTURES_SILENT: ON_SERVER,
    Code.OFFER_SEASONAL: IN_OFFER,
    Code.OFFER_AUCTION: IN_OFFER,
    Code.OFFER_LIFE_ANNUITY: IN_OFFER,
    Code.TYPE_UNKNOWN: IN_TYPE,
}


def reason_words(reason: Sequence[str] | Mapping[str, Any]) -> Words:
    """A reason as `Listing.reasons` keeps it, in words. Never raises for one that is not known (any more)."""
    code, detail = _parts(reason)
    known = _known(code)
    told = _missing(detail) if known in (Code.ADDRESS_HALF, Code.ADDRESS_LEFT_OUT) else detail
    if known == Code.OFFER_UNKNOWN and not detail:
        return OFFER_UNSAID
    return format_lazy(WORDS[known] if known else UNKNOWN, code=code, detail=told)


def _named(fields: str) -> str:
    """Seeki's names of the parts of an address, with commas between them, in the reader's words."""
    return ", ".join(str(PARTS.get(name, name)) for name in fields.split(", "))


_missing = lazy(_named, str)


def mend_words(reason: Sequence[str] | Mapping[str, Any]) -> Words:
    """What to do about a reason, and where."""
    known = _known(_parts(reason)[0])
    return MEND.get(known, IN_TS_IMMO) if known else IN_TS_IMMO


def is_refusing(reason: Sequence[str] | Mapping[str, Any]) -> bool:
    """Whether Seeki would refuse the listing for it."""
    return _known(_parts(reason)[0]) in REFUSING


def _parts(reason: Sequence[str] | Mapping[str, Any]) -> tuple[str, str]:
    if isinstance(reason, Mapping):
        return str(reason.get("code", "")), str(reason.get("detail", ""))
    padded = [*map(str, reason), "", "", ""]
    return padded[0], padded[2]


def _known(code: str) -> Code | None:
    return Code(code) if code in CODES else None


CODES = frozenset(map(str, Code))
