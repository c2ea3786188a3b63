import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from estates.catalogue.models import Estate, MirrorPlan, RejectedEstate, SavedSearch, SyncRun


@pytest.fixture
def operator(db):
    client = Client()
    user = User.objects.create_superuser("ops@example.com")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def row_of_each(agency, connected, add_estate, member):
    connection = connected(agency)
    run = SyncRun.objects.create(agency=agency, connection=connection, seen=b"\x00\xff")
    now = run.started_at
    return {
        "estate": add_estate(agency, reference="ADMIN-1"),
        "syncrun": run,
        "mirrorplan": MirrorPlan.objects.create(agency=agency, connection=connection, next_at=now),
        "rejectedestate": RejectedEstate.objects.create(
            agency=agency, connection=connection, run=run, reason="no usable id", body="<script>"
        ),
        "savedsearch": SavedSearch.objects.create(
            agency=agency, user=member(agency), name="Mine", query="a=b"
        ),
    }


@pytest.mark.parametrize("name", ["estate", "syncrun", "mirrorplan", "rejectedestate", "savedsearch"])
def test_operators_read_every_row_and_change_none(operator, agency, row_of_each, name):
    listed = operator.get(reverse(f"admin:catalogue_{name}_changelist"), {"agency__id__exact": agency.pk})
    assert agency.name in listed.text
    page = operator.get(reverse(f"admin:catalogue_{name}_change", args=[row_of_each[name].pk]))
    assert page.status_code == 200
    assert "<script>" not in page.text.split("</head>")[1].split("no usable id")[-1][:300]
    changed = operator.post(reverse(f"admin:catalogue_{name}_change", args=[row_of_each[name].pk]), {})
    assert changed.status_code == 403
    assert operator.get(reverse(f"admin:catalogue_{name}_add")).status_code == 403


def test_a_plan_is_titled_by_its_connection(operator, row_of_each):
    plan = row_of_each["mirrorplan"]
    page = operator.get(reverse("admin:catalogue_mirrorplan_change", args=[plan.pk])).text
    assert f"<h2>{plan.connection}</h2>" in page


def test_an_estate_is_found_by_its_reference(operator, row_of_each):
    page = operator.get(reverse("admin:catalogue_estate_changelist"), {"q": "ADMIN-1"})
    assert "ADMIN-1" in page.text
    assert Estate.objects.across_agencies().count() == 1
    assert "ADMIN-1" not in operator.get(
        reverse("admin:catalogue_estate_changelist"), {"q": "ADMIN-2"}
    ).text.split("</header>")[-1].replace('value="ADMIN-2"', "")
