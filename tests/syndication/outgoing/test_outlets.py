"""What managers do to addresses, and the traces that it leaves."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import AuditEntry
from estates.jobs.models import Job
from estates.syndication.models import Outlet
from estates.syndication.outgoing.outlets import (
    NameTaken,
    add_outlet,
    change_outlet,
    delete_outlet,
    renew_outlet,
)

GIVEN = {"name": "Portail", "format": "openimmo", "encoding": "utf-8", "query": "city=Lyon"}


def trail(agency):
    entries = AuditEntry.objects.for_agency(agency).order_by("number")
    return [(entry.action, entry.subject, entry.actor_name) for entry in entries]


@pytest.fixture
def outlet(agency, manager):
    return add_outlet(agency, manager, **GIVEN)


def test_add(agency, manager, outlet):
    row = Outlet.objects.for_agency(agency).get()
    assert {name: getattr(row, name) for name in GIVEN} == GIVEN
    assert (row.created_by, row.fetches, row.fetched_at) == (manager, 0, None)
    assert trail(agency) == [("outlet.added", "Portail", str(manager))]
    assert AuditEntry.objects.for_agency(agency).get().detail == {"format": "openimmo", "query": "city=Lyon"}


def test_change_keeps_the_secret(agency, manager, outlet):
    key, before = outlet.key, outlet.changed_at
    change_outlet(outlet, manager, **{**GIVEN, "name": "Autre", "query": "", "encoding": "windows-1252"})
    row = Outlet.objects.for_agency(agency).get()
    assert (row.name, row.query, row.encoding, row.key) == ("Autre", "", "windows-1252", key)
    assert row.changed_at > before
    assert trail(agency)[1:] == [("outlet.changed", "Autre", str(manager))]


def test_change_leaves_the_counts_of_fetches_made_meanwhile(agency, manager, outlet):
    Outlet.objects.for_agency(agency).update(fetches=7)
    change_outlet(outlet, manager, **GIVEN)
    assert Outlet.objects.for_agency(agency).get().fetches == 7


def test_renew(agency, manager, outlet):
    key = outlet.key
    renew_outlet(outlet, manager)
    assert Outlet.objects.for_agency(agency).get().key not in (key, None)
    assert trail(agency)[1:] == [("outlet.renewed", "Portail", str(manager))]


def test_delete(agency, manager, outlet):
    delete_outlet(outlet, manager)
    assert not Outlet.objects.for_agency(agency).exists()
    assert trail(agency)[1:] == [("outlet.deleted", "Portail", str(manager))]


def test_one_name_once(agency, other_agency, manager, outlet):
    with pytest.raises(NameTaken):
        add_outlet(agency, manager, **GIVEN)
    second = add_outlet(agency, manager, **{**GIVEN, "name": "Autre"})
    with pytest.raises(NameTaken):
        change_outlet(second, manager, **GIVEN)
    assert [action for action, _, _ in trail(agency)] == ["outlet.added", "outlet.added"]
    assert add_outlet(other_agency, manager, **GIVEN).pk


def test_the_trail_does_not_hold_the_secret(agency, manager, outlet):
    renew_outlet(outlet, manager)
    said = str(list(AuditEntry.objects.for_agency(agency).values()))
    assert outlet.key.hex not in said
    assert str(outlet.key) not in said


@pytest.mark.parametrize(("format", "jobs"), [("openimmo_zip", 1), ("openimmo", 0), ("idealista", 0)])
def test_a_zip_is_begun_at_once(agency, manager, format, jobs):
    outlet = add_outlet(agency, manager, **{**GIVEN, "format": format})
    assert Job.objects.for_agency(agency).count() == jobs
    change_outlet(outlet, manager, **{**GIVEN, "format": format, "query": ""})
    # The build that is in line already will see the change.
    assert Job.objects.for_agency(agency).count() == jobs
    assert set(Job.objects.for_agency(agency).values_list("asked_by", flat=True)) <= {manager.pk}


@pytest.mark.parametrize(
    ("values", "stays"),
    [
        ({"name": "Autre"}, True),
        ({"query": "city=Nice"}, False),
        ({"encoding": "windows-1252"}, False),
        ({"format": "openimmo"}, False),
    ],
)
def test_a_zip_of_other_estates_is_given_to_nobody(
    agency, manager, values, stays, django_capture_on_commit_callbacks
):
    given = {**GIVEN, "format": "openimmo_zip"}
    outlet = add_outlet(agency, manager, **given)
    outlet.stored_as = default_storage.save("outlets/x.zip", ContentFile(b"zip"))
    outlet.built_at, outlet.built_digest, outlet.size = timezone.now(), "d", 3
    outlet.save()
    with django_capture_on_commit_callbacks(execute=True):
        change_outlet(outlet, manager, **{**given, **values})
    row = Outlet.objects.for_agency(agency).get()
    assert bool(row.stored_as) is (row.built_at is not None) is bool(row.built_digest) is stays
    assert default_storage.exists("outlets/x.zip") is stays
