"""A receipt in words: what an erasure blanked, and where."""

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from estates.leads.erasure.places import PLACES
from estates.leads.models import Erasure

if TYPE_CHECKING:
    from django.utils.functional import Promise

OWN: "dict[str, Promise]" = {
    "leads": _("enquiries"),
    "payloads": _("enquiries as the source sent them"),
    "events": _("notes and lines of the timeline"),
    "forwardings": _("sendings to Ts-Immo"),
}


class Line(NamedTuple):
    label: "Promise"
    number: int


def lines(erasure: Erasure) -> list[Line]:
    """Every place that is searched, with how many things were blanked there: nothing is an answer too."""
    places = OWN | {place.name: place.label for place in PLACES}
    return [Line(label, int(erasure.found.get(name, 0))) for name, label in places.items()]
