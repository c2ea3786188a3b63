"""System checks of what operators say about the sites' addresses."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from estates.remotes.origins import read_addresses


@register()
def site_addresses(**kwargs: Any) -> list[CheckMessage]:
    """SITE_ADDRESSES can be read, and SITE_CA_FILE is there."""
    found: list[CheckMessage] = []
    try:
        read_addresses(settings.SITE_ADDRESSES)
    except ValueError as wrong:
        hint = "Write https://www.agence.fr=10.0.0.5:443,http://www.agence.fr=10.0.0.5:80"
        found.append(Error(f"SITE_ADDRESSES: {wrong}", hint=hint, id="wordpress.E001"))
    if settings.SITE_CA_FILE and not Path(settings.SITE_CA_FILE).is_file():
        hint = "Name a PEM file, or leave it out."
        found.append(Error("SITE_CA_FILE names no file.", hint=hint, id="wordpress.E002"))
    return found
