"""Where an estate comes from, and what comes back for it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from estates.catalogue.models import Estate, SyncRun
from estates.catalogue.standing import WHOLE
from estates.connections.models import State
from estates.leads.models import Lead
from portal.passport.hop import Hop, Standing


def mirrored(estate: Estate) -> Iterator[Hop]:
    account = estate.connection
    runs = SyncRun.objects.for_agency(estate.agency).filter(connection=account, status__in=WHOLE)
    read_at = runs.order_by("-pk").values_list("finished_at", flat=True).first()
    keys = reverse("connections:index", args=[estate.agency.slug])
    title = _("From the CRM")
    if estate.gone_at:
        yield Hop(
            "mirrored",
            title,
            Standing.BROKEN,
            _("Ts-Immo no longer lists it."),
            at=estate.gone_at,
            todo=_("If it is still for sale or to let, publish it again in your CRM."),
        )
    elif account.removed_at:
        yield Hop(
            "mirrored",
            title,
            Standing.BROKEN,
            _("The key of its Ts-Immo account was removed, so it is not read any more."),
            at=account.removed_at,
            todo=_("Store a key of this account again."),
            url=keys,
        )
    elif account.state == State.REFUSED:
        yield Hop(
            "mirrored",
            title,
            Standing.BROKEN,
            _("Ts-Immo refuses the key, so what is shown here may be old."),
            account.last_answer,
            read_at,
            _("Store a working key."),
            keys,
        )
    else:
        yield Hop("mirrored", title, Standing.RIGHT, _("Read from Ts-Immo."), at=read_at or estate.changed_at)


def leads(estate: Estate) -> Iterator[Hop]:
    rows = Lead.objects.for_agency(estate.agency).filter(estate=estate)
    told = rows.aggregate(number=Count("pk"), latest=Max("received_at"))
    page = f"{reverse('leads:index', args=[estate.agency.slug])}?tab=all&estate={estate.pk}"
    title = _("Leads")
    if told["number"]:
        words = ngettext(
            "%(number)s lead asked about it.", "%(number)s leads asked about it.", told["number"]
        )
        sentence = words % {"number": told["number"]}
        yield Hop("leads", title, Standing.RIGHT, sentence, at=told["latest"], url=page)
    else:
        yield Hop("leads", title, Standing.NONE, _("Nobody has asked about it yet."))
