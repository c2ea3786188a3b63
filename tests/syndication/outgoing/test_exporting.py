"""A selection of the catalogue as a feed file: by agents, with the page's filters, never more than they show."""

import pytest
from django.urls import reverse
from lxml import etree

from accounts.models import AuditEntry
from accounts.roles import Role
from tests.syndication.outgoing.conftest import DAY, body_of, numbers_in


def export(browser_of, agency, format="openimmo", query="", method="get"):
    address = reverse("syndication:export", args=[agency.slug, format])
    return getattr(browser_of, method)(f"{address}?{query}")


@pytest.mark.parametrize(("format", "root"), [("openimmo", "openimmo"), ("idealista", "inmuebles")])
def test_the_file(agency, other_agency, add_estate, browser, format, root):
    mine = add_estate(agency)
    add_estate(other_agency)
    answer = export(browser(agency, Role.AGENT), agency, format)
    assert answer.status_code == 200
    assert answer.streaming
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    assert answer["Content-Disposition"].startswith(f'attachment; filename="martin-{format}-')
    assert answer["Cache-Control"] == "private, no-store"
    body = body_of(answer)
    assert etree.fromstring(body).tag == root
    assert mine.remote_id.encode() in body
    assert body.count(b"remote-") == (2 if format == "openimmo" else 1)


def test_it_is_a_partial_transfer(agency, add_estate, browser):
    add_estate(agency)
    root = etree.fromstring(body_of(export(browser(agency, Role.AGENT), agency)))
    assert root.find("uebertragung").get("umfang") == "TEIL"


def test_the_filters_count(agency, add_estate, browser):
    add_estate(agency, city="Lyon")
    nice = add_estate(agency, city="Nice")
    answer = export(browser(agency, Role.AGENT), agency, query="city=nice&orderby=price&view=table&cursor=x")
    assert numbers_in(answer) == [nice.remote_id]


def test_it_leaves_a_trace(agency, add_estate, browser, member):
    add_estate(agency)
    export(browser(agency, Role.AGENT), agency, "idealista", "city=Lyon&cursor=x")
    entry = AuditEntry.objects.for_agency(agency).get()
    assert (entry.action, entry.actor) == ("estates.feed_exported", member(agency, Role.AGENT))
    assert entry.detail == {"format": "idealista", "query": "city=Lyon"}
    assert entry.subject.startswith("martin-idealista-")


def test_a_head_takes_nothing_along(agency, add_estate, browser):
    add_estate(agency)
    answer = export(browser(agency, Role.AGENT), agency, method="head")
    assert (answer.status_code, answer.content) == (200, b"")
    assert not AuditEntry.objects.for_agency(agency).exists()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("min_price=cheap", "one of the filters is wrong"),
        ("min_price=5&max_price=1", "one of the filters is wrong"),
        ("featured=%00", "one of the filters is wrong"),
        ("city=Paris", "no estate matches"),
        ("gone=on", "no longer listed"),
    ],
)
@pytest.mark.parametrize("format", ["openimmo", "idealista"])
def test_nothing_more_than_was_meant_is_exported(agency, add_estate, browser, format, query, words):
    add_estate(agency)
    add_estate(agency, gone_at=DAY)
    agent = browser(agency, Role.AGENT)
    answer = export(agent, agency, format, query)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("catalogue:search", args=[agency.slug]))
    assert words in agent.get(answer.url).content.decode()
    assert not AuditEntry.objects.for_agency(agency).exists()


def test_who_may(agency, other_agency, add_estate, browser, client):
    add_estate(agency)
    assert export(browser(agency, Role.VIEWER), agency).status_code == 403
    assert export(browser(other_agency, Role.OWNER), agency).status_code == 404
    assert export(client, agency).status_code == 302
    assert export(browser(agency, Role.AGENT), agency, method="post").status_code == 405
    for format in ("pdf", "openimmo_zip", "OPENIMMO"):
        assert export(browser(agency, Role.AGENT), agency, format).status_code == 404


@pytest.mark.parametrize(
    ("role", "query", "exports", "address"),
    [
        (Role.VIEWER, "city=Lyon", False, False),
        (Role.AGENT, "city=Lyon", True, False),
        (Role.MANAGER, "city=Lyon", True, True),
        (Role.MANAGER, "city=Lyon&gone=on", False, False),
    ],
)
def test_the_catalogues_menu_keeps_the_filters(agency, add_estate, browser, role, query, exports, address):
    add_estate(agency)
    page = (
        browser(agency, role)
        .get(f"{reverse('catalogue:search', args=[agency.slug])}?{query}")
        .content.decode()
    )
    for format in ("openimmo", "idealista"):
        link = reverse("syndication:export", args=[agency.slug, format])
        assert (f'href="{link}?city=Lyon"' in page) is exports
    assert (f'href="{reverse("syndication:add_outlet", args=[agency.slug])}?city=Lyon"' in page) is address
