import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.catalogue.models import SavedSearch
from estates.leads.filing import link_people
from estates.leads.models import Lead, LeadPayload, LeadSource, State
from tests.leads.inbox.conftest import MORNING

HTMX = {"HX-Request": "true"}


def at(agency, name, *args):
    return reverse(f"leads:{name}", args=[agency.slug, *args])


@pytest.fixture
def lead(agency, add_lead):
    return add_lead(
        agency, first_name="Jeanne", last_name="Roux", email="jeanne@exemple.fr", message="Bonjour, une visite ?",
        phones=(("MOBILE", "06 12 34 56 78"), ("", "call me"), ("", "04 78 62 00 00")),
    )  # fmt: skip


@pytest.fixture
def view(agency, member):
    return SavedSearch.objects.create(
        agency=agency, user=member(agency), page="leads", name="AVIV", query="source=aviv"
    )


@pytest.fixture
def addresses(agency, lead, view):
    """Every route: its least role, its verbs, its arguments, what is posted and what comes back."""
    hours = {"day0": "9-12", "target_minutes": "30"}
    return {
        "index": (Role.VIEWER, "GET", [], {}, 200),
        "arrivals": (Role.VIEWER, "GET", [], {}, 200),
        "bulk": (Role.AGENT, "POST", [], {"lead": lead.pk, "state": "won"}, 302),
        "undo_bulk": (Role.AGENT, "POST", [], {"undo": "x"}, 302),
        "export": (Role.AGENT, "GET", ["csv"], {}, 200),
        "save": (Role.VIEWER, "POST", [], {"name": "New"}, 302),
        "delete": (Role.VIEWER, "POST", [view.pk], {}, 302),
        "hours": (Role.MANAGER, "GET POST", [], hours, 302),
        "detail": (Role.VIEWER, "GET", [lead.pk], {}, 200),
        "set_state": (Role.AGENT, "POST", [lead.pk], {"state": "won"}, 302),
        "assign": (Role.AGENT, "POST", [lead.pk], {"assignee": ""}, 302),
        "note": (Role.AGENT, "POST", [lead.pk], {"words": "x"}, 302),
        "candidates": (Role.AGENT, "GET", [lead.pk], {}, 200),
        "link": (Role.AGENT, "POST", [lead.pk], {"estate": ""}, 302),
    }


NAMES = [
    "index", "arrivals", "bulk", "undo_bulk", "export", "save", "delete", "hours", "detail", "set_state", "assign",
    "note", "candidates", "link",
]  # fmt: skip
OF_A_LEAD = ["detail", "set_state", "assign", "note", "candidates", "link"]


def call(client, verb, url, data=None):
    return client.generic(verb, url) if verb != "POST" else client.post(url, data or {})


@pytest.mark.parametrize("name", NAMES)
def test_a_route_works_for_those_who_may_and_no_others(
    agency, other_agency, browser, client, addresses, name
):
    least, verbs, args, data, status = addresses[name]
    ranks = list(Role)
    for verb in verbs.split():
        assert call(browser(other_agency), verb, at(agency, name, *args), data).status_code == 404
        assert call(client, verb, at(agency, name, *args), data).status_code == 302
        for role in ranks[: ranks.index(least)]:
            assert call(browser(agency, role), verb, at(agency, name, *args), data).status_code == 403
        answer = call(browser(agency), verb, at(agency, name, *args), data)
        assert answer.status_code == (200 if verb == "GET" else status)
    for verb in {"GET", "POST", "PUT", "DELETE"} - set(verbs.split()):
        assert call(browser(agency), verb, at(agency, name, *args)).status_code == 405


@pytest.mark.parametrize("name", OF_A_LEAD)
def test_what_is_missing_or_somebody_elses_is_not_found(agency, other_agency, browser, addresses, name):
    _, verb, args, data, _ = addresses[name]
    assert call(browser(agency), verb, at(agency, name, 9_999_999), data).status_code == 404
    assert call(browser(other_agency), verb, at(other_agency, name, *args), data).status_code == 404


def test_saved_lists_are_their_owners_alone(agency, browser, view):
    assert browser(agency, Role.MANAGER).post(at(agency, "delete", view.pk)).status_code == 404
    assert "AVIV</a>" not in browser(agency, Role.MANAGER).get(at(agency, "index")).text
    assert "AVIV</a>" in browser(agency).get(at(agency, "index")).text


