import csv
import io
import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.catalogue import pages
from estates.catalogue.models import Estate, RejectedEstate, SavedSearch, SyncRun
from estates.connections.models import Connection, State
from estates.jobs.models import Job


def at(agency, name, *args):
    return reverse(f"catalogue:{name}", args=[agency.slug, *args])


@pytest.fixture
def estate(agency, add_estate):
    return add_estate(
        agency, title="Villa", city="Écully", price=450_000, currency="EUR", images=["https://p.example/1.jpg"],
        latitude=45.77, longitude=4.77,
    )  # fmt: skip


@pytest.fixture
def asking(agency, connected, add_estate):
    """A sync that found twelve estates missing, and waits."""
    for _ in range(12):
        add_estate(agency, missed=2)
    return SyncRun.objects.create(
        agency=agency, connection=connected(agency), status=SyncRun.Status.ASKING, would_go=12
    )


@pytest.fixture
def saved(agency, member):
    return SavedSearch.objects.create(agency=agency, user=member(agency), name="Écully", query="city=Écully")


@pytest.fixture
def addresses(agency, estate, asking, saved, connected):
    """Every route: its least role, its verbs, its arguments, what is posted and what comes back."""
    pk = connected(agency).pk
    good = {"url": "https://www.agence-martin.fr/x"}
    return {
        "search": (Role.VIEWER, "GET", [], {}, 200),
        "export": (Role.VIEWER, "GET", ["csv"], {}, 200),
        "rejected": (Role.VIEWER, "GET", [], {}, 200),
        "detail": (Role.VIEWER, "GET", [estate.pk], {}, 200),
        "save": (Role.VIEWER, "POST", [], {"name": "New"}, 302),
        "rename": (Role.VIEWER, "GET POST", [saved.pk], {"name": "Other"}, 302),
        "delete": (Role.VIEWER, "POST", [saved.pk], {}, 302),
        "sync": (Role.AGENT, "POST", [pk], {}, 302),
        "set_public_url": (Role.AGENT, "POST", [estate.pk], good, 302),
        "replay": (Role.AGENT, "POST", [estate.pk], {}, 302),
        "removal": (Role.MANAGER, "GET POST", [asking.pk], {"decision": "keep"}, 302),
    }


NAMES = [
    "search", "export", "rejected", "detail", "save", "rename", "delete", "sync", "set_public_url", "replay",
    "removal",
]  # fmt: skip


def call(client, verb, url, data=None):
    return client.generic(verb, url) if verb != "POST" else client.post(url, data or {})


@pytest.mark.parametrize("name", NAMES)
def test_a_route_works_for_those_who_may(agency, browser, addresses, name):
    _, verbs, args, data, status = addresses[name]
    for verb in verbs.split():
        answer = call(browser(agency, Role.OWNER), verb, at(agency, name, *args), data)
        assert answer.status_code == (200 if verb == "GET" else status)
        assert answer.getvalue() or status == 302


@pytest.mark.parametrize("name", NAMES)
def test_to_outsiders_a_route_does_not_exist(agency, other_agency, browser, client, addresses, name):
    _, verbs, args, data, _ = addresses[name]
    for verb in verbs.split():
        assert call(browser(other_agency), verb, at(agency, name, *args), data).status_code == 404
        assert call(client, verb, at(agency, name, *args), data).status_code == 302


@pytest.mark.parametrize("name", NAMES)
def test_a_lesser_role_is_refused(agency, browser, addresses, name):
    least, verbs, args, data, _ = addresses[name]
    ranks = list(Role)
    for role in ranks[: ranks.index(least)]:
        for verb in verbs.split():
            assert call(browser(agency, role), verb, at(agency, name, *args), data).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_other_verbs_are_refused(agency, browser, addresses, name):
    _, verbs, args, _, _ = addresses[name]
    for verb in {"GET", "POST", "PUT", "DELETE"} - set(verbs.split()):
        assert call(browser(agency), verb, at(agency, name, *args)).status_code == 405


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name not in ("search", "export", "rejected", "save")]
)
def test_what_is_missing_or_somebody_elses_is_not_found(
    agency, other_agency, browser, addresses, member, name
):
    _, verbs, args, data, _ = addresses[name]
    for verb in verbs.split():
        assert call(browser(agency), verb, at(agency, name, 9_999_999), data).status_code == 404
        assert call(browser(other_agency), verb, at(other_agency, name, *args), data).status_code == 404


def test_saved_searches_are_their_owners_alone(agency, browser, saved):
    assert browser(agency, Role.MANAGER).get(at(agency, "rename", saved.pk)).status_code == 404
    assert (
        "Écully" not in browser(agency, Role.MANAGER).get(at(agency, "search")).text.split('id="results"')[0]
    )


@pytest.mark.parametrize("view", ["cards", "table", "map"])
def test_the_estates_are_shown_in_each_view(agency, other_agency, browser, estate, add_estate, view):
    add_estate(other_agency, title="Canary of the others", city="Écully")
    page = browser(agency).get(at(agency, "search"), {"view": view, "city": "ecully"})
    assert "Villa" in page.text
    assert at(agency, "detail", estate.pk) in page.text
    assert "€450,000" in page.text
    assert "Canary" not in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize("view", ["cards", "table", "map"])
