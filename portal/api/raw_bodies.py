"""The document's words for bodies that are no JSON: feed files, and files of tickets."""

from __future__ import annotations

from typing import Any

OPENIMMO = """\
<?xml version="1.0" encoding="UTF-8"?>
<openimmo>
  <uebertragung art="OFFLINE" umfang="TEIL" version="1.2.7" sendersoftware="MyCRM" senderversion="1.0"/>
  <anbieter>
    <firma>Agence Martin</firma>
    <openimmo_anid>M1</openimmo_anid>
    <immobilie>
      <objektkategorie>
        <nutzungsart WOHNEN="true" GEWERBE="false"/>
        <vermarktungsart KAUF="true" MIETE_PACHT="false"/>
        <objektart><wohnung wohnungtyp="ETAGE"/></objektart>
      </objektkategorie>
      <geo><plz>69003</plz><ort>Lyon</ort><land iso_land="FRA"/></geo>
      <preise><kaufpreis>450000</kaufpreis></preise>
      <freitexte><objekttitel>Appartement T3</objekttitel></freitexte>
      <verwaltung_techn>
        <objektnr_extern>REF-001</objektnr_extern>
        <openimmo_obid>REF-001</openimmo_obid>
      </verwaltung_techn>
    </immobilie>
  </anbieter>
</openimmo>
"""
IDEALISTA = """\
<?xml version="1.0" encoding="UTF-8"?>
<inmuebles>
  <inmueble>
    <referencia>REF-001</referencia>
    <provincia>Barcelona</provincia>
    <imagenes><imagen url="https://www.your-agency.com/1.jpg"/></imagenes>
  </inmueble>
</inmuebles>
"""


def xml(example: str) -> dict[str, Any]:
    return {"application/xml": {"schema": {"type": "string"}, "example": example}}


def zipped() -> dict[str, Any]:
    """A zip with `index.xml` at its root, and pictures."""
    binary = {"type": "string", "contentMediaType": "application/zip"}
    return {
        "application/zip": {"schema": binary, "example": "(the bytes of the zip, with index.xml at its root)"}
    }


def binary() -> dict[str, Any]:
    """Any file, as it is."""
    media = "application/octet-stream"
    return {media: {"schema": {"type": "string", "contentMediaType": media}, "example": "(the file's bytes)"}}


def body(*kinds: dict[str, Any]) -> dict[str, Any]:
    """For an operation's `openapi_extra`: a body of one of these kinds, each by its media type."""
    content = {media: about for kind in kinds for media, about in kind.items()}
    return {"requestBody": {"required": True, "content": content}}
