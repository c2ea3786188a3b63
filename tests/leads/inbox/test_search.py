from datetime import timedelta

import pytest
from django.db import connection as db

from accounts.roles import Role
from estates.catalogue import matching
from estates.catalogue.paging import Mark, write_mark
from estates.leads.inbox.search import NEWEST, OLDEST, TABS, Search, dialled, find, overdue
from estates.leads.models import Lead
from tests.leads.inbox.conftest import MORNING


@pytest.fixture
def stock(agency, other_agency, member, add_lead, add_estate):
    agent = member(agency, Role.AGENT)
    add_lead(
        agency, last_name="Lefèvre", portal="SeLoger", category="Visite", email="anne@exemple.fr",
        phones=(("", "06 12 34 56 78"), ("", "04 78 00 00 00")), message="Je voudrais visiter la terrasse",
    )  # fmt: skip
    add_lead(agency, last_name="Roux", state="contacted", assignee=agent, portal="SeLoger", system="aviv")
    add_lead(agency, last_name="Petit", state="won", assignee=agent, programme="Les Jardins de l’Aube")
    add_lead(agency, last_name="Spammer", state="spam")
    add_lead(agency, last_name="", first_name="", erased_at=MORNING)
    add_lead(agency, last_name="Blanc", estate=add_estate(agency), estate_reference="REF-1")
    add_lead(other_agency, last_name="Ailleurs", portal="SeLoger", message="terrasse")
    return agent


def names(agency, tab="all", order=NEWEST, user=0, **filters):
    return [lead.last_name for lead in find(agency, Search(tab, filters, order, user)).leads]


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("answer", ["Blanc", "Lefèvre"]),
        ("all", ["Blanc", "Spammer", "Petit", "Roux", "Lefèvre"]),
        ("mine", ["Roux"]),
        ("unassigned", ["Blanc", "Lefèvre"]),
        ("contacted", ["Roux"]),
        ("visit", []),
        ("won", ["Petit"]),
        ("lost", []),
        ("spam", ["Spammer"]),
    ],
)
def test_each_list_holds_the_right_leads_of_the_agency(agency, stock, tab, expected):
    assert names(agency, tab, user=stock.pk) == expected


def test_every_list_has_its_test():
    tested = {
        values[0] for values in test_each_list_holds_the_right_leads_of_the_agency.pytestmark[0].args[1]
    }
    assert tested == TABS.keys()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"source": "aviv"}, ["Roux"]),
        ({"portal": "SeLoger"}, ["Roux", "Lefèvre"]),
        ({"category": "Visite"}, ["Lefèvre"]),
        ({"assignee": "none"}, ["Blanc", "Spammer", "Lefèvre"]),
        ({"erased": True}, [""]),
        ({"since": MORNING + timedelta(minutes=4)}, ["Blanc", "Spammer"]),
        ({"until": MORNING + timedelta(minutes=2)}, ["Lefèvre"]),
        ({"query": "lefevre"}, ["Lefèvre"]),
        ({"query": "anne@exemple.fr"}, ["Lefèvre"]),
        ({"query": "TERRASSE visit"}, ["Lefèvre"]),
        ({"query": "06 12 34 56 78"}, ["Lefèvre"]),
        ({"query": "0612345678"}, ["Lefèvre"]),
        ({"query": "+33 6 12 34 56 78"}, ["Lefèvre"]),
        ({"query": "06.12.34.56.78 lefèvre"}, ["Lefèvre"]),
        ({"query": "0033612345678"}, ["Lefèvre"]),
        ({"query": "04 78 00 00 00"}, ["Lefèvre"]),
        ({"query": "06 12 34 56 79"}, []),
        ({"query": "jardins aube"}, ["Petit"]),
        ({"query": "REF-1"}, ["Blanc"]),
        ({"query": "ailleurs"}, []),
    ],
)
def test_each_filter_lets_the_right_leads_through(agency, stock, filters, expected):
    assert names(agency, **filters) == expected


@pytest.mark.parametrize("text", ["terrasse", "0612345678"])
def test_the_word_index_finds_the_same(agency, stock, monkeypatch, text):
    monkeypatch.setattr(matching, "LOOKED_AT", 0)
    assert names(agency, query=text) == ["Lefèvre"]


def test_the_word_index_forgets_what_is_blanked(agency, stock, monkeypatch):
    monkeypatch.setattr(matching, "LOOKED_AT", 0)
    lead = Lead.objects.for_agency(agency).get(last_name="Lefèvre")
    lead.search_text = ""
    lead.save()
    assert names(agency, query="terrasse") == []
    if db.vendor == "sqlite":
        with db.cursor() as cursor:
            cursor.execute("INSERT INTO leads_words (leads_words) VALUES ('integrity-check')")


def test_someone_in_charge_may_be_asked_for(agency, stock):
    assert names(agency, assignee=str(stock.pk)) == ["Petit", "Roux"]


def test_who_waits_longest_comes_first(agency, stock):
    assert names(agency, "answer", OLDEST) == ["Lefèvre", "Blanc"]


@pytest.mark.parametrize("order", [NEWEST, OLDEST])
def test_pages_hold_every_lead_once(agency, add_lead, order):
    for _ in range(7):
        add_lead(agency, happened_at=MORNING)
    search, cursor, seen = Search("all", order=order), "", []
    while True:
        found = find(agency, search, cursor, 3)
        seen += [lead.pk for lead in found.leads]
        cursor = found.page.after
        if not cursor:
            break
    assert seen == sorted(seen, reverse=order.descending)
    assert len(set(seen)) == 7


def test_a_foreign_cursor_is_a_place_and_nothing_more(agency, other_agency, add_lead):
    add_lead(agency, last_name="Ours")
    theirs = add_lead(other_agency, last_name="Theirs")
    for back in (True, False):
        cursor = write_mark(NEWEST, Mark(back, theirs.happened_at, theirs.pk))
        assert {lead.last_name for lead in find(agency, Search("all", order=NEWEST), cursor).leads} <= {
            "Ours"
        }


def test_overdue_are_the_unanswered_from_before(agency, stock):
    assert overdue(agency, MORNING).count() == 0
    assert overdue(agency, MORNING + timedelta(minutes=2)).get().last_name == "Lefèvre"
    assert overdue(agency, MORNING + timedelta(days=1)).count() == 2


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("Dupont 06 12 34 56 78", "Dupont 33612345678"),
        ("(04) 78-00-00-00", "(33478000000"),
        ("04 78 00 00 00 Lyon", "33478000000 Lyon"),
        ("+41 44 668 18 00", "41446681800"),
        ("REF 2026-0001-0002", "REF 2026-0001-0002"),
        ("12", "12"),
        ("9" * 150, "9" * 150),
    ],
)
def test_phone_numbers_are_looked_for_as_they_are_kept(typed, asked):
    assert dialled(typed) == asked


def test_a_page_takes_few_queries_however_many_leads_there_are(
    agency, add_lead, add_estate, member, django_assert_num_queries
):
    estate = add_estate(agency)
    find(agency, Search("all"))
    for number in range(12):
        add_lead(agency, estate=estate, assignee=member(agency))
        if number in (0, 11):
            with django_assert_num_queries(3):
                found = find(agency, Search("all", order=NEWEST))
                assert [str(lead.estate) + str(lead.assignee) for lead in found.leads]
