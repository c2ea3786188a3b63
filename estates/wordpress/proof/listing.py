"""What the pages about publication show: counts, lists, and what a search for addresses came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, QuerySet, Value, When

from accounts.models import Agency
from estates.catalogue.models import Estate
from estates.jobs.models import OPEN, Job
from estates.wordpress.models import Proof, Site, Verdict
from estates.wordpress.proof.finding import KIND as FIND
from estates.wordpress.proof.finding import estates_without_url
from estates.wordpress.proof.proposals import pending
from estates.wordpress.proof.proving import KIND as PROVE
from estates.wordpress.proof.search import Search

PAGE = 50
ORDER = (Verdict.DIFFERS, Verdict.NOT_FOUND, Verdict.UNREACHABLE, Verdict.UNSEEN, Verdict.RIGHT)
"""What needs a person comes first."""
TROUBLE = (Verdict.DIFFERS, Verdict.NOT_FOUND)


class Part(NamedTuple):
    """A part of the picture: a verdict, its estates, and where its bar begins."""

    verdict: Verdict
    number: int
    start: int


@dataclass(frozen=True)
class Finding:
    """The newest search on a site, and what it read."""

    job: Job
    search: Search

    @property
    def sitemaps(self) -> list[tuple[str, int, str]]:
        return self.search.read


def proofs_on(site: Site) -> QuerySet[Proof]:
    return Proof.objects.for_agency(site.agency).filter(site=site)


def elsewhere(agency: Agency) -> QuerySet[Proof]:
    """Public addresses that lie on none of the agency's sites."""
    found = Proof.objects.for_agency(agency).filter(site=None, verdict=Verdict.FOREIGN)
    return found.select_related("estate").order_by("estate__reference", "pk")


def parts_of(site: Site) -> list[Part]:
    """The site's estates by verdict, in `ORDER`; only those that occur."""
    numbers = dict(proofs_on(site).values_list("verdict").annotate(number=Count("pk")).order_by())
    parts, start = [], 0
    for verdict in reversed(ORDER):
        if number := numbers.get(verdict, 0):
            parts.append(Part(verdict, number, start))
            start += number
    return parts


class Ranked:
    """A site's estates, what needs a person first, of which a paginator takes slices.

    Only the verdicts that a slice touches are put in order: most estates are right, and come last.
    """

    def __init__(self, rows: QuerySet[Proof], numbers: Mapping[Verdict, int]) -> None:
        self.rows, self.numbers = rows, numbers

    def __len__(self) -> int:
        return sum(self.numbers.values())

    def __getitem__(self, window: slice) -> list[Proof]:
        touched, before, place = [], 0, 0
        for verdict in ORDER:
            end = place + self.numbers.get(verdict, 0)
            if end <= window.start:
                before = end
            elif place < window.stop:
                touched.append(verdict)
            place = end
        rank = Case(*(When(verdict=verdict, then=Value(rank)) for rank, verdict in enumerate(ORDER)))
        rows = self.rows.filter(verdict__in=touched).order_by(rank, "pk")
        return list(rows[window.start - before : window.stop - before])


def page_of(site: Site, parts: Sequence[Part], verdict: str, number: str) -> Page[Proof]:
    """A page of the site's estates, those of one verdict where it is given, what needs a person first."""
    # Estates are long rows: those of this page are read, not those of all that are put in order.
    rows = proofs_on(site).select_related("site").prefetch_related("estate")
    numbers = {part.verdict: part.number for part in parts if verdict in ("", part.verdict)}
    # A paginator asks for the length and for slices, whatever else its type names.
    return Paginator(cast("Sequence[Proof]", Ranked(rows, numbers)), PAGE).get_page(number)


def page_elsewhere(agency: Agency, number: str) -> Page[Proof]:
    return Paginator(elsewhere(agency), PAGE).get_page(number)


def unpublished(site: Site) -> int:
    """Present estates of the site's account whose public address nobody knows."""
    return estates_without_url(site).count()


def last_finding(site: Site) -> Finding | None:
    jobs = Job.objects.for_agency(site.agency).filter(kind=FIND, subject=f"site:{site.pk}").defer("evidence")
    job = jobs.order_by("-pk").first()
    return Finding(job, Search.of(job.checkpoint)) if job else None


def job_about(estate: Estate) -> Job | None:
    """The open job that looks at an estate's page, if there is one."""
    jobs = Job.objects.for_agency(estate.agency).filter(kind=PROVE, subject=f"estate:{estate.pk}")
    return jobs.filter(status__in=OPEN).defer("evidence", "checkpoint").first()


def proposals_by_site(agency: Agency) -> dict[int, int]:
    """For how many estates proposed addresses wait for a person, by the site's id."""
    rows = (
        pending(agency).order_by("site").values_list("site").annotate(number=Count("estate", distinct=True))
    )
    return dict(rows)