def test_whoever_must_be_answered_stands_first_with_how_long_he_waits(agency, add_lead, browser):
    add_lead(agency, last_name="Later", happened_at=MORNING + timedelta(minutes=50))
    add_lead(agency, last_name="Sooner", happened_at=MORNING - timedelta(hours=15))
    add_lead(agency, last_name="Between", happened_at=MORNING)
    add_lead(agency, last_name="Done", state="won")
    with time_machine.travel(MORNING + timedelta(minutes=60), tick=False):
        page = browser(agency, Role.VIEWER).get(at(agency, "index")).text
    assert page.index("Sooner") < page.index("Between") < page.index("Later")
    assert "Done" not in page
    # From 19:30 in the evening before to 11:30: two and a half open hours.
    for heat, words in (("late", "2\u202fh\u202f30"), ("soon", "1\u202fh"), ("fresh", "10\u202fmin")):
        assert f'data-state="{heat}"' in page
        assert f"{words}</span>" in page


def test_tabs_carry_their_honest_counts(agency, add_lead, browser, monkeypatch):
    monkeypatch.setattr("estates.catalogue.search.COUNTED", 2)
    for _ in range(3):
        add_lead(agency)
    page = browser(agency).get(at(agency, "index")).text
    assert page.count(">2+</span>") == 2, "to answer, and nobody's"
    assert ">0</span>" in page, "mine"
    assert "2+ leads" in page


def test_htmx_gets_only_the_results(agency, browser, lead):
    page = browser(agency).get(at(agency, "index"), {"query": "jeanne"}, headers=HTMX)
    assert "Jeanne Roux" in page.text
    assert "<html" not in page.text


def test_viewers_look_and_do_not_touch(agency, browser, lead):
    viewer = browser(agency, Role.VIEWER)
    for url in (at(agency, "index"), at(agency, "detail", lead.pk)):
        page = viewer.get(url).text
        assert "Jeanne Roux" in page
        for address in ("bulk/", "/state/", "/notes/", "/assignee/", "export."):
            assert address not in page


def test_the_list_takes_the_same_queries_however_long_it_is(
    agency, add_lead, add_estate, browser, member, django_assert_max_num_queries
):
    client = browser(agency)
    add_lead(agency)
    client.get(at(agency, "index"))
    with django_assert_max_num_queries(20) as few:
        client.get(at(agency, "index"))
    for _ in range(12):
        add_lead(agency, estate=add_estate(agency), assignee=member(agency))
    with django_assert_max_num_queries(len(few)):
        client.get(at(agency, "index"))


def test_new_leads_announce_themselves(agency, other_agency, browser, add_lead):
    client = browser(agency)
    add_lead(agency, last_name="Old")
    seen = Lead.objects.across_agencies().latest("pk").pk
    page = client.get(at(agency, "index")).text
    assert f"seen={seen}" in page
    quiet = client.get(at(agency, "arrivals"), {"seen": seen}, headers=HTMX)
    assert 'data-arrived="0"' in quiet.text
    assert "<a" not in quiet.text
    add_lead(other_agency)
    add_lead(agency, state="spam")
    add_lead(agency, portal="SeLoger")
    add_lead(agency, portal="SeLoger")
    found = client.get(at(agency, "arrivals"), {"seen": seen, "portal": "SeLoger"}, headers=HTMX)
    assert 'data-arrived="2"' in found.text
    assert "2 new leads" in found.text
    assert f"seen={seen}" in found.text, "they are announced until they are looked at"
    assert 'data-arrived="1"' in client.get(at(agency, "arrivals"), {"seen": seen, "tab": "spam"}).text
    assert 'data-arrived="0"' in client.get(at(agency, "arrivals"), {"seen": seen, "query": "nobody"}).text


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "²"])
def test_a_damaged_mark_looks_at_all(agency, browser, lead, seen):
    assert 'data-arrived="1"' in browser(agency).get(at(agency, "arrivals"), {"seen": seen}).text


def test_many_leads_are_changed_at_their_place(agency, other_agency, browser, add_lead, member):
    leads = [add_lead(agency, portal="SeLoger") for _ in range(3)]
    foreign = add_lead(other_agency)
    client = browser(agency, Role.AGENT)
    ticked = [leads[0].pk, leads[1].pk, foreign.pk, "x", "9" * 40]
    page = client.post(
        at(agency, "bulk") + "?portal=SeLoger", {"lead": ticked, "state": "visit"}, headers=HTMX
    )
    assert "2 leads: Visit." in page.text
    assert [lead.state for lead in Lead.objects.for_agency(agency).order_by("pk")] == [
        "visit",
        "visit",
        "new",
    ]
    assert Lead.objects.for_agency(other_agency).get().state == "new"
    assert f"lead-{leads[2].pk}" in page.text
    assert f"lead-{leads[0].pk}" not in page.text, "it is on another list now"
    agent = member(agency, Role.AGENT)
    again = client.post(at(agency, "bulk") + "?tab=all&x=1", {"lead": leads[2].pk, "assignee": agent.pk})
    assert again["Location"] == at(agency, "index") + "?tab=all&x=1"
    assert Lead.objects.for_agency(agency).get(pk=leads[2].pk).assignee == agent
    assert not Lead.objects.for_agency(agency).exclude(pk=leads[2].pk).exclude(assignee=None)


