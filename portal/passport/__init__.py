"""The passport of a listing: its way from the CRM to the public page, and the first place where that is broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from estates.catalogue.models import Estate
from portal.passport import publication, sources
from portal.passport.hop import Hop, Standing

STAGES = (
    sources.mirrored,
    publication.site,
    publication.address,
    publication.page,
    publication.seeki,
    sources.leads,
)
"""In the order in which an estate passes them."""


@dataclass(frozen=True)
class Passport:
    estate: Estate
    hops: Sequence[Hop]

    @property
    def broken(self) -> Hop | None:
        """The first hop that needs somebody; what lies behind it is often broken for its sake."""
        return next((hop for hop in self.hops if hop.standing == Standing.BROKEN), None)


def passport_of(estate: Estate) -> Passport:
    """The estate comes with its connection and agency."""
    return Passport(estate, [hop for stage in STAGES for hop in stage(estate)])
