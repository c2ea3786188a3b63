"""What the API asks of large tables is found by an index."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from estates.catalogue.models import Estate
from estates.catalogue.paging import segments
from estates.connections.models import System
from portal.api.estates_list import _changes
from portal.api.estates_query import EstateQuery
from portal.api.lead_reading import LeadQuery, _rows
from tests.owning import owning

ROWS = 100_000
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's planner is not what is asked"),
]
ESTATES = """
    INSERT INTO catalogue_estate (agency_id, connection_id, remote_id, digest, reference, title, type, sub_type,
        offer_type, status, currency, address, city, postal_code, region, country, featured, is_project, public_url,
        images, created_at, search_text, first_seen_at, changed_at, missed)
    SELECT %s, %s, n, '', '', '', '', '', '', '', '', '', '', '', '', '', false, false, '', '[]', moment, '', moment,
        CASE WHEN n %% 500 = 0 THEN now() ELSE moment END, 0
    FROM (SELECT n, now() - n * interval '5 minutes' AS moment FROM generate_series(%s, 1, -1) n) one
"""
LEADS = """
    INSERT INTO leads_lead (agency_id, connection_id, remote_id, source, way, digest, happened_at, received_at,
        changed_at, filed_at, portal, category, intention, first_name, last_name, gender, language, email, phone,
        phones, email_key, phone_key, message, excerpt, programme_id, programme, region, classified_id,
        estate_reference, search_text, state, estate_by, person_by)
    SELECT %s, %s, n, 'aviv', 'read', '', moment, moment, moment, moment, '', '', '', '', '', '', '', '', '', '[]',
        '', '', '', '', '', '', '', '', '', '', 'new', '', ''
    FROM (SELECT n, now() - n * interval '5 minutes' AS moment FROM generate_series(%s, 1, -1) n) one
"""


def filled(statement, table, agency, account) -> None:
    with owning() as cursor:
        cursor.execute(statement, [agency.pk, account.pk, ROWS])
        cursor.execute(f"ANALYZE {table}")


@pytest.fixture
def changes(agency, connected):
    """The estates that changed since an hour ago: one of five hundred."""
    filled(ESTATES, "catalogue_estate", agency, connected(agency, System.TS_IMMO))
    asked = EstateQuery(updated_since=timezone.now() - timedelta(hours=1))
    return _changes(agency, asked).rows


class TestEstates:
    def test_a_page_of_changes(self, changes):
        page = segments(changes, EstateQuery().ordered)[0].values_list("pk", "created_at")[:51]
        assert "estate_by_change" in page.explain()

    def test_their_number(self, changes):
        assert "estate_by_change" in changes.order_by().explain()
        assert changes.count() < Estate.objects.across_agencies().count() / 100


def test_leads_of_a_week(agency, connected):
    filled(LEADS, "leads_lead", agency, connected(agency, System.AVIV))
    week = timezone.now() - timedelta(days=300)
    asked = LeadQuery(minDate=int(week.timestamp()), maxDate=int(week.timestamp()) + 7 * 86_400)
    rows = _rows(agency, asked)
    assert rows.count() > 2_000
    assert "lead_by_arrival" in rows[:101].explain()
    assert "lead_by_arrival" in rows.filter(pk__gt=rows[100]["pk"])[:101].explain()