def test_what_stayed_as_it_was_is_said(agency, browser, add_lead):
    leads = [add_lead(agency, state="won"), add_lead(agency)]
    page = browser(agency).post(
        at(agency, "bulk"), {"lead": [lead.pk for lead in leads], "state": "won"}, follow=True
    )
    assert "1 lead: Won." in page.text
    assert "1 lead stayed as it was" in page.text


@pytest.mark.parametrize("posted", [{"state": "king"}, {"assignee": "999999"}, {}])
def test_a_bulk_action_that_means_nothing_changes_nothing(agency, browser, lead, posted):
    before = Lead.objects.for_agency(agency).values().get()
    assert browser(agency).post(at(agency, "bulk"), {"lead": lead.pk, **posted}).status_code == 302
    assert Lead.objects.for_agency(agency).values().get() == before


def test_only_colleagues_who_may_answer_are_put_in_charge(agency, other_agency, browser, lead, member):
    client = browser(agency)
    for user in (member(agency, Role.VIEWER), member(other_agency)):
        client.post(at(agency, "assign", lead.pk), {"assignee": user.pk})
        assert Lead.objects.for_agency(agency).get().assignee is None
    client.post(at(agency, "assign", lead.pk), {"assignee": member(agency, Role.AGENT).pk})
    assert Lead.objects.for_agency(agency).get().assignee == member(agency, Role.AGENT)


def test_a_lead_can_be_reached_by_every_way_it_names(agency, browser, lead):
    page = browser(agency).get(at(agency, "detail", lead.pk)).text
    assert 'href="tel:+33612345678"' in page
    assert "06 12 34 56 78" in page
    assert 'href="https://wa.me/33612345678?text=' in page
    assert "wa.me/33478620000" not in page, "a landline has no WhatsApp"
    assert 'href="mailto:jeanne@exemple.fr?subject=' in page
    assert "call me" in page
    assert 'href="tel:call' not in page


def test_a_state_is_set_as_it_was_seen(agency, browser, lead):
    client = browser(agency, Role.AGENT)
    Lead.objects.for_agency(agency).update(state=State.WON)
    stale = client.post(at(agency, "set_state", lead.pk), {"state": "lost", "seen": "new"}, follow=True)
    assert "a colleague was faster" in stale.text
    assert Lead.objects.for_agency(agency).get().state == "won"
    client.post(at(agency, "set_state", lead.pk) + "?tab=won&junk=1", {"state": "lost", "seen": "won"})
    assert Lead.objects.for_agency(agency).get().state == "lost"


def test_a_page_of_a_lead_keeps_its_list(agency, browser, add_lead):
    leads = [add_lead(agency, portal=portal) for portal in ("A", "B", "A", "A")]
    client = browser(agency, Role.AGENT)
    page = client.get(at(agency, "detail", leads[2].pk), {"portal": "A"}).text
    assert f'rel="prev" href="{at(agency, "detail", leads[0].pk)}?portal=A"' in page
    assert f'rel="next" href="{at(agency, "detail", leads[3].pk)}?portal=A"' in page
    assert f'href="{at(agency, "index")}?portal=A#lead-{leads[2].pk}"' in page
    answer = client.post(at(agency, "set_state", leads[2].pk) + "?portal=A", {"state": "won", "seen": "new"})
    assert answer["Location"] == at(agency, "detail", leads[2].pk) + "?portal=A"
    gone_on = client.get(answer["Location"]).text
    assert f'rel="next" href="{at(agency, "detail", leads[3].pk)}?portal=A"' in gone_on


def test_notes_are_written_and_nothing_typed_is_lost(agency, browser, lead):
    client = browser(agency, Role.AGENT)
    client.post(at(agency, "note", lead.pk), {"words": "Rappeler <b>jeudi</b>"})
    assert "Rappeler &lt;b&gt;jeudi&lt;/b&gt;" in client.get(at(agency, "detail", lead.pk)).text
    long = client.post(at(agency, "note", lead.pk), {"words": "long " * 2000})
    assert long.status_code == 422
    assert "long long" in long.text


