from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from estates.leads.models import Forwarding, Lead, LeadEvent, LeadOffer, Notice, RoutingRule

pytestmark = pytest.mark.django_db


def names(leads) -> list[str]:
    return [lead.assignee.name if lead.assignee else "" for lead in leads]


def test_the_first_rule_that_fits_decides(come, rule, colleague):
    rule(colleague("ana"), region="Lyon")
    rule(colleague("bob"))
    (here,) = come("1", region="LYON")
    (elsewhere,) = come("2", region="Nice")
    assert names([here, elsewhere]) == ["Ana", "Bob"]
    event = LeadEvent.objects.get(lead=here)
    assert (event.what, event.after, event.actor) == ("assigned", "Ana", None)


def test_what_no_rule_fits_stays_with_nobody_and_is_not_asked_again(agency, come, rule, colleague):
    rule(colleague("ana"), region="Lyon")
    (lead,) = come("1", region="Nice")
    assert lead.assignee is None
    assert lead.routed_at
    assert not Notice.objects.for_agency(agency).exists()


def test_without_rules_nothing_happens(agency, come):
    (lead,) = come("1")
    assert (lead.assignee, bool(lead.routed_at)) == (None, True)


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ({"source": "marketing_lab"}, True),
        ({"source": "aviv"}, False),
        ({"programme": "les jardins d'ete"}, True),
        ({"programme": "Les Jardins"}, False),
        ({"category": "Visite"}, True),
        ({"city": "nice"}, True),
        ({"city": "Lyon"}, False),
        ({"min_price": 450_000}, True),
        ({"min_price": 450_001}, False),
        ({"max_price": 450_000}, True),
        ({"max_price": 449_999}, False),
        ({"city": "Nice", "max_price": 1}, False),
    ],
)
def test_conditions(condition, fits, come, rule, colleague, estate):
    estate()
    rule(colleague("ana"), **condition)
    (lead,) = come("1", programme="Les Jardins d'Été", category="visite", estate_reference="REF-7")
    assert bool(lead.assignee) is fits


@pytest.mark.parametrize("condition", [{"city": "Nice"}, {"min_price": 1}, {"max_price": 10**9}])
def test_without_an_estate_city_and_price_fit_nothing(condition, come, rule, colleague):
    rule(colleague("ana"), **condition)
    assert names(come("1")) == [""]


def test_people_take_turns_over_batches(come, rule, colleague):
    rule(colleague("ana"), colleague("bob"), colleague("cid"))
    assert names(come("1", "2")) == ["Ana", "Bob"]
    assert names(come("3", "4", "5")) == ["Cid", "Ana", "Bob"]


def test_who_left_closed_the_account_or_only_reads_is_skipped(come, rule, colleague):
    rule(*map(colleague, ("ana", "bob", "cid", "dan")))
    Membership.objects.filter(user=colleague("bob")).delete()
    Membership.objects.filter(user=colleague("cid")).update(role=Role.VIEWER)
    assert names(come("1", "2", "3")) == ["Ana", "Dan", "Ana"]


def test_where_nobody_is_left_the_fallback_gets_it(come, rule, colleague):
    rule(colleague("ana"), fallback=colleague("bob"))
    Membership.objects.filter(user=colleague("ana")).delete()
    assert names(come("1")) == ["Bob"]


def test_a_paused_rule_decides_nothing(come, rule, colleague):
    rule(colleague("ana"), is_active=False)
    assert names(come("1")) == [""]


def test_another_agencys_rules_decide_nothing(other_agency, come, rule, colleague):
    rule(colleague("ana"))
    assert names(come("1", of=other_agency)) == [""]


def test_who_was_put_in_charge_by_hand_stays(agency, connected, draft, come, rule, colleague):
    come("1")
    Lead.objects.for_agency(agency).update(assignee=colleague("bob"), routed_at=None, filed_at=None)
    rule(colleague("ana"))
    assert names(come("1")) == ["Bob"]
    assert not Notice.objects.for_agency(agency).exists()


def test_a_later_reading_of_a_lead_routes_and_mails_nothing_again(agency, come, rule, colleague):
    come("1")
    rule(colleague("ana"))
    (lead,) = come("1", message="changed")
    assert lead.assignee is None
    assert not Notice.objects.for_agency(agency).exists()


def test_old_leads_of_a_new_source_are_given_but_nobody_is_mailed(agency, come, rule, colleague):
    rule(colleague("ana"))
    long_ago = timezone.now() - timedelta(days=9)
    assert names(come("1", happened_at=long_ago)) == ["Ana"]
    assert not Notice.objects.for_agency(agency).exists()


def test_old_leads_are_not_a_race(agency, come, rule, colleague):
    rule(colleague("ana"), colleague("bob"), target="first", fallback=colleague("cid"))
    long_ago = timezone.now() - timedelta(days=9)
    assert names(come("1", happened_at=long_ago)) == ["Cid"]
    assert not LeadOffer.objects.for_agency(agency).exists()


def test_a_rule_forwards_to_ts_immo_once(agency, come, rule, colleague, estate):
    estate()
    rule(colleague("ana"), forward=True)
    come("1", estate_reference="REF-7", last_name="Durand")
    forwarding = Forwarding.objects.for_agency(agency).get()
    assert forwarding.state == "pending"
    assert forwarding.buyer["last_name"] == "Durand"
    come("1", estate_reference="REF-7", message="changed")
    assert Forwarding.objects.for_agency(agency).get().version == 1


def test_a_lead_about_no_estate_is_not_forwarded(agency, come, rule, colleague):
    rule(colleague("ana"), forward=True)
    come("1")
    assert not Forwarding.objects.for_agency(agency).exists()


def test_two_hundred_leads_cost_no_query_each_for_the_rules(
    come, rule, colleague, estate, django_assert_max_num_queries
):
    """Only what is written for a lead is written for each: its person in charge and the line about it."""
    estate()
    for number in range(5):
        rule(colleague("ana"), region=f"Region {number}")
    with django_assert_max_num_queries(60):
        come(*map(str, range(100)), estate_reference="REF-7")


def test_whose_turn_it_is_stands_in_the_rule(agency, come, rule, colleague):
    made = rule(colleague("ana"), colleague("bob"))
    come("1", "2", "3")
    assert RoutingRule.objects.for_agency(agency).get(pk=made.pk).last_given == colleague("ana").pk