def test_the_way_to_an_estate_and_back_keeps_the_filters(agency, browser, estate, view):
    client, there = browser(agency), at(agency, "detail", estate.pk)
    looked = client.get(at(agency, "search"), {"type": "", "query": "villa", "view": view}).content.decode()
    (asked,) = set(re.findall(rf'href="{there}\?([^"]+)"', looked))
    assert "query=villa" in asked
    assert (
        f'href="{at(agency, "search")}?{asked}"' in client.get(f"{there}?{unescape(asked)}").content.decode()
    )


def test_htmx_gets_only_the_results(agency, browser, estate):
    page = browser(agency).get(at(agency, "search"), {"query": "villa"}, headers={"HX-Request": "true"})
    assert "Villa" in page.text
    assert "<html" not in page.text


@pytest.mark.parametrize(
    "query",
    ["min_price=x", "bedrooms=1e9", "query=%00", "min_price=1e400", "city=%F0%9F%8F%A0", "cursor=%00%FF",
     "cursor=x", "view=x", "orderby=pk&order=x", "type[]=a", "min_price=5&max_price=1", "query=" + "a+" * 90],
)  # fmt: skip
def test_bad_addresses_never_break_the_page(agency, browser, estate, query):
    page = browser(agency).get(f"{at(agency, 'search')}?{query}")
    assert page.status_code == 200


def test_a_bad_value_is_said_at_its_field_and_the_rest_filters(agency, browser, estate, add_estate):
    add_estate(agency, title="Elsewhere", city="Paris")
    page = browser(agency).get(at(agency, "search"), {"min_price": "cheap", "city": "Paris"})
    assert "The filter “Price from” is left out" in page.text
    assert "is-invalid" in page.text
    assert "Elsewhere" in page.text
    assert "Villa" not in page.text


def test_pages_lead_on_and_back(agency, browser, add_estate):
    for number in range(60):
        add_estate(agency, title=f"Number {number:03}")
    client = browser(agency)
    first = client.get(at(agency, "search"), {"view": "table"})
    second = client.get(at(agency, "search") + link(first, "next"))
    assert "Number 059" in first.text
    assert "Number 009" in second.text
    assert "Number 059" not in second.text
    assert "Number 059" in client.get(at(agency, "search") + link(second, "prev")).text
    assert 'rel="prev"' not in first.text


def link(page, rel):
    return page.text.split(f'rel="{rel}" href="')[1].split('"')[0].replace("&amp;", "&")


def test_a_map_says_what_it_does_not_show(agency, browser, estate, add_estate, monkeypatch):
    add_estate(agency, title="Nowhere")
    assert "1 estate has no coordinates" in browser(agency).get(at(agency, "search"), {"view": "map"}).text
    monkeypatch.setitem(pages.SIZES, "map", 1)
    assert "Only the first 1 estate" in browser(agency).get(at(agency, "search"), {"view": "map"}).text


def test_an_empty_list_says_why(agency, browser, connected):
    owner, agent = browser(agency), browser(agency, Role.AGENT)
    assert reverse("connections:add", args=[agency.slug]) in owner.get(at(agency, "search")).text
    assert "Ask an owner" in agent.get(at(agency, "search")).text
    connected(agency)
    assert "No estate is here yet" in agent.get(at(agency, "search")).text
    assert "No estate matches these filters" in agent.get(at(agency, "search"), {"city": "Nice"}).text


def test_a_failing_connection_is_said_in_its_words(agency, browser, connected, estate):
    Connection.objects.for_agency(agency).update(state=State.FAILING, last_answer="Down for repairs <b>")
    page = browser(agency).get(at(agency, "search"))
    assert "Down for repairs &lt;b&gt;" in page.text
    assert "What is here is safe" in page.text


def test_a_sync_under_way_shows_its_progress(agency, browser, connected):
    client, connection = browser(agency, Role.AGENT), connected(agency)
    assert "Sync now" in client.get(at(agency, "search")).text
    client.post(at(agency, "sync", connection.pk))
    client.post(at(agency, "sync", connection.pk))
    job = Job.objects.for_agency(agency).get()
    page = client.get(at(agency, "search"))
    assert f'id="job-{job.pk}"' in page.text
    assert "data-reload-when-finished" in page.text
    assert "Sync now" not in page.text
    assert "Sync now" not in browser(agency, Role.VIEWER).get(at(agency, "search")).text


def test_missing_estates_are_asked_about_and_decided_once(agency, browser, asking):
    manager = browser(agency, Role.MANAGER)
    assert at(agency, "removal", asking.pk) in manager.get(at(agency, "search")).text
    assert "A manager of the agency decides" in browser(agency, Role.AGENT).get(at(agency, "search")).text
    page = manager.get(at(agency, "removal", asking.pk))
    assert "Mark 12 estates as no longer listed" in page.text
    manager.post(at(agency, "removal", asking.pk), {"decision": "confirm"})
    assert Estate.objects.for_agency(agency).exclude(gone_at=None).count() == 12
    assert manager.post(at(agency, "removal", asking.pk), {"decision": "keep"}).status_code == 404


