"""What belongs to an agency is never listed without naming the agency."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEntry, Invitation
from accounts.roles import Role
from accounts.tenancy import AgencyMissing

FACTS = {"email": "a@example.org", "role": Role.AGENT}


def facts(token="t"):
    return {**FACTS, "token_hash": token, "expires_at": timezone.now()}


@pytest.mark.parametrize(
    "ask",
    [
        lambda rows: rows.all(),
        lambda rows: rows.filter(pk=1),
        lambda rows: rows.get(pk=1),
        lambda rows: rows.first(),
        lambda rows: rows.count(),
        lambda rows: rows.exists(),
        lambda rows: rows.values("pk"),
        lambda rows: rows.in_bulk([1]),
        lambda rows: rows.exclude(pk=1),
        lambda rows: rows.order_by("pk"),
        lambda rows: rows.update(role="owner"),
        lambda rows: rows.bulk_create([Invitation(**facts())]),
        lambda rows: rows.get_or_create(pk=1),
        lambda rows: rows.create(**facts()),
        lambda rows: list(rows.iterator()),
    ],
)
@pytest.mark.parametrize("model", [Invitation, AuditEntry])
def test_refuses_without_an_agency(db, model, ask):
    with pytest.raises(AgencyMissing, match=f"{model.__name__}: "):
        ask(model.objects)


def test_lists_one_agencys_rows_only(agency, other_agency):
    mine = Invitation.objects.create(agency=agency, **facts("one"))
    foreign = Invitation.objects.create(agency_id=other_agency.pk, **facts("two"))
    assert list(Invitation.objects.for_agency(agency)) == [mine]
    assert list(Invitation.objects.for_agency(other_agency)) == [foreign]
    assert not Invitation.objects.for_agency(agency).filter(pk=foreign.pk).exists()


def test_looks_across_when_told_so(agency, other_agency):
    for number, one in enumerate([agency, other_agency]):
        Invitation.objects.create(agency=one, **facts(str(number)))
    assert Invitation.objects.across_agencies().count() == 2


def test_the_trails_manager_keeps_both_rules(agency, other_agency):
    audit.record(agency, None, "test.done")
    audit.record(other_agency, None, "test.done")
    assert AuditEntry.objects.for_agency(agency).count() == 1
    assert AuditEntry.objects.across_agencies().count() == 2


def test_a_row_knows_its_agency_and_can_be_read_again(agency):
    row = Invitation.objects.create(agency=agency, **facts())
    Invitation.objects.for_agency(agency).update(email="b@example.org")
    row.refresh_from_db()
    assert row.email == "b@example.org"
    assert row.agency == agency


def test_one_open_invitation_for_each_address_whatever_its_case(agency, other_agency):
    Invitation.objects.create(agency=agency, **facts("one"))
    Invitation.objects.create(agency=other_agency, **facts("two"))
    Invitation.objects.create(agency=agency, revoked_at=timezone.now(), **facts("three"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(agency=agency, **facts("four") | {"email": "A@EXAMPLE.org"})
