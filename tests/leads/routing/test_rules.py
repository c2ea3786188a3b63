import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.leads.models import Lead, RoutingRule
from estates.leads.routing import rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(agency):
    return lambda name, *ids: reverse(f"leads:{name}", args=[agency.slug, *ids])


def given(*people, **changed):
    return {
        "name": "Lyon",
        "region": "Lyon",
        "target": "turns",
        "people": [each.pk for each in people],
        "claim_minutes": 15,
    } | changed


def order(agency) -> list[str]:
    return [each.name for each in rules.rules_of(agency)]


def test_a_manager_adds_a_rule(agency, browser, colleague, page):
    ana, bob = colleague("ana"), colleague("bob")
    answer = browser(agency, Role.MANAGER).post(
        page("add_rule"), given(ana, bob, fallback=bob.pk, max_price="500 000", forward="on")
    )
    assert answer["Location"] == page("rules")
    rule = RoutingRule.objects.for_agency(agency).get()
    assert (rule.region, rule.fallback, rule.max_price, rule.forward) == ("Lyon", bob, 500_000, True)
    assert list(rule.people.order_by("pk")) == [ana, bob]
    assert AuditEntry.objects.for_agency(agency).get().action == "rule.added"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_others_read_the_rules_and_change_none(agency, browser, rule, colleague, page, role):
    made = rule(colleague("ana"))
    person = browser(agency, role)
    assert "Rule 1" in person.get(page("rules")).content.decode()
    for name in ("change_rule", "move_rule", "pause_rule", "delete_rule"):
        assert person.post(page(name, made.pk), given(colleague("ana"))).status_code == 403
    assert person.get(page("add_rule")).status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"people": []},
        {"people": ["nobody"]},
        {"people": ["9" * 30]},
        {"fallback": "9" * 30},
        {"target": "everybody"},
        {"claim_minutes": 0},
        {"claim_minutes": 99999},
        {"min_price": "9", "max_price": "8"},
        {"name": ""},
        {"source": "ts_immo"},
    ],
)
def test_what_makes_no_sense_is_said(agency, browser, colleague, page, changed):
    answer = browser(agency, Role.MANAGER).post(page("add_rule"), given(colleague("ana"), **changed))
    assert answer.status_code == 422
    assert not RoutingRule.objects.for_agency(agency).exists()


def test_one_person_is_one(agency, browser, colleague, page):
    form = given(colleague("ana"), colleague("bob"), target="person")
    assert browser(agency, Role.MANAGER).post(page("add_rule"), form).status_code == 422


def test_people_of_other_agencies_cannot_be_chosen(agency, other_agency, browser, colleague, page):
    stranger = colleague("eve", of=other_agency)
    answer = browser(agency, Role.MANAGER).post(page("add_rule"), given(stranger))
    assert answer.status_code == 422
    assert "Eve" not in answer.content.decode()


def test_rules_change_places(agency, browser, rule, colleague, page):
    first, second, third = (rule(colleague("ana")) for _ in range(3))
    manager = browser(agency, Role.MANAGER)
    manager.post(page("move_rule", third.pk), {"to": "up"})
    assert order(agency) == ["Rule 1", "Rule 3", "Rule 2"]
    manager.post(page("move_rule", first.pk), {"to": "down"})
    assert order(agency) == ["Rule 3", "Rule 1", "Rule 2"]
    manager.post(page("move_rule", third.pk), {"to": "up"})
    assert order(agency) == ["Rule 3", "Rule 1", "Rule 2"]
    assert second.pk


def test_pausing_resuming_and_deleting(agency, browser, rule, colleague, come, page):
    made = rule(colleague("ana"))
    (lead,) = come("1")
    manager = browser(agency, Role.MANAGER)
    manager.post(page("pause_rule", made.pk), {"active": "no"})
    assert "Paused" in manager.get(page("rules")).content.decode()
    manager.post(page("pause_rule", made.pk), {"active": "yes"})
    assert RoutingRule.objects.for_agency(agency).get().is_active
    assert "stay theirs" in manager.get(page("delete_rule", made.pk)).content.decode()
    manager.post(page("delete_rule", made.pk))
    assert not RoutingRule.objects.for_agency(agency).exists()
    assert Lead.objects.for_agency(agency).get().assignee == lead.assignee == colleague("ana")
    told = [entry.action for entry in AuditEntry.objects.for_agency(agency).order_by("number")]
    assert told == ["rule.paused", "rule.resumed", "rule.deleted"]


def test_a_rule_is_tried_on_the_last_leads_and_changes_nothing(agency, browser, rule, colleague, come, page):
    come("1", "2", region="Lyon")
    come("3", region="Nice")
    rule(colleague("ana"), region="Nice")
    answer = browser(agency, Role.MANAGER).post(
        page("add_rule"), given(colleague("bob"), region="", **{"try": "yes"})
    )
    text = answer.content.decode()
    assert "decided about 2 of them" in text
    assert "“Rule 1” comes first" in text
    assert RoutingRule.objects.for_agency(agency).count() == 1
    assert not Lead.objects.for_agency(agency).exclude(assignee=None).exists()


def test_a_saved_rule_shows_what_it_would_have_done(agency, browser, rule, colleague, come, page):
    come("1", region="Lyon")
    made = rule(colleague("ana"), region="Lyon")
    rule(colleague("bob"))
    text = browser(agency, Role.MANAGER).get(page("change_rule", made.pk)).content.decode()
    assert "decided about 1 of them" in text


def test_a_change_counts(agency, browser, rule, colleague, come, page):
    made = rule(colleague("ana"))
    browser(agency, Role.MANAGER).post(
        page("change_rule", made.pk), given(colleague("bob"), region="", target="person")
    )
    (lead,) = come("1")
    assert lead.assignee == colleague("bob")
