"""Pages of estates are found on a real site: by its sitemaps, and by looking at them."""

import gzip

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from estates.jobs.models import Job, Status
from estates.wordpress.models import AddressProposal
from estates.wordpress.proof import search
from estates.wordpress.proof.finding import ask_addresses
from estates.wordpress.proof.listing import last_finding
from estates.wordpress.proof.proposals import CANDIDATES, dismiss, pending
from estates.wordpress.proof.search import Search
from tests.websites import bomb, endless, html, redirect, with_body
from tests.wordpress.conftest import worked
from tests.wordpress.proof.conftest import HOME, change, rest
from tests.wordpress.proof.pages import plain
from tests.wordpress.proof.test_sitemaps import LAUGHS, index, urlset


def xml(body: bytes, **options):
    return with_body(body, content_type="application/xml", **options)


@pytest.fixture
def wordpress(website):
    """`wordpress("/bien/1/", …)` is a site like WordPress core's: an index, and a file of estates beside others."""

    def serve(*paths: str) -> None:
        files = ("posts-post-1", "posts-bien-1", "taxonomies-category-1", "users-1")
        website.answers("/robots.txt", with_body(f"User-agent: *\nSitemap: {HOME}/wp-sitemap.xml".encode()))
        website.answers("/wp-sitemap.xml", xml(index(*(f"{HOME}/wp-sitemap-{name}.xml" for name in files))))
        for name in files:
            website.answers(f"/wp-sitemap-{name}.xml", xml(urlset(f"{HOME}/{name}/")))
        website.answers(
            "/wp-sitemap-posts-bien-1.xml", xml(urlset(f"{HOME}/", *(HOME + path for path in paths)))
        )

    return serve


def searched(site, manager, slices: int = 60) -> Job:
    """The search to its end, as if the site had been at rest before each of its turns."""
    job = ask_addresses(site, manager)
    for _ in range(slices):
        rest()
        if not worked(job).is_open:
            return job
    raise AssertionError(f"the search goes on: {job.checkpoint}")


def proposed(agency) -> list[tuple[str, str, str]]:
    rows = AddressProposal.objects.for_agency(agency).order_by("pk").select_related("estate")
    return [(row.estate.reference, row.url.removeprefix(HOME), row.found) for row in rows]


def test_by_the_reference_in_the_address(agency, own_site, add_estate, wordpress, website, manager):
    add_estate(agency)
    add_estate(agency)
    wordpress("/bien/villa-mart-0001/", "/bien/villa-mart-0002/", "/bien/loft-riv-0009/")
    job = searched(own_site, manager)
    assert job.status == Status.DONE
    assert proposed(agency) == [
        ("MART-0001", "/bien/villa-mart-0001/", "path"),
        ("MART-0002", "/bien/villa-mart-0002/", "path"),
    ]
    assert website.paths()[:3] == ["/robots.txt", "/wp-sitemap.xml", "/wp-sitemap-posts-bien-1.xml"]
    assert not any(path.startswith("/bien/") for path in website.paths())
    actions = AuditEntry.objects.for_agency(agency).values_list("action", flat=True)
    assert "site.addresses_asked" in actions
    assert not Job.objects.for_agency(agency).filter(kind="catalogue.set_public_url").exists()


def test_by_the_reference_on_the_page(agency, own_site, add_estate, wordpress, website, manager):
    estate, other = add_estate(agency), add_estate(agency)
    wordpress("/bien/villa/", "/bien/loft/", "/bien/liste/", "/bien/perdu/")
    website.answers("/bien/villa/", html(plain(estate.reference)))
    website.answers("/bien/loft/", html(plain("RIV-0009")))
    website.answers("/bien/liste/", html(f"<p>Réf. {estate.reference}</p><p>Réf. {other.reference}</p>"))
    job = searched(own_site, manager)
    assert proposed(agency) == [("MART-0001", "/bien/villa/", "page")]
    at = Search.of(job.checkpoint)
    assert (at.looked_at, at.found, at.listed) == (4, 1, 8)
    assert not any(path.startswith("/posts-post") for path in website.paths())


def test_nothing_to_look_for_looks_at_no_page(agency, own_site, add_estate, wordpress, website, manager):
    add_estate(agency)
    wordpress("/bien/villa-mart-0001/", *(f"/bien/{number}/" for number in range(5)))
    searched(own_site, manager)
    assert [path for path in website.paths() if path.startswith("/bien/")] == []


