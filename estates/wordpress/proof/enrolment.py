"""Which estates are proved: every present one with a public address, afresh when what we say of it changes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import DecimalField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from estates.catalogue.models import Estate
from estates.wordpress.models import Proof, Site, Verdict
from estates.wordpress.proof.hosts import by_host, host_of

SETTLE = timedelta(minutes=5)
"""A changed price reaches the agency's site through Ts-Immo: until then the page cannot be right."""
FOREIGN_AGAIN = timedelta(hours=1)
AT_ONCE, AT_MOST = 500, 5_000
"""Estates put in line in one transaction, and in one run; the next run is a minute away."""

_NO_PRICE = Value(Decimal(-1), output_field=DecimalField(max_digits=14, decimal_places=2))
_WRITTEN = (
    "site", "url", "price", "status", "verdict", "reason", "words", "shown_price", "shown_currency", "shown_status",
    "named", "landed", "checked_at", "next_at",
)  # fmt: skip


def enrol_estates() -> int:
    """Puts in line what is new or changed, drops what has no page any more; returns how many it put in line."""
    left = Q(estate__public_url="") | Q(estate__gone_at__isnull=False)
    Proof.objects.across_agencies().filter(left).delete()
    enrolled = 0
    while enrolled < AT_MOST:
        batch = list(_stale(timezone.now()).select_related("proof")[:AT_ONCE])
        if not batch:
            break
        _enrol(batch)
        enrolled += len(batch)
    return enrolled


def enrol_one(estate: Estate) -> Proof | None:
    """The proof of one estate, in line if it is stale; None for an estate without a public page."""
    stale = _stale(timezone.now()).filter(agency=estate.agency_id, pk=estate.pk)
    _enrol(list(stale.select_related("proof")))
    return (
        Proof.objects.for_agency(estate.agency).filter(estate=estate).select_related("site", "estate").first()
    )


def look_for_sites_again(site: Site) -> None:
    """After a site came: addresses that were on none of the agency's may lie on it."""
    foreign = Proof.objects.for_agency(site.agency).filter(verdict=Verdict.FOREIGN)
    foreign.update(next_at=timezone.now())


def _stale(now: datetime) -> QuerySet[Estate]:
    """Estates whose proof is missing, is of an older address, price or status, or lacks its site."""
    other_price = ~Q(ours=F("proved"))
    homeless = Q(proof__site=None) & (~Q(proof__verdict=Verdict.FOREIGN) | Q(proof__next_at__lte=now))
    return (
        Estate.objects.across_agencies()
        .filter(gone_at=None)
        .exclude(public_url="")
        .annotate(ours=Coalesce("price", _NO_PRICE), proved=Coalesce("proof__price", _NO_PRICE))
        .filter(
            Q(proof=None)
            | ~Q(proof__url=F("public_url"))
            | ~Q(proof__status=F("status"))
            | other_price
            | homeless
        )
        .order_by("pk")
        .defer("search_text", "images")
    )


def _enrol(estates: Sequence[Estate]) -> None:
    agencies = {estate.agency_id for estate in estates}
    sites: dict[int, list[Site]] = {pk: [] for pk in agencies}
    for site in Site.objects.across_agencies().filter(agency__in=agencies).order_by("pk"):
        sites[site.agency_id].append(site)
    hosts = {pk: by_host(owned) for pk, owned in sites.items()}
    now = timezone.now()
    rows = [_row(estate, hosts[estate.agency_id].get(host_of(estate.public_url)), now) for estate in estates]
    with transaction.atomic():
        Proof.objects.across_agencies().bulk_create(
            rows, update_conflicts=True, unique_fields=["estate"], update_fields=list(_WRITTEN)
        )


def _row(estate: Estate, site: Site | None, now: datetime) -> Proof:
    old: Proof | None = getattr(estate, "proof", None)
    same_page = old is not None and old.url == estate.public_url and old.site_id is not None
    wait = SETTLE if same_page else timedelta(0) if site else FOREIGN_AGAIN
    return Proof(
        agency_id=estate.agency_id,
        estate=estate,
        site=site,
        url=estate.public_url,
        price=estate.price,
        status=estate.status,
        verdict=Verdict.UNSEEN if site else Verdict.FOREIGN,
        next_at=now + wait,
    )
