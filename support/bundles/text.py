"""A failure in words: plain text in the agency's language, that a person reads before it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Agency
from estates.connections.vault import VaultError
from estates.wordpress.models import Site, SitePlugin
from support.bundles.failures import Failure
from support.bundles.masking import Mask, mask_of
from support.models.tickets import SUBJECT_LIMIT

PLUGINS = 20
TITLE, PLUGIN = 150, 80
"""Characters of a title and of a plugin's name."""


@dataclass(frozen=True)
class Bundle:
    """What a ticket about a failure begins with."""

    subject: str
    greeting: str
    text: str


def bundle_of(agency: Agency, failure: Failure) -> Bundle:
    """The failure in the agency's language and time. What a remote said is told only where it could be masked."""
    try:
        mask = mask_of(agency)
    except VaultError:
        mask = None
    with translation.override(agency.language), timezone.override(agency.time_zone):
        what = " · ".join(part for part in (str(failure.what), _title(failure, mask)) if part)
        return Bundle(
            subject=what[:SUBJECT_LIMIT],
            greeting=_("Hello,\n\nthis did not work. Can you tell us why?"),
            text="\n".join([_("What failed: %(what)s") % {"what": what}, *_lines(agency, failure, mask)]),
        )


def _title(failure: Failure, mask: Mask | None) -> str:
    return mask.words(failure.title, TITLE) if mask else ""


def _lines(agency: Agency, failure: Failure, mask: Mask | None) -> Iterator[str]:
    if failure.at:
        yield _("When: %(time)s") % {"time": told_time(failure.at)}
    if failure.tries:
        tried = ngettext("Tried: once", "Tried: %(number)d times", failure.tries)
        yield tried % {"number": failure.tries}
    if failure.sentence:
        yield _("What went wrong: %(sentence)s") % {"sentence": failure.sentence}
    if failure.words and mask:
        yield _("In its own words: “%(words)s”") % {"words": mask.words(failure.words)}
    elif failure.words:
        yield _(
            "Its own words are left out: a stored key cannot be read, so it could not be looked for in them."
        )
    if failure.site:
        yield from _of_site(failure.site, mask)
    if failure.request_id and failure.request_id != "-":
        yield _("Id of the request: %(id)s") % {"id": failure.request_id}
    yield _("Sent from: Passerelle %(version)s, %(agency)s") % {
        "version": settings.VERSION,
        "agency": agency.name,
    }


def _of_site(site: Site, mask: Mask | None) -> Iterator[str]:
    """The site as Ts-Immo knows it, with the plugins that Ts-Immo lists for it."""
    domain = site.shown if site.shown == site.domain else f"{site.shown} ({site.domain})"
    yield _("Website: %(domain)s, %(state)s") % {"domain": domain, "state": site.get_state_display()}
    listed = SitePlugin.objects.for_agency(site.agency).filter(site=site, withdrawn_at=None)
    plugins = [str(plugin) for plugin in listed.order_by("name", "pk")[:PLUGINS]]
    if plugins and mask:
        names = ", ".join(mask.words(plugin, PLUGIN) for plugin in plugins)
        yield _("Plugins of the website: %(plugins)s") % {"plugins": names}


def told_time(moment: datetime) -> str:
    """A moment with its zone: support sits elsewhere, and clocks change."""
    local = timezone.localtime(moment)
    exact = formats.date_format(local, "DATETIME_FORMAT")
    return f"{exact} ({timezone.get_current_timezone_name()}, UTC{local:%z})"