def test_what_an_action_changes_is_drawn_anew_on_the_page_where_its_button_is(
    agency, browser, lead, add_estate
):
    """So the browser's history holds the lead once, and the way back to the list is one step."""
    Lead.objects.for_agency(agency).update(estate=add_estate(agency))
    client = browser(agency, Role.AGENT)
    page = client.get(at(agency, "detail", lead.pk) + "?portal=A").text
    for action, posted in (
        ("set_state", {"state": "won"}),
        ("assign", {}),
        ("note", {"words": "x"}),
        ("link", {}),
    ):
        form = re.search(rf'<form[^>]*action="({at(agency, action, lead.pk)}[^"]*)"[^>]*>', page)
        assert f'hx-post="{form[1]}"' in form[0]
        answer = client.post(form[1], posted, follow=True, headers=HTMX).text
        for place in re.findall(r"#([\w-]+)", form[0]):
            assert answer.count(f'id="{place}"') == 1
    refused = client.post(at(agency, "note", lead.pk), {"words": " "}, headers=HTMX)
    assert refused.status_code == 422
    assert 'id="lead-note"' in refused.text
    assert "is-invalid" in refused.text


def test_an_estate_is_chosen_on_the_leads_own_page_or_without_scripts_on_one_of_its_own(
    agency, browser, lead, add_estate
):
    add_estate(agency, search_text="villa")
    client, asked = browser(agency, Role.AGENT), {"estate_query": "villa"}
    there = client.get(at(agency, "candidates", lead.pk), asked, headers=HTMX).text
    assert "<html" not in there
    assert f'hx-post="{at(agency, "link", lead.pk)}' in there
    assert "hx-" not in client.get(at(agency, "candidates", lead.pk), asked).text.split('id="content"')[1]


def test_a_list_and_the_part_of_it_that_scripts_ask_for_are_not_taken_for_each_other(agency, browser, lead):
    assert "HX-Request" in browser(agency).get(at(agency, "index"))["Vary"]


def test_an_estate_is_found_and_linked_by_hand(agency, other_agency, browser, lead, add_estate):
    villa = add_estate(agency, title="Villa", search_text="villa ecully")
    theirs = add_estate(other_agency, title="Theirs", search_text="villa")
    client = browser(agency, Role.AGENT)
    found = client.get(at(agency, "candidates", lead.pk), {"estate_query": "vill"}, headers=HTMX).text
    assert f'value="{villa.pk}"' in found
    assert "Theirs" not in found
    client.post(at(agency, "link", lead.pk), {"estate": theirs.pk})
    assert Lead.objects.for_agency(agency).get().estate is None
    client.post(at(agency, "link", lead.pk), {"estate": villa.pk})
    assert "linked by hand" in client.get(at(agency, "detail", lead.pk)).text
    client.post(at(agency, "link", lead.pk), {})
    assert Lead.objects.for_agency(agency).get().estate is None


def test_the_same_persons_other_enquiries_say_by_what_one_knows(agency, browser, add_lead):
    first = add_lead(agency, email="a@exemple.fr", programme="One", phones=(("", "0612345678"),))
    by_mail = add_lead(agency, email="A@exemple.fr", programme="Two")
    by_phone = add_lead(agency, email="b@exemple.fr", programme="Three", phones=(("", "+33612345678"),))
    by_hand = add_lead(agency, email="c@exemple.fr", programme="Four")
    link_people(agency, [first, by_mail, by_phone, by_hand])
    for each in (first, by_mail, by_phone, by_hand):
        each.person = first.person
        each.save()
    page = browser(agency).get(at(agency, "detail", first.pk)).text
    for words in ("Two", "same mail address", "Three", "same phone number", "Four", "put together by hand"):
        assert words in page


def test_of_an_erased_person_nothing_is_shown(agency, browser, lead):
    Lead.objects.for_agency(agency).update(erased_at=MORNING)
    client = browser(agency)
    page = client.get(at(agency, "detail", lead.pk)).text
    assert "was erased on" in page
    for word in ("Jeanne", "Roux", "exemple.fr", "12 34 56", "une visite"):
        assert word not in page
    assert "Roux" not in client.get(at(agency, "index")).text
    listed = client.get(at(agency, "index"), {"tab": "all", "erased": "on"}).text
    assert "Erased person" in listed


HOSTILE = {
    "first_name": '<script>alert("x")</script>',
    "last_name": '"><img src=x onerror=alert(1)>',
    "email": 'a"b<script>@exemple.fr',
    "phones": (("<b>", "javascript:alert(1)"), ("", "call me")),
    "portal": "{{ 7 }}<script>",
    "category": "=HYPERLINK(1)",
    "programme": "</textarea><script>",
    "message": "m" * 1_000_000,
}


