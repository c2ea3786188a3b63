"""Rules, what they choose, and the plan that keeps them."""

from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from estates.catalogue.models import Estate
from estates.connections.models import Connection
from estates.jobs.models import Job
from estates.syndication.models import Plan
from estates.syndication.rules.filters import Rules, chosen
from estates.syndication.rules.plans import Overtaken, open_plan, save_rules, set_active

ALL = Rules(
    statuses=("available", "En attente"),
    types=("apartment",),
    offers=("sale",),
    cities=("Lyon",),
    min_price=Decimal(100_000),
    max_price=Decimal("900000.50"),
    featured=True,
)


def test_rules_are_kept_as_json_and_come_back():
    assert Rules.from_json(ALL.to_json()) == ALL
    assert ALL.to_json()["max_price"] == "900000.50"
    assert Rules().to_json() == {}
    assert Rules.from_json({}) == Rules()


@pytest.mark.parametrize(
    "stored",
    [
        {"moon": "full"},
        {"cities": "Lyon"},
        {"cities": [1]},
        {"min_price": "cheap"},
        {"max_price": "NaN"},
        {"max_price": "Infinity"},
        {"min_price": []},
        {"featured": "yes"},
    ],
)
def test_rules_that_are_not_understood_are_an_error_and_not_everything(stored):
    with pytest.raises(ValueError, match=next(iter(stored))):
        Rules.from_json(stored)


def names(agency, **rules):
    return sorted(chosen(agency, Rules(**rules)).values_list("title", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, ["dear", "other town", "rental", "seen", "sold", "unpriced"]),
        ({"statuses": ("Available",)}, ["dear", "other town", "rental", "seen", "unpriced"]),
        ({"statuses": ("available", "sold")}, ["dear", "other town", "rental", "seen", "sold", "unpriced"]),
        ({"types": ("HOUSE",)}, ["dear"]),
        ({"offers": ("Rental",)}, ["rental"]),
        ({"cities": ("ecully",)}, ["other town"]),
        ({"cities": ("ecully", "LYON")}, ["dear", "other town", "rental", "seen", "sold", "unpriced"]),
        ({"cities": ("Nice",)}, []),
        ({"min_price": Decimal(320_000)}, ["dear", "other town", "seen", "sold"]),
        ({"max_price": Decimal("319999.99")}, ["rental"]),
        ({"min_price": Decimal(900), "max_price": Decimal(900)}, ["rental"]),
        ({"featured": True}, ["seen"]),
        ({"featured": True, "cities": ("ecully",)}, []),
        ({"types": ("apartment",), "offers": ("sale",), "statuses": ("sold",)}, ["sold"]),
    ],
)
def test_what_rules_choose(agency, other_agency, add_estate, rules, expected):
    add_estate(agency, title="seen", featured=True)
    add_estate(agency, title="sold", status="sold")
    add_estate(agency, title="dear", type="house", price=Decimal(2_000_000))
    add_estate(agency, title="rental", offer_type="rental", price=Decimal(900))
    add_estate(agency, title="other town", city="Écully")
    add_estate(agency, title="unpriced", price=None)
    add_estate(agency, title="gone", gone_at=timezone.now(), featured=True)
    add_estate(other_agency, title="theirs", featured=True)
    assert names(agency, **rules) == expected


@pytest.mark.django_db
def test_of_an_estate_that_two_connections_list_one_copy_is_chosen(agency, other_agency, add_estate):
    first = add_estate(agency, remote_id="same", title="first")
    add_estate(agency, remote_id="same", title="second", label="Lyon bis")
    add_estate(agency, title="alone", label="Lyon bis")
    add_estate(other_agency, remote_id="same", title="theirs")
    add_estate(agency, title="neighbour")
    assert names(agency) == ["alone", "first", "neighbour"]
    Estate.objects.for_agency(agency).filter(pk=first.pk).update(gone_at=timezone.now())
    assert names(agency) == ["alone", "neighbour", "second"]


@pytest.fixture
def seeki(agency):
    return Connection.objects.create(agency=agency, system="seeki", label="Seeki")


@pytest.mark.django_db
def test_a_plan_is_opened_once_and_switched_off(seeki, agency, manager):
    plan = open_plan(seeki, manager)
    assert (plan.active, plan.rules, plan.version, plan.agency) == (False, {}, 0, agency)
    assert open_plan(seeki, manager) == plan
    assert Plan.objects.for_agency(agency).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"system": "aviv"}, {"removed_at": timezone.now()}])
def test_a_plan_is_for_a_connection_to_seeki_in_use(seeki, manager, change):
    for name, value in change.items():
        setattr(seeki, name, value)
    with pytest.raises(ValueError, match="no connection to Seeki"):
        open_plan(seeki, manager)


def audited(agency):
    rows = AuditEntry.objects.for_agency(agency).order_by("number")
    return [(entry.action, entry.actor, entry.detail) for entry in rows]


def looks(agency):
    return Job.objects.for_agency(agency).filter(kind="syndication.look").count()


@pytest.mark.django_db
def test_rules_are_saved_with_their_trace_and_looked_through(plan, agency, manager):
    save_rules(plan, ALL, manager, 0)
    stored = Plan.objects.for_agency(agency).get()
    assert (Rules.from_json(stored.rules), stored.version, stored.changed_by) == (ALL, 1, manager)
    assert (plan.version, plan.rules) == (1, ALL.to_json())
    assert audited(agency) == [("publication.rules_set", manager, {"rules": ALL.to_json()})]
    assert looks(agency) == 1


@pytest.mark.django_db
def test_rules_that_somebody_else_changed_meanwhile_are_not_overwritten(plan, agency, manager):
    save_rules(plan, ALL, manager, 0)
    with pytest.raises(Overtaken):
        save_rules(plan, Rules(), manager, 0)
    plan.refresh_from_db()
    assert (plan.rules, plan.version) == (ALL.to_json(), 1)
    assert len(audited(agency)) == 1


@pytest.mark.django_db
def test_the_switch(plan, agency, manager):
    set_active(plan, True, manager)
    assert audited(agency) == []
    set_active(plan, False, manager)
    plan.refresh_from_db()
    assert (plan.active, looks(agency)) == (False, 0)
    set_active(plan, True, manager)
    plan.refresh_from_db()
    assert (plan.active, looks(agency)) == (True, 1)
    assert [action for action, _, _ in audited(agency)] == [
        "publication.switched_off",
        "publication.switched_on",
    ]
