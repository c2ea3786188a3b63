"""The plugins that Ts-Immo lists for a site."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

from accounts.models import PartnerKey, Scope
from estates.wordpress.models import PluginLook
from estates.wordpress.plugins.listing import PluginCard, Standing, cards
from portal.api.conditional import answered
from portal.api.errors import Error
from portal.api.keys import needs
from portal.api.sites import ERRORS, router, site_of


class PluginOut(Schema):
    """A plugin that Ts-Immo lists for the site, or listed until `withdrawn_at`.

    `standing` is ready; listed (not here yet); refused (`words` say why); blocked (the same version was promised
    with other content); unsigned (it cannot be checked); or withdrawn. Only a ready one is given out.
    """

    id: int = Field(examples=[34])
    remote_id: str = Field(description="Ts-Immo's id", examples=["plg-sync"])
    name: str = Field(examples=["ts-immo-sync"])
    version: str = Field(examples=["2.1.0"])
    description: str = Field(examples=["Shows the estates on the site."])
    shortcodes: list[str] = Field(examples=[["ts_immo_estates"]])
    standing: Literal["ready", "listed", "refused", "blocked", "unsigned", "withdrawn"]
    reason: str = Field(description="Why it was refused, as a code", examples=["other_bytes"])
    words: str = Field(
        description="The same in words", examples=["The file is not the one that was promised."]
    )
    sha256: str | None = Field(
        description="As Ts-Immo promised it, in hex; null where it promised none",
        examples=["9f86d081884c7d65"],
    )
    size: int | None = Field(description="Bytes; null until the file is ready")
    changes: list[str] = Field(
        description="What was new at `changed_at`", examples=[["Version: 2.0 → 2.1.0"]]
    )
    changed_at: datetime | None
    first_seen: datetime
    listed_at: datetime = Field(description="When Ts-Immo last listed it")
    withdrawn_at: datetime | None
    job: int | None = Field(description="The job that fetches the file, where it is not here: GET /jobs/{id}")


class PluginList(Schema):
    data: list[PluginOut] = Field(description="Those that are no longer listed come last")
    as_of: datetime | None = Field(description="When Ts-Immo was last asked; null if it never was")


@router.get(
    "/{int:site_id}/plugins",
    auth=needs(Scope.SITES_READ),
    response={200: PluginList, 304: None, 404: Error} | ERRORS,
)
def site_plugins(request: HttpRequest, site_id: int) -> HttpResponse:
    """List a site's plugins, with what became of their files."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = site_of(key, site_id)
    look = PluginLook.objects.filter(site=found).first()
    data = [_told(card) for card in cards(found)]
    return answered(request, orjson.dumps({"data": data, "as_of": look.looked_at if look else None}))


def _told(card: PluginCard) -> dict[str, Any]:
    plugin, file = card.plugin, card.plugin.file
    refused = file is not None and card.standing == Standing.REFUSED
    return {
        "id": plugin.pk,
        "remote_id": plugin.remote_id,
        "name": plugin.name,
        "version": plugin.version,
        "description": plugin.description,
        "shortcodes": plugin.shortcodes,
        "standing": card.standing.value,
        "reason": file.reason if file and refused else "",
        "words": str(file.sentence) if file and refused else "",
        "sha256": file.sha256 if file else None,
        "size": file.size if file and card.standing == Standing.READY else None,
        "changes": card.changes,
        "changed_at": plugin.changed_at,
        "first_seen": plugin.first_seen,
        "listed_at": plugin.listed_at,
        "withdrawn_at": plugin.withdrawn_at,
        "job": card.shown_job.pk if card.shown_job else None,
    }
