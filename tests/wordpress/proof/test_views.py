"""The pages about publication: who sees what, and what each button does."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.jobs.models import Job, Status
from estates.wordpress.models import AddressProposal, Cause, Proof, Verdict
from estates.wordpress.proof.enrolment import enrol_estates
from estates.wordpress.proof.listing import PAGE
from estates.wordpress.proof.proposals import propose
from portal.needs import needs_of
from tests.wordpress.conftest import url
from tests.wordpress.proof.conftest import HOME, proof_of


@pytest.fixture
def proofs(agency, own_site, add_estate):
    """`proofs(right=2, differs=1)` are estates of these verdicts, as if looked at an hour ago."""

    def make(**numbers) -> list[Estate]:
        estates = []
        for verdict, number in numbers.items():
            for _ in range(number):
                estate = add_estate(
                    agency, f"/{verdict}/{len(estates)}/", images=["https://img.example/1.jpg"]
                )
                enrol_estates()
                seen(estate, verdict=verdict)
                estates.append(estate)
        return estates

    return make


def seen(estate, **fields) -> None:
    known = {
        "checked_at": timezone.now() - timedelta(hours=1),
        "next_at": timezone.now() + timedelta(hours=23),
    }
    Proof.objects.for_agency(estate.agency).filter(estate=estate).update(**{**known, **fields})


@pytest.fixture
def proposals(agency, own_site, add_estate):
    estates = [add_estate(agency) for _ in range(3)]
    propose(
        own_site, [(estate.pk, f"{HOME}/bien/{estate.pk}/") for estate in estates], AddressProposal.Found.PATH
    )
    return list(AddressProposal.objects.for_agency(agency).order_by("pk"))


def content(answer, status: int = 200) -> str:
    assert answer.status_code == status
    text = answer.content.decode()
    return text[text.index('<header class="page-header') :] if "</header>" in text else text


def test_who_may_what(agency, other_agency, own_site, proofs, proposals, browser):
    (estate,) = proofs(right=1)
    one, site = proposals[0].pk, own_site.pk
    routes = {
        "proof_of": (Role.VIEWER, "GET", estate.pk),
        "prove": (Role.AGENT, "POST", estate.pk),
        "publication": (Role.VIEWER, "GET", site),
        "prove_all": (Role.AGENT, "POST", site),
        "addresses": (Role.VIEWER, "GET", site),
        "find_addresses": (Role.MANAGER, "POST", site),
        "accept_addresses": (Role.AGENT, "GET POST", site),
        "dismiss_address": (Role.AGENT, "POST", one),
        "accept_address": (Role.AGENT, "POST", one),
    }
    for name, (least, verbs, pk) in routes.items():
        here = url(name, agency, pk)
        assert browser(other_agency).get(here).status_code in (404, 405)
        assert browser(other_agency).post(here).status_code in (404, 405)
        for role in Role:
            client = browser(agency, role)
            may = role.suffices_for(least)
            for verb, ask in (("GET", client.get), ("POST", client.post)):
                status = ask(here, {"upto": 0}).status_code
                expected = 405 if verb not in verbs else (200, 302) if may else 403
                assert status == expected or (isinstance(expected, tuple) and status in expected), (
                    name,
                    role,
                    verb,
                )
        assert browser(agency).post(url(name, agency, 999_999)).status_code in (404, 405)


# One estate


def test_the_estates_page_asks_for_the_fragment(agency, own_site, add_estate, browser):
    shown, without = add_estate(agency, "/1/"), add_estate(agency)
    client = browser(agency)
    page = client.get(reverse("catalogue:detail", args=[agency.slug, shown.pk])).content.decode()
    assert f'hx-get="{url("proof_of", agency, shown.pk)}" hx-trigger="load"' in page
    page = client.get(reverse("catalogue:detail", args=[agency.slug, without.pk])).content.decode()
    assert url("proof_of", agency, without.pk) not in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"verdict": Verdict.RIGHT, "shown_price": 450_000, "shown_currency": "EUR"},
            ["Shown right", "Price: €450,000"],
        ),
        ({"verdict": Verdict.RIGHT, "named": False}, ["The reference is not on the page", "shows no price"]),
        (
            {"verdict": Verdict.DIFFERS, "shown_price": 430_000, "shown_currency": "EUR"},
            ["<strong>€430,000</strong> on the page, <strong>€450,000</strong> here."],
        ),
        (
            {"verdict": Verdict.DIFFERS, "shown_status": "sold"},
            ["<strong>Sold</strong> on the page, <strong>Available</strong> here."],
        ),
        (
            {"verdict": Verdict.NOT_FOUND, "reason": Cause.HOME, "landed": f"{HOME}/"},
            ["leads to the home page", HOME],
        ),
        (
            {"verdict": Verdict.UNREACHABLE, "reason": Cause.ANSWER, "words": "503"},
            ["HTTP status 503", "half an hour"],
        ),
        (
            {"verdict": Verdict.UNREACHABLE, "reason": Cause.SILENT, "words": "certificate-expired"},
            ["certificate has expired"],
        ),
        (
            {"verdict": Verdict.UNREACHABLE, "reason": Cause.SILENT, "words": "new word"},
            ["could not be reached"],
        ),
        ({"verdict": Verdict.UNSEEN}, ["Not looked at yet", "within some minutes"]),
    ],
)
def test_what_the_fragment_says(fields, words, agency, proofs, browser):
    (estate,) = proofs(right=1)
    seen(estate, **fields)
    text = content(browser(agency).get(url("proof_of", agency, estate.pk)))
    assert f'data-state="{fields["verdict"]}"' in text
    assert all(word in text for word in words)
    assert url("prove", agency, estate.pk) in text
    assert "hour ago" in text


def test_what_the_fragment_says_without_a_proof(agency, own_site, add_estate, browser):
    new, without = add_estate(agency, "/1/"), add_estate(agency)
    elsewhere = add_estate(agency, public_url="https://www.other.example/<b>")
    client = browser(agency)
    assert "not looked at yet" in content(client.get(url("proof_of", agency, new.pk)))
    assert "no page to look at" in content(client.get(url("proof_of", agency, without.pk)))
    enrol_estates()
    text = content(client.get(url("proof_of", agency, elsewhere.pk)))
    assert 'data-state="foreign"' in text
    assert "<form" not in text


def test_a_proof_of_an_older_address_is_not_shown(agency, proofs, browser):
    (estate,) = proofs(right=1)
    Estate.objects.for_agency(agency).update(public_url=f"{HOME}/new/")
    assert "Shown right" not in content(browser(agency).get(url("proof_of", agency, estate.pk)))


def test_what_the_page_said_is_escaped(agency, proofs, browser):
    (estate,) = proofs(right=1)
    seen(
        estate,
        verdict=Verdict.NOT_FOUND,
        landed="https://x.example/<script>",
        shown_status="<b>",
        words="<i>",
    )
    text = content(browser(agency).get(url("proof_of", agency, estate.pk)))
    assert "<script>" not in text
    assert "<b>" not in text


def test_press_and_follow(agency, proofs, browser):
    (estate,) = proofs(differs=1)
    client = browser(agency, Role.AGENT)
    answer = client.post(url("prove", agency, estate.pk))
    assert answer["Location"] == reverse("catalogue:detail", args=[agency.slug, estate.pk])
    job = Job.objects.for_agency(agency).get()
    text = content(client.get(url("proof_of", agency, estate.pk)))
    assert reverse("jobs:progress", args=[agency.slug, job.pk]) in text
    assert "data-reload-when-finished" in text
    assert "<form" not in text
    Job.objects.for_agency(agency).update(status=Status.DONE)
    assert "<form" in content(client.get(url("proof_of", agency, estate.pk)))


# A site


def test_the_picture_has_every_verdict_and_its_number(agency, own_site, proofs, browser):
    proofs(right=5, differs=3, not_found=1, unreachable=1, unseen=2)
    text = content(browser(agency).get(url("publication", agency, own_site.pk)))
    bars = re.findall(r'class="proof-(\w+)" x="(\d+)" y="0" width="(\d+)"', text)
    assert bars == [
        ("right", "0", "5"),
        ("unseen", "5", "2"),
        ("unreachable", "7", "1"),
        ("not_found", "8", "1"),
        ("differs", "9", "3"),
    ]
    assert 'viewBox="0 0 12 1"' in text
    assert "12 estates" in text
    for verdict, _start, number in bars:
        assert re.search(rf'data-state="{verdict}".*?class="number">{number}<', text, re.DOTALL)


def test_what_needs_a_person_comes_first_and_filters_stand_in_the_address(agency, own_site, proofs, browser):
    right, differs, lost = proofs(right=1, differs=1, not_found=1)
    client, here = browser(agency), url("publication", agency, own_site.pk)
    text = content(client.get(here))
    assert text.index(differs.reference) < text.index(lost.reference) < text.index(right.reference)
    text = content(client.get(f"{here}?verdict=not_found"))
    assert lost.reference in text
    assert differs.reference not in text
    assert "Remove the filter" in text
    assert "No estate matches this filter" in content(client.get(f"{here}?verdict=unreachable"))
    for nonsense in ("verdict=x", "page=x", "page=-1", "page=99999999999999999999", "verdict=foreign"):
        assert right.reference in content(client.get(f"{here}?{nonsense}"))


def test_a_page_goes_on_where_the_last_one_ended_whatever_the_verdicts(
    agency, own_site, proofs, browser, monkeypatch
):
    monkeypatch.setattr("estates.wordpress.proof.listing.PAGE", 2)
    made = proofs(right=3, unseen=1, not_found=1, differs=2)
    in_order = [estate.reference for estate in (*made[5:], made[4], made[3], *made[:3])]
    client, here = browser(agency), url("publication", agency, own_site.pk)
    pages = [content(client.get(f"{here}?page={number}")) for number in range(1, 5)]
    shown = [re.findall(r'text-break">(MART-\d+)', page) for page in pages]
    assert shown == [in_order[:2], in_order[2:4], in_order[4:6], in_order[6:]]


def test_its_rows(agency, own_site, proofs, browser):
    (estate,) = proofs(differs=1)
    seen(estate, verdict=Verdict.DIFFERS, shown_price=430_000, shown_currency="EUR")
    text = content(browser(agency).get(url("publication", agency, own_site.pk)))
    assert 'src="https://img.example/1.jpg"' in text
    assert f'href="{estate.public_url}" rel="noopener noreferrer" target="_blank"' in text
    assert "<strong>€430,000</strong> on the page" in text
    assert "<time" in text


def test_pages_of_a_long_list(agency, own_site, lists, browser, django_assert_max_num_queries):
    lists(agency, PAGE + 5, public_url=f"{HOME}/x/", reference="R-1")
    enrol_estates()
    client, here = browser(agency), url("publication", agency, own_site.pk)
    client.get(here)
    with django_assert_max_num_queries(13):
        first = content(client.get(here))
    assert first.count("data-row") == PAGE
    assert 'href="?page=2"' in first
    assert content(client.get(f"{here}?page=2")).count("data-row") == 5


def test_all_pages_now(agency, own_site, proofs, browser):
    proofs(right=2)
    client = browser(agency, Role.AGENT)
    answer = client.post(url("prove_all", agency, own_site.pk), follow=True)
    assert "2 pages are in line to be looked at." in answer.content.decode()
    assert all(proof.next_at <= timezone.now() for proof in Proof.objects.for_agency(agency))
    assert url("prove_all", agency, own_site.pk) not in content(
        browser(agency, Role.VIEWER).get(url("publication", agency, own_site.pk))
    )


def test_a_site_without_addresses_offers_to_find_them(agency, own_site, add_estate, browser):
    add_estate(agency)
    text = content(browser(agency).get(url("publication", agency, own_site.pk)))
    assert "No estate has its public address on this site yet" in text
    assert url("addresses", agency, own_site.pk) in text


def test_addresses_on_none_of_the_sites(agency, own_site, add_estate, browser):
    add_estate(agency, "/1/")
    estate = add_estate(agency, public_url="https://www.other.example/1/")
    enrol_estates()
    client = browser(agency)
    text = content(client.get(url("elsewhere", agency)))
    assert estate.reference in text
    assert text.count("data-row") == 1
    index = content(client.get(url("index", agency)))
    assert "The public address of 1 estate lies on none of these sites." in index
    assert url("elsewhere", agency) in index
    assert url("publication", agency, own_site.pk) in index
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(public_url="")
    enrol_estates()
    assert "Every known address lies on one of your sites" in content(client.get(url("elsewhere", agency)))


# Addresses


def test_the_search_is_started_followed_and_told(agency, own_site, add_estate, browser):
    add_estate(agency)
    client, here = browser(agency, Role.MANAGER), url("addresses", agency, own_site.pk)
    assert "Nobody has looked for the pages yet" in content(client.get(here))
    assert client.post(url("find_addresses", agency, own_site.pk))["Location"] == here
    job = Job.objects.for_agency(agency).get()
    text = content(client.get(here))
    assert reverse("jobs:progress", args=[agency.slug, job.pk]) in text
    assert "data-reload-when-finished" in text
    assert url("find_addresses", agency, own_site.pk) not in text
    read = [[f"{HOME}/wp-sitemap.xml", 0, "404"], [f"{HOME}/sitemap.xml", 7, ""]]
    checkpoint = {"began": True, "read": read, "listed": 7, "looked_at": 3, "unknown": 1}
    Job.objects.for_agency(agency).update(status=Status.DONE, checkpoint=checkpoint)
    text = content(client.get(here))
    assert "Nothing waits for a decision" in text
    assert "Addresses in the sitemaps: 7. Pages looked at: 3. Matches: 0." in text
    assert "Not readable: 404" in text
    assert url("find_addresses", agency, own_site.pk) in text
    assert url("find_addresses", agency, own_site.pk) not in content(browser(agency, Role.AGENT).get(here))


def test_nothing_to_look_for(agency, own_site, add_estate, browser):
    add_estate(agency, "/1/")
    text = content(browser(agency).get(url("addresses", agency, own_site.pk)))
    assert "The public address of every estate is known" in text
    assert "<form" not in text


def test_one_is_accepted_one_dismissed(agency, own_site, proposals, browser):
    client, here = browser(agency, Role.AGENT), url("addresses", agency, own_site.pk)
    text = content(client.get(here))
    assert text.count("data-row") == 3
    assert client.post(url("accept_address", agency, proposals[0].pk))["Location"] == here
    client.post(url("dismiss_address", agency, proposals[1].pk))
    assert content(client.get(here)).count("data-row") == 1
    job = Job.objects.for_agency(agency).get()
    assert (job.kind, job.params["url"]) == ("catalogue.set_public_url", proposals[0].url)
    for name in ("accept_address", "dismiss_address"):
        page = client.post(url(name, agency, proposals[0].pk), follow=True).content.decode()
        assert "decided meanwhile" in page
    viewer = content(browser(agency, Role.VIEWER).get(here))
    assert "<form" not in viewer


def test_doubtful_ones_say_so(agency, own_site, proposals, browser):
    propose(own_site, [(proposals[0].estate_id, f"{HOME}/other/")], AddressProposal.Found.PAGE)
    assert "3 estates" in str(needs_of(agency)[0].sentence)
    text = content(browser(agency).get(url("addresses", agency, own_site.pk)))
    assert text.count("Several pages or estates are possible") == 2
    preview = content(browser(agency).get(url("accept_addresses", agency, own_site.pk)))
    assert "Accept 2 pages" in preview
    assert "2 pages are left out, because several are possible." in preview


def test_all_are_accepted_as_they_were_seen(agency, own_site, proposals, browser, add_estate):
    client, here = browser(agency, Role.AGENT), url("accept_addresses", agency, own_site.pk)
    preview = content(client.get(here))
    assert "The addresses of 3 estates go to Ts-Immo." in preview
    upto = re.search(r'name="upto" value="(\d+)"', preview)[1]
    assert not Job.objects.for_agency(agency).exists()
    late = add_estate(agency)
    propose(own_site, [(late.pk, f"{HOME}/late/")], AddressProposal.Found.PATH)
    page = client.post(here, {"upto": upto}, follow=True).content.decode()
    assert "3 addresses are on their way to Ts-Immo. 1 more is proposed." in page
    assert Job.objects.for_agency(agency).filter(kind="catalogue.set_public_url").count() == 3
    for nonsense in ({}, {"upto": "x"}, {"upto": "-1"}, {"upto": 2**70}):
        assert "Accept 1 page" in content(client.post(here, nonsense), 422)


def test_nothing_to_accept(agency, own_site, browser):
    text = content(browser(agency).get(url("accept_addresses", agency, own_site.pk)))
    assert "nothing to accept" in text
    assert "btn-primary" not in text


# The dashboard


def test_the_dashboard_says_what_needs_a_person(agency, own_site, proofs, proposals, browser):
    proofs(right=4, differs=2, not_found=1, unreachable=3)
    needs = {str(need.sentence): need.url for need in needs_of(agency)}
    page = url("publication", agency, own_site.pk)
    assert needs == {
        "2 estates are shown with another price or status.": f"{page}?verdict=differs",
        "The page of 1 estate was not found.": f"{page}?verdict=not_found",
        "The pages of 3 estates were found and wait for your decision.": url(
            "addresses", agency, own_site.pk
        ),
    }
    assert all(need.about == str(own_site) for need in needs_of(agency))
    assert "2 estates are shown with another price or status." in content(
        browser(agency).get("/agencies/martin/")
    )


def test_without_trouble_it_says_nothing(agency, proofs):
    (estate,) = proofs(right=1)
    assert needs_of(agency) == []
    assert proof_of(estate).sentence == ""


# The admin


def test_operators_look_and_change_nothing(agency, proofs, proposals, admin_client):
    (estate,) = proofs(differs=1)
    for name, row in (("proof", proof_of(estate)), ("addressproposal", proposals[0])):
        listed = admin_client.get(reverse(f"admin:wordpress_{name}_changelist"))
        assert "MART-0" in listed.content.decode()
        here = reverse(f"admin:wordpress_{name}_change", args=[row.pk])
        assert admin_client.get(here).status_code == 200
        assert admin_client.post(here, {}).status_code == 403
        assert admin_client.get(reverse(f"admin:wordpress_{name}_add")).status_code == 403