def test_nothing_that_was_sent_breaks_a_page(agency, browser, add_lead):
    lead = add_lead(agency, **HOSTILE)
    for body in ('{"a": "</pre><script>"}', "{" * 100_000, "no JSON \x01"):
        LeadPayload.objects.filter(lead=lead).update(body=body)
        for url in (at(agency, "index"), at(agency, "detail", lead.pk), at(agency, "candidates", lead.pk)):
            page = browser(agency).get(url)
            assert page.status_code == 200
            for text in ("<script>alert", "<img src=x", 'javascript:alert(1)"', "</pre><script>"):
                assert text not in page.text
            assert len(page.text) < 500_000
    assert "This is only the beginning" in browser(agency).get(at(agency, "detail", lead.pk)).text


@pytest.mark.parametrize(
    "query",
    ["tab=x", "assignee=zz", "since=0001-01-01", "until=9999-12-31", "since=nonsense", "estate=99999999999999999999",
     "cursor=x", "source=none", "query=%00", "query=" + "a+" * 90, "order=x&tab=mine", "portal=%F0%9F%8F%A0"],
)  # fmt: skip
def test_bad_addresses_never_break_the_page(agency, browser, lead, query):
    for name, args in (("index", []), ("detail", [lead.pk]), ("arrivals", [])):
        assert browser(agency).get(f"{at(agency, name, *args)}?{query}").status_code == 200


def test_a_bad_value_is_said_and_the_rest_filters(agency, browser, add_lead):
    add_lead(agency, last_name="Roux", portal="A")
    add_lead(agency, last_name="Blanc", portal="B")
    page = browser(agency).get(at(agency, "index"), {"since": "soon", "portal": "A"}).text
    assert "The filter “From” is left out" in page
    assert "Roux" in page
    assert "Blanc" not in page


def test_an_empty_list_says_why(agency, browser, add_lead):
    client = browser(agency)
    assert "No source of leads is connected yet" in client.get(at(agency, "index")).text
    LeadSource.objects.create(
        agency=agency, connection=add_lead(agency, state="lost").connection, next_at=timezone.now()
    )
    assert "Nobody waits for an answer" in client.get(at(agency, "index")).text
    assert "No lead is on this list" in client.get(at(agency, "index"), {"tab": "won"}).text
    assert "No lead matches these filters" in client.get(at(agency, "index"), {"portal": "x"}).text


def test_filters_in_use_are_chips_in_words(agency, browser, add_lead, add_estate, member):
    estate, agent = add_estate(agency), member(agency, Role.AGENT)
    add_lead(agency, estate=estate, assignee=agent, system="aviv")
    asked = {"source": "aviv", "assignee": agent.pk, "estate": estate.pk}
    page = browser(agency).get(at(agency, "index"), asked).text
    for words in ("AVIV Seeker Leads", str(agent), "REF-1"):
        assert f"</span>{words}" in page


def test_a_list_is_saved_and_deleted(agency, browser):
    client = browser(agency, Role.VIEWER)
    client.post(at(agency, "save") + "?source=aviv&cursor=x", {"name": "From AVIV"})
    saved = SavedSearch.objects.for_agency(agency).get()
    assert (saved.page, saved.query) == ("leads", "source=aviv")
    assert client.post(at(agency, "save") + "?source=aviv", {"name": "From AVIV"}).status_code == 422
    assert "From AVIV" in client.get(at(agency, "index")).text
    assert "From AVIV" not in client.get(reverse("catalogue:search", args=[agency.slug])).text
    client.post(at(agency, "delete", saved.pk))
    assert not SavedSearch.objects.for_agency(agency).exists()


def test_one_name_may_stand_for_leads_and_for_estates(agency, browser):
    client = browser(agency)
    client.post(at(agency, "save") + "?source=aviv", {"name": "Lyon"})
    assert (
        client.post(
            reverse("catalogue:save", args=[agency.slug]) + "?city=Lyon", {"name": "Lyon"}
        ).status_code
        == 302
    )
    assert SavedSearch.objects.for_agency(agency).count() == 2


def test_what_was_looked_for_is_not_in_the_trail(agency, browser, lead):
    browser(agency).get(at(agency, "export", "csv"), {"query": "jeanne", "portal": ""}).getvalue()
    (entry,) = AuditEntry.objects.for_agency(agency)
    assert entry.action == "leads.exported"
    assert "jeanne" not in str(entry.detail).lower()