def test_only_estates_without_an_address_of_the_sites_account(
    agency, other_agency, own_site, connected, add_estate, wordpress, manager
):
    add_estate(agency, "/schon/")
    gone, lyon = add_estate(agency), add_estate(agency)
    change(gone, gone_at=timezone.now())
    change(lyon, connection=connected(agency, label="Lyon 2"))
    add_estate(other_agency, reference="MART-0009")
    wordpress(*(f"/bien/mart-000{number}/" for number in (1, 2, 3, 9)))
    searched(own_site, manager)
    assert proposed(agency) == []
    assert proposed(other_agency) == []


def test_it_goes_on_from_its_checkpoint(agency, own_site, add_estate, wordpress, website, manager):
    """Each turn of the site is one step; between two the job waits in line, and nothing is read twice."""
    add_estate(agency)
    wordpress("/bien/1/", "/bien/2/")
    job = ask_addresses(own_site, manager)
    worked(job)
    assert website.paths() == ["/robots.txt"]
    assert job.not_before > timezone.now()
    assert worked(job).is_open
    assert website.paths() == ["/robots.txt"]
    searched(own_site, manager)
    assert len(website.paths()) == len(set(website.paths())) == 8


def test_the_pages_wait_for_the_same_turn_as_the_timer(
    agency, own_site, add_estate, publish, wordpress, website, manager
):
    from estates.wordpress.proof.proving import prove_due_estates
    from tests.wordpress.proof.conftest import enrolled

    enrolled(publish(agency))
    wordpress()
    prove_due_estates()
    worked(ask_addresses(own_site, manager))
    assert website.paths() == ["/bien/1/"]


def test_several_pages_for_one_estate_are_all_proposed_but_not_too_many(
    agency, own_site, add_estate, wordpress, manager
):
    estate = add_estate(agency)
    wordpress(*(f"/bien/{number}-mart-0001/" for number in range(CANDIDATES + 3)))
    searched(own_site, manager)
    assert len(proposed(agency)) == CANDIDATES
    assert {reference for reference, *_ in proposed(agency)} == {estate.reference}


def test_of_several_languages_the_plain_one_is_proposed(agency, own_site, add_estate, wordpress, manager):
    add_estate(agency)
    wordpress("/en/property/mart-0001/", "/bien/mart-0001/", "/de/objekt/mart-0001/")
    searched(own_site, manager)
    assert proposed(agency) == [("MART-0001", "/bien/mart-0001/", "path")]


def test_what_was_dismissed_is_not_proposed_again(agency, own_site, add_estate, wordpress, manager):
    add_estate(agency)
    wordpress("/bien/mart-0001/")
    searched(own_site, manager)
    dismiss(pending(agency).get(), manager)
    searched(own_site, manager)
    assert not pending(agency).exists()
    assert len(proposed(agency)) == 1


def test_what_was_accepted_but_never_arrived_is_asked_about_again(
    agency, own_site, add_estate, wordpress, manager
):
    add_estate(agency)
    wordpress("/bien/mart-0001/")
    searched(own_site, manager)
    AddressProposal.objects.for_agency(agency).update(decision="accepted", decided_by=manager)
    searched(own_site, manager)
    assert pending(agency).get().decided_by is None


def test_without_robots_the_usual_places(agency, own_site, add_estate, website, manager):
    add_estate(agency)
    website.answers("/sitemap_index.xml", xml(index(f"{HOME}/property-sitemap.xml.gz")))
    website.answers("/property-sitemap.xml.gz", xml(gzip.compress(urlset(f"{HOME}/bien/mart-0001/"))))
    job = searched(own_site, manager)
    assert proposed(agency) == [("MART-0001", "/bien/mart-0001/", "path")]
    assert website.paths() == [
        "/robots.txt",
        "/wp-sitemap.xml",
        "/sitemap_index.xml",
        "/property-sitemap.xml.gz",
    ]
    assert Search.of(job.checkpoint).read[0] == [f"{HOME}/wp-sitemap.xml", 0, "404"]


