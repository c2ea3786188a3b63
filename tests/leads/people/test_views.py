"""People's pages: what they show, who may do what, and what is said to who comes second."""

import json

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.leads.models import Lead, PersonChange

pytestmark = pytest.mark.django_db


def url(name, agency, *pk):
    return reverse(f"leads:{name}", args=[agency.slug, *pk])


@pytest.fixture
def two(agency, filed, draft):
    leads = filed(
        agency,
        draft("1", email="jean@exemple.fr", message="Je cherche <b>un phare</b>"),
        draft("2", email="jean@exemple.fr", phones=(("", "06 12 34 56 78"),)),
        draft("3", first_name="Zoé", email="zoe@exemple.fr"),
    )
    leads = filed(agency, draft("4", first_name="Zoé", email="zoe@exemple.fr", phones=(("", "0612345678"),)))
    assert leads[0].person_id != leads[2].person_id
    return leads[0].person, leads[2].person


@pytest.fixture
def said(browser):
    """`said(agency, role, url, **form)` is the page behind a GET, or behind a POST and what it leads to."""

    def do(agency, role, address, **form) -> str:
        client = browser(agency, role)
        answer = client.post(address, form, follow=True) if form else client.get(address)
        assert answer.status_code == 200
        return answer.content.decode()

    return do


def test_the_page_says_who_it_is_and_why(agency, two, said):
    page = said(agency, Role.VIEWER, url("person", agency, two[0].pk))
    for words in (
        "Jean Dupont",
        "tel:+33612345678",
        "mailto:jean@exemple.fr",
        "first enquiry",
        "same mail address",
    ):
        assert words in page
    assert "<b>un phare</b>" not in page
    assert "same phone number: 06 12 34 56 78" in page


def test_who_only_reads_sees_no_buttons(agency, two, said):
    page = said(agency, Role.VIEWER, url("person", agency, two[0].pk))
    assert "They are one person" not in page
    assert url("erase", agency, two[0].pk) not in page
    page = said(agency, Role.AGENT, url("person", agency, two[0].pk))
    assert "They are one person" in page
    assert url("erase", agency, two[0].pk) not in page
    assert url("erase", agency, two[0].pk) in said(agency, Role.MANAGER, url("person", agency, two[0].pk))


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("merge", Role.AGENT), ("split", Role.AGENT), ("keep_apart", Role.AGENT), ("erase", Role.MANAGER),
        ("held", Role.MANAGER), ("held_file", Role.MANAGER), ("people", Role.VIEWER), ("person", Role.VIEWER),
    ],
)  # fmt: skip
def test_each_role_may_do_what_is_its(agency, two, browser, name, least):
    address = url(name, agency, *([] if name == "people" else [two[0].pk]))
    for role in Role:
        client = browser(agency, role)
        answer = client.get(address)
        if answer.status_code == 405:
            answer = client.post(address)
        assert (answer.status_code == 403) == (not role.suffices_for(least))


def test_merging_and_taking_it_back(agency, two, said):
    page = said(agency, Role.AGENT, url("merge", agency, two[0].pk), other=two[1].pk)
    assert "They are one person now." in page
    assert "4 enquiries" in page
    assert "merged into another person" in said(agency, Role.AGENT, url("person", agency, two[1].pk))
    change = PersonChange.objects.for_agency(agency).get()
    assert "where it was before" in said(agency, Role.AGENT, url("undo", agency, change.pk), x=1)
    assert "undone already" in said(agency, Role.AGENT, url("undo", agency, change.pk), x=1)


def test_splitting(agency, two, said):
    lead = Lead.objects.for_agency(agency).get(remote_id="2")
    assert "at least one stays" in said(agency, Role.AGENT, url("split", agency, two[0].pk), x=1)
    assert "moved meanwhile" in said(agency, Role.AGENT, url("split", agency, two[0].pk), leads=[10**9])
    assert "another person" in said(agency, Role.AGENT, url("split", agency, two[0].pk), leads=[lead.pk])
    lead.refresh_from_db()
    assert lead.person_id not in {person.pk for person in two}


def test_keeping_apart(agency, two, said):
    page = said(agency, Role.AGENT, url("keep_apart", agency, two[0].pk), other=two[1].pk)
    assert "They stay two" in page
    assert "same phone number:" not in page


def test_foreign_and_senseless_others_are_refused(agency, other_agency, two, browser, filed, draft):
    (foreign,) = filed(other_agency, draft("1"))
    client = browser(agency, Role.AGENT)
    for name in ("merge", "keep_apart"):
        assert client.post(url(name, agency, two[0].pk), {"other": foreign.person_id}).status_code == 404
        assert client.post(url(name, agency, two[0].pk), {"other": "x"}).status_code == 302
    assert not PersonChange.objects.for_agency(agency).exists()


def test_people_are_sought_without_a_trace_in_the_address(agency, two, said):
    page = said(agency, Role.VIEWER, url("people", agency), text="jean@exemple.fr")
    assert "Jean Dupont" in page
    assert "1 person" in page
    assert 'method="post"' in page
    assert "Nobody is known by that" in said(agency, Role.VIEWER, url("people", agency), text="nobody")
    assert "Perhaps the same" in said(agency, Role.VIEWER, url("people", agency))


def test_somebody_else_is_sought_to_be_merged(agency, two, said):
    address = f"{url('people', agency)}?for={two[0].pk}"
    assert "Who else is Jean Dupont?" in said(agency, Role.AGENT, address)
    page = said(agency, Role.AGENT, address, text="exemple")
    assert "Is the same as Jean Dupont" in page
    assert f'name="other" value="{two[1].pk}"' in page
    assert f'name="other" value="{two[0].pk}"' not in page


def test_all_that_is_held_is_shown_and_handed_out_with_a_trace(agency, two, said, browser):
    assert "un phare" in said(agency, Role.MANAGER, url("held", agency, two[0].pk))
    answer = browser(agency, Role.MANAGER).get(url("held_file", agency, two[0].pk))
    assert len(json.loads(b"".join(answer.streaming_content))["enquiries"]) == 2
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.for_agency(agency).latest("pk")
    assert (entry.action, entry.subject, entry.detail) == ("person.exported", f"#{two[0].pk}", {"leads": 2})