def test_an_answer_nobody_gave_keeps_the_estates(agency, browser, asking):
    browser(agency, Role.MANAGER).post(at(agency, "removal", asking.pk), {"decision": "?"})
    assert not Estate.objects.for_agency(agency).exclude(gone_at=None).exists()


def test_the_detail_page_escapes_whatever_came(agency, browser, add_estate):
    evil = '<script>alert("x")</script>'
    estate = add_estate(
        agency, title=evil, city=evil, address=evil, reference="E",
        payload='{"id": "1", "description": "<img>"}',
        images=['https://p.example/"><script>'], price=5,
    )  # fmt: skip
    for url in (at(agency, "detail", estate.pk), at(agency, "search"), at(agency, "search") + "?view=map"):
        page = browser(agency).get(url)
        assert '<script>alert("x")' not in page.text
        assert '"><script>' not in page.text


def test_a_gone_estate_says_so_and_is_not_published(agency, browser, add_estate):
    estate = add_estate(agency, gone_at="2026-05-01T00:00Z", status="sold")
    page = browser(agency).get(at(agency, "detail", estate.pk))
    assert "has not listed this estate since" in page.text
    assert "Tell Ts-Immo" not in page.text


def test_an_address_is_sent_by_a_job(agency, browser, estate):
    client = browser(agency, Role.AGENT)
    client.post(at(agency, "set_public_url", estate.pk), {"url": "https://www.agence-martin.fr/x"})
    job = Job.objects.for_agency(agency).get()
    assert (job.kind, job.params["url"]) == ("catalogue.set_public_url", "https://www.agence-martin.fr/x")
    assert f'id="job-{job.pk}"' in client.get(at(agency, "detail", estate.pk)).text
    other = client.post(at(agency, "set_public_url", estate.pk), {"url": "https://www.agence-martin.fr/y"})
    assert other.status_code == 409
    assert "https://www.agence-martin.fr/y" in other.text


def test_a_private_address_is_refused_and_what_was_typed_stays(agency, browser, estate):
    answer = browser(agency, Role.AGENT).post(
        at(agency, "set_public_url", estate.pk), {"url": "http://10.0.0.1/x"}
    )
    assert answer.status_code == 422
    assert "http://10.0.0.1/x" in answer.text
    assert not Job.objects.for_agency(agency).exists()


def test_viewers_see_no_buttons_of_agents(agency, browser, estate):
    page = browser(agency, Role.VIEWER).get(at(agency, "detail", estate.pk))
    assert "Tell Ts-Immo" not in page.text
    assert "Replay on your sites" not in page.text


def test_what_was_set_apart_is_listed_with_reason_and_json(agency, other_agency, connected, browser):
    for owner, words in ((agency, "no usable id"), (other_agency, "canary")):
        run = SyncRun.objects.create(agency=owner, connection=connected(owner))
        RejectedEstate.objects.create(
            agency=owner, connection=connected(owner), run=run, reason=words, body='{"a": "<b>"}'
        )
    page = browser(agency, Role.VIEWER).get(at(agency, "rejected"))
    assert "It carries no number (id)" in page.text
    assert "&lt;b&gt;" in page.text
    assert "canary" not in page.text


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_exports_follow_the_filters_and_leave_a_trace(
    agency, other_agency, browser, estate, add_estate, extension
):
    add_estate(agency, city="Paris", reference="PARIS")
    add_estate(other_agency, reference="CANARY")
    client = browser(agency, Role.VIEWER)
    answer = client.get(at(agency, "export", extension), {"city": "Paris", "cursor": "x"})
    body = b"".join(answer.streaming_content)
    assert "attachment" in answer["Content-Disposition"]
    assert "martin-" in answer["Content-Disposition"]
    if extension == "csv":
        lines = list(csv.reader(io.StringIO(body.decode()[1:])))
        assert [line[0] for line in lines[1:]] == ["PARIS"]
        # Read after the request, and still in the agency's time zone.
        assert "2026-01-03 10:00" in lines[1]
    entry = AuditEntry.objects.for_agency(agency).get()
    assert (entry.action, entry.detail) == ("estates.exported", {"query": "city=Paris"})


def test_a_search_is_saved_shown_renamed_and_deleted(agency, browser, estate):
    client = browser(agency, Role.VIEWER)
    client.post(at(agency, "save") + "?city=Lyon&cursor=x", {"name": "In Lyon"})
    saved = SavedSearch.objects.for_agency(agency).get()
    assert saved.query == "city=Lyon"
    page = client.get(at(agency, "search"), {"city": "Lyon"})
    assert "In Lyon" in page.text
    taken = client.post(at(agency, "save") + "?city=Nice", {"name": "In Lyon"})
    assert taken.status_code == 422
    assert "already have a saved search" in taken.text
    assert client.post(at(agency, "save") + "?city=Nice", {"name": ""}).status_code == 422
    client.post(at(agency, "rename", saved.pk), {"name": "Lyon"})
    client.post(at(agency, "delete", saved.pk))
    assert not SavedSearch.objects.for_agency(agency).exists()
