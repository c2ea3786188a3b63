"""Finding estates' pages on a site: its sitemaps first, then, for what no address tells, the pages themselves."""

from urllib.parse import urljoin, urlsplit

from django.db import transaction
from django.db.models import QuerySet

from accounts.audit import record
from accounts.models import User
from estates.catalogue.models import Estate
from estates.jobs.models import Job
from estates.jobs.run import Continue, Run
from estates.jobs.start import start
from estates.remotes.errors import RemoteError
from estates.remotes.web import Page
from estates.wordpress.models import AddressProposal, Site
from estates.wordpress.proof.hosts import bare, same_site
from estates.wordpress.proof.looking import HTML, fetch
from estates.wordpress.proof.matching import References
from estates.wordpress.proof.pace import give_back, take_turn
from estates.wordpress.proof.proposals import keep_plain_ones, pending, propose
from estates.wordpress.proof.reading import LONGEST, read_page
from estates.wordpress.proof.search import Search
from estates.wordpress.proof.sitemaps import (
    ADDRESSES,
    FILE_LIMIT,
    PLACES,
    Unreadable,
    may_hold_estates,
    named_in_robots,
    read_sitemap,
)
from estates.wordpress.proof.text import decoded

KIND = "wordpress.find_addresses"
XML = "application/xml,text/xml;q=0.9,*/*;q=0.1"
PLAIN = "text/plain,*/*;q=0.1"


def ask_addresses(site: Site, actor: User) -> Job:
    """Starts the search; while one is in line or under way, that is the one."""
    with transaction.atomic():
        record(site.agency, actor, "site.addresses_asked", str(site))
        return start(
            site.agency,
            KIND,
            subject=f"site:{site.pk}",
            title=str(site),
            params={"site": site.pk},
            asked_by=actor,
        )


def find_addresses(run: Run) -> None:
    """The work: one file or page for each turn of the site, and a checkpoint after each."""
    site = Site.objects.for_agency(run.agency).select_related("agency").get(pk=run.params["site"])
    while True:
        search = Search.of(run.checkpoint)
        if not search.began:
            _begin(run, site, search)
        elif search.queue:
            _read_next_sitemap(run, site, search)
        elif search.looked_at < len(search.pages) and without_address(site).exists():
            _read_next_page(run, site, search)
        else:
            break
        if run.out_of_time:
            raise Continue
    with run.step(done=1, total=1):
        keep_plain_ones(site)


def without_address(site: Site) -> QuerySet[Estate]:
    """Estates of the site's account that could be on it, of which neither an address nor a proposal is known."""
    known = pending(site.agency).values("estate")
    return estates_without_url(site).exclude(pk__in=known)


def estates_without_url(site: Site) -> QuerySet[Estate]:
    return _estates(site).filter(public_url="")


def _estates(site: Site) -> QuerySet[Estate]:
    present = Estate.objects.for_agency(site.agency).filter(gone_at=None, connection=site.connection_id)
    return present.exclude(reference="")


def _begin(run: Run, site: Site, search: Search) -> None:
    """Reads robots.txt. A site that does not answer at all is asked again later, as jobs are."""
    run.report(0, 1, phase="sitemaps")
    home = f"https://{site.domain}/"
    page = _fetched(site, PLAIN, 100_000, f"{home}robots.txt", f"http://{site.domain}/robots.txt")
    if same_site(page.url, home):
        # The site knows best whether it is called with www. and with https.
        home = urljoin(page.url, "/")
    named = named_in_robots(decoded(page.body), home) if page.status == 200 else []
    search.queue = [(url, 1) for url in named or [home.rstrip("/") + place for place in PLACES]]
    search.began = True
    with run.step(checkpoint=search.saved()):
        pass


def _read_next_sitemap(run: Run, site: Site, search: Search) -> None:
    run.report(len(search.read), len(search.read) + len(search.queue), phase="sitemaps")
    url, depth = search.queue.pop(0)
    home = f"https://{site.domain}/"
    try:
        page = _fetched(site, XML, FILE_LIMIT, url)
        listed = read_sitemap(page.body, home) if page.status == 200 else None
        wrong = "" if listed else str(page.status)
    except RemoteError as error:
        listed, wrong = None, error.message
    except Unreadable as error:
        listed, wrong = None, str(error)
    pages: tuple[str, ...] = ()
    if listed and listed.is_index:
        search.put(url, depth, listed.addresses)
    elif listed:
        pages = listed.addresses[: ADDRESSES - search.listed]
    search.read.append((url, len(pages), wrong))
    search.listed += len(pages)
    found = _in_addresses(site, search, may_hold_estates(url), pages)
    if url.endswith(PLACES) and listed:
        # One of the usual places answered: the others are other names of the same.
        search.queue = [entry for entry in search.queue if not (entry[1] == 1 and entry[0].endswith(PLACES))]
    with run.step(checkpoint=search.saved() | {"found": search.found + len(found)}):
        propose(site, found, AddressProposal.Found.PATH)


def _in_addresses(
    site: Site, search: Search, likely: bool | None, pages: tuple[str, ...]
) -> list[tuple[int, str]]:
    """The estates that addresses name; the pages of which they say nothing are noted, to be looked at."""
    references = References(estates_without_url(site).values_list("pk", "reference"))
    used = set(
        Estate.objects.for_agency(site.agency).exclude(public_url="").values_list("public_url", flat=True)
    )
    found: list[tuple[int, str]] = []
    for url in pages:
        if url in used or urlsplit(url).path.strip("/") == "":
            continue
        named = references.in_address(url)
        found += [(pk, url) for pk in named]
        if not named:
            search.note(url, likely)
    return found


def _read_next_page(run: Run, site: Site, search: Search) -> None:
    run.report(search.looked_at, len(search.pages), phase="pages")
    url = search.pages[search.looked_at]
    named: set[int] = set()
    try:
        page = _fetched(site, HTML, LONGEST, url)
        if page.status == 200:
            content = read_page(page.body, page.headers.get("content-type", ""), page.url)
            named = References(_estates(site).values_list("pk", "reference")).in_text(content.said)
    except RemoteError as error:
        search.read.append((url, 0, error.message))
    # A page that names several, known ones included, is a list of estates and the page of none.
    wanted = without_address(site).filter(pk__in=named if len(named) == 1 else ())
    found = [(pk, url) for pk in wanted.values_list("pk", flat=True)]
    search.looked_at += 1
    search.found += len(found)
    with run.step(done=search.looked_at, total=len(search.pages), checkpoint=search.saved()):
        propose(site, found, AddressProposal.Found.PAGE)


def _fetched(site: Site, accept: str, most: int, url: str, instead: str = "") -> Page:
    """A page in the site's turn, `instead` where the first address gives none.

    Raises `Continue` while the turn is another's, and remote errors.
    """
    host = bare(site.domain)
    if wait := take_turn(host):
        raise Continue(wait)
    in_trouble = True
    try:
        try:
            page = fetch(url, accept=accept, most=most)
        except RemoteError:
            if not instead:
                raise
            page = fetch(instead, accept=accept, most=most)
        in_trouble = False
        return page
    finally:
        give_back(host, in_trouble)
