"""Addresses that were found for estates, until a person has said whether they are right."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.audit import record
from accounts.models import Agency, User
from estates.catalogue.publish import OtherUnderWay, ask_public_url
from estates.wordpress.models import AddressProposal, Site
from estates.wordpress.proof.matching import plain_among

Decision = AddressProposal.Decision
CANDIDATES = 5
"""Addresses that are proposed for one estate at most; with more of them none is likely."""
CHUNK = 500
AT_ONCE = 200
"""Proposals that one press of "accept all" takes."""


class Decided(RuntimeError):
    """Somebody was first, or the estate has its address by now."""


@dataclass(frozen=True)
class Accepted:
    """What became of "accept all": how many addresses are on their way, and of how many estates another one is."""

    sent: int = 0
    under_way: int = 0


def pending(agency: Agency) -> QuerySet[AddressProposal]:
    """Undecided proposals for estates that are present and still have no address."""
    rows = AddressProposal.objects.for_agency(agency).filter(decision=Decision.NONE)
    return rows.filter(estate__public_url="", estate__gone_at=None)


def pending_on(site: Site) -> QuerySet[AddressProposal]:
    """The site's pending proposals, each with `rivals`: whether another one has its estate or its address."""
    found = pending(site.agency).filter(site=site).annotate(rivals=_rivals(site.agency))
    return found.select_related("estate", "agency", "site").order_by("rivals", "estate__reference", "pk")


def certain_on(site: Site) -> QuerySet[AddressProposal]:
    """Those without rivals, oldest first."""
    found = pending(site.agency).filter(~_rivals(site.agency), site=site)
    return found.select_related("estate__agency", "agency", "site").order_by("pk")


def doubtful_on(site: Site) -> QuerySet[AddressProposal]:
    return pending(site.agency).filter(_rivals(site.agency), site=site)


def _rivals(agency: Agency) -> Exists:
    same = pending(agency).filter(Q(estate=OuterRef("estate")) | Q(url=OuterRef("url")))
    return Exists(same.exclude(pk=OuterRef("pk")))


def propose(site: Site, found: Iterable[tuple[int, str]], how: AddressProposal.Found) -> None:
    """Notes pages that are probably estates', inside the caller's transaction. What was dismissed stays so.

    What was accepted, and yet never reached Ts-Immo, is asked about again.
    """
    pairs = list(found)
    for start in range(0, len(pairs), CHUNK):
        _propose(site, pairs[start : start + CHUNK], how)


def _propose(site: Site, pairs: list[tuple[int, str]], how: AddressProposal.Found) -> None:
    rows = AddressProposal.objects.for_agency(site.agency).filter(estate__in={pk for pk, _url in pairs})
    numbers = defaultdict(int, rows.order_by().values_list("estate").annotate(number=Count("pk")))
    new = []
    for pk, url in pairs:
        numbers[pk] += 1
        if numbers[pk] <= CANDIDATES:
            new.append(AddressProposal(agency=site.agency, estate_id=pk, site=site, url=url, found=how))
    AddressProposal.objects.across_agencies().bulk_create(new, ignore_conflicts=True)
    lost = rows.filter(decision=Decision.ACCEPTED, estate__public_url="", url__in={url for _pk, url in pairs})
    lost.update(decision=Decision.NONE, decided_at=None, decided_by=None)


def keep_plain_ones(site: Site) -> None:
    """Of an estate's page in several languages only the one without a language in its address stays proposed."""
    by_estate: dict[int, list[AddressProposal]] = defaultdict(list)
    for proposal in doubtful_on(site):
        by_estate[proposal.estate_id].append(proposal)
    for rivals in by_estate.values():
        plain = plain_among(rival.url for rival in rivals) if len(rivals) > 1 else ""
        if plain:
            superfluous = [rival.pk for rival in rivals if rival.url != plain]
            AddressProposal.objects.for_agency(site.agency).filter(pk__in=superfluous).delete()


def accept(proposal: AddressProposal, actor: User) -> None:
    """Tells Ts-Immo the address through a job. Raises `Decided`, and `OtherUnderWay` as `ask_public_url` does."""
    with transaction.atomic():
        _decide(proposal, actor, Decision.ACCEPTED)
        ask_public_url(proposal.estate, proposal.url, actor)
        others = AddressProposal.objects.for_agency(proposal.agency).filter(estate=proposal.estate_id)
        others.filter(decision=Decision.NONE).delete()


def accept_all(site: Site, actor: User, upto: int) -> Accepted:
    """Accepts what a person saw, proposals up to the id `upto`, as far as there is no doubt, oldest first.

    Each is a transaction of its own: whoever is interrupted presses again.
    """
    sent = under_way = 0
    for proposal in certain_on(site).filter(pk__lte=upto)[:AT_ONCE]:
        try:
            accept(proposal, actor)
            sent += 1
        except OtherUnderWay:
            under_way += 1
        except Decided:
            continue
    return Accepted(sent, under_way)


def dismiss(proposal: AddressProposal, actor: User) -> None:
    """Says that the page is not the estate's; it is not proposed again. Raises `Decided`."""
    with transaction.atomic():
        _decide(proposal, actor, Decision.DISMISSED)
        record(proposal.agency, actor, "estate.address_dismissed", str(proposal.estate), url=proposal.url)


def _decide(proposal: AddressProposal, actor: User, decision: str) -> None:
    """Of two who decide at once only one succeeds: the condition is on the row itself."""
    if not pending(proposal.agency).filter(pk=proposal.pk).exists():
        raise Decided
    mine = AddressProposal.objects.for_agency(proposal.agency).filter(pk=proposal.pk, decision=Decision.NONE)
    if not mine.update(decision=decision, decided_at=timezone.now(), decided_by=actor):
        raise Decided
