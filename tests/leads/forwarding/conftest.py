"""A lead about an estate of the simulated Ts-Immo."""

import pytest
from django.utils import timezone

from estates.catalogue.models import Estate
from estates.leads.models import Lead
from estates.leads.models.leads import Way
from estates.leads.saving import save
from portal.sandbox import sandbox


@pytest.fixture
def box(settings):
    with sandbox(estates=3) as running:
        settings.REMOTE_URLS = {
            **settings.REMOTE_URLS,
            ("ts_immo", "production"): f"{running.url}/ts-immo/v1",
        }
        yield running


@pytest.fixture
def account(box):
    return box.account("martin")


@pytest.fixture
def estate(agency, connected, account) -> Estate:
    now = timezone.now()
    return Estate.objects.create(
        agency=agency,
        connection=connected(agency, "ts_immo", account.key, "Lyon"),
        remote_id=account.estates[0].id,
        digest=b"1",
        reference="REF-7",
        offer_type="sale",
        price=450_000,
        created_at=now,
        first_seen_at=now,
        changed_at=now,
    )


@pytest.fixture
def lead(agency, connected, draft, estate) -> Lead:
    given = draft(
        "17",
        gender="Mme",
        email="jean@exemple.fr",
        phones=(("", "06 12 34 56 78"), ("", "call me")),
        message="Bonjour",
        language="fr-FR",
    )
    save(connected(agency), [given], Way.READ)
    Lead.objects.for_agency(agency).update(estate=estate)
    return Lead.objects.for_agency(agency).select_related("agency", "estate__connection").get()