def test_nothing_found_tells_what_was_read(agency, own_site, add_estate, website, manager):
    add_estate(agency)
    website.answers("/wp-sitemap.xml", html("<h1>Oups</h1>"))
    website.answers("/sitemap.xml", xml(urlset(f"{HOME}/a/")))
    searched(own_site, manager)
    found = last_finding(own_site)
    assert [(url.removeprefix(HOME), number) for url, number, _wrong in found.sitemaps] == [
        ("/wp-sitemap.xml", 0),
        ("/sitemap_index.xml", 0),
        ("/sitemap.xml", 1),
    ]
    assert all(wrong for _url, number, wrong in found.sitemaps if not number)
    assert found.search.looked_at == 1


def test_a_site_that_does_not_answer_is_asked_again_later(agency, own_site, add_estate, website, manager):
    website.https = website.http = False
    job = worked(ask_addresses(own_site, manager))
    assert (job.status, job.error_kind) == (Status.WAITING, "unreachable")
    website.https = website.http = True
    assert searched(own_site, manager).pk == job.pk


def test_a_site_without_https(agency, own_site, add_estate, website, manager):
    website.https = False
    estate = add_estate(agency)
    website.answers("/wp-sitemap.xml", xml(urlset(f"http://{own_site.domain}/bien/mart-0001/")))
    assert searched(own_site, manager).status == Status.DONE
    assert pending(agency).get().estate == estate
    assert website.paths("http")[:2] == ["/robots.txt", "/wp-sitemap.xml"]


def test_files_that_name_each_other_are_read_once(agency, own_site, website, manager):
    website.answers("/robots.txt", with_body(f"Sitemap: {HOME}/a.xml\nSitemap: {HOME}/a.xml".encode()))
    website.answers("/a.xml", xml(index(f"{HOME}/b.xml", f"{HOME}/a.xml")))
    website.answers("/b.xml", xml(index(f"{HOME}/a.xml", f"{HOME}/b.xml", f"{HOME}/c.xml")))
    website.answers("/c.xml", xml(index(f"{HOME}/too-deep.xml")))
    assert searched(own_site, manager).status == Status.DONE
    assert website.paths() == ["/robots.txt", "/a.xml", "/b.xml", "/c.xml"]


def test_an_index_of_a_thousand_files(agency, own_site, website, manager, monkeypatch):
    monkeypatch.setattr(search, "FILES", 8)
    website.answers("/robots.txt", with_body(f"Sitemap: {HOME}/a.xml".encode()))
    website.answers("*", xml(index(*(f"{HOME}/{number}.xml" for number in range(1000)))))
    searched(own_site, manager)
    assert len(website.paths()) == 9


def test_hostile_files_end_nothing(agency, own_site, add_estate, website, manager, serve):
    other = serve("www.other.example")
    add_estate(agency)
    names = ("laughs", "bomb", "away", "endless", "bien")
    website.answers(
        "/robots.txt", with_body("\n".join(f"Sitemap: {HOME}/{name}.xml" for name in names).encode())
    )
    website.answers("/laughs.xml", xml(LAUGHS))
    website.answers("/bomb.xml", bomb())
    website.answers(
        "/away.xml", xml(urlset("https://www.other.example/mart-0001/", "http://127.0.0.1/mart-0001"))
    )
    website.answers("/endless.xml", endless(b"<a>" * 10_000))
    website.answers("/bien.xml", xml(urlset(f"{HOME}/bien/mart-0001/")))
    assert searched(own_site, manager).status == Status.DONE
    assert proposed(agency) == [("MART-0001", "/bien/mart-0001/", "path")]
    assert other.asked == []


def test_a_site_that_leads_to_another_one(agency, own_site, add_estate, website, serve, manager):
    parked = serve("www.parking.example")
    parked.answers("*", xml(urlset("https://www.parking.example/mart-0001/", f"{HOME}/x/")))
    website.answers("*", redirect("https://www.parking.example/"))
    add_estate(agency)
    assert searched(own_site, manager).status == Status.DONE
    assert proposed(agency) == []


def test_only_so_many_pages_are_looked_at(
    agency, own_site, add_estate, wordpress, website, manager, monkeypatch
):
    monkeypatch.setattr(search, "PAGES", 3)
    add_estate(agency)
    wordpress(*(f"/bien/{number}/" for number in range(20)))
    searched(own_site, manager)
    assert len([path for path in website.paths() if path.startswith("/bien/")]) == 3


def test_while_one_is_open_that_is_the_one(agency, own_site, website, manager):
    assert ask_addresses(own_site, manager) == ask_addresses(own_site, manager)
