from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.roles import Role
from estates.connections.models import Connection
from estates.leads.models import Lead
from portal.leads_card import DAYS, HEIGHT, leads_of
from portal.needs import needs_of

# A Tuesday, 10:30 in Paris.
NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def add(db):
    def add(agency, ago: timedelta, source="aviv", **fields) -> Lead:
        connection, _ = Connection.objects.across_agencies().get_or_create(
            agency=agency, system=source, defaults={"label": source}
        )
        number = Lead.objects.across_agencies().count()
        moment = NOW - ago
        return Lead.objects.create(
            agency=agency, connection=connection, remote_id=str(number), source=source, way="read", digest="",
            happened_at=moment, received_at=moment, changed_at=moment, **fields,
        )  # fmt: skip

    return add


def test_who_waits_beyond_the_target_is_counted_in_working_time(agency, other_agency, add):
    add(agency, timedelta(minutes=59))
    add(agency, timedelta(minutes=61))
    add(agency, timedelta(hours=20))
    add(agency, timedelta(hours=20), state="won")
    add(agency, timedelta(hours=20), erased_at=NOW)
    add(other_agency, timedelta(hours=20))
    (need,) = needs_of(agency)
    assert need.sentence == (
        "2 leads wait for an answer for longer than you mean to let wait, the first for 20\xa0hours."
    )
    assert need.url == "/agencies/martin/leads/"


def test_a_night_is_no_waiting(agency, add):
    with time_machine.travel(datetime(2026, 11, 3, 8, 30, tzinfo=UTC), tick=False):
        add(agency, timedelta(hours=13))
        assert needs_of(agency) == []


def test_the_days_are_those_of_the_agency_s_calendar(agency, other_agency, add):
    add(agency, timedelta(minutes=5))
    add(agency, timedelta(hours=10, minutes=20))  # 00:10 in Paris, the day before in UTC
    add(agency, timedelta(hours=10, minutes=40), source="marketing_lab")
    add(agency, timedelta(days=13, hours=10), source="marketing_lab")
    add(agency, timedelta(days=14))
    add(agency, -timedelta(days=2))
    add(other_agency, timedelta(minutes=5))
    found = leads_of(agency)
    assert found["sources"] == ["AVIV Seeker Leads", "marketing-lab"]
    assert [day.numbers for day in found["days"]] == [[0, 1], *[[0, 0]] * 11, [0, 1], [2, 0]]
    assert (found["all"], found["most"], len(found["days"])) == (4, 2, DAYS)
    assert found["days"][-1].day.isoformat() == "2026-11-03"


def test_bars_stand_on_each_other_and_fit(agency, add):
    for source, number in (("aviv", 3), ("marketing_lab", 1)):
        for _ in range(number):
            add(agency, timedelta(minutes=1), source=source)
    lower, upper = leads_of(agency)["days"][-1].blocks
    assert (lower.top + lower.height, upper.top + upper.height) == (HEIGHT, lower.top)
    assert upper.top == 0


def test_the_dashboard_shows_picture_and_table(agency, add, browser):
    add(agency, timedelta(minutes=5))
    page = browser(agency, Role.VIEWER).get("/agencies/martin/").text
    assert "1 lead in the last 14 days" in page
    assert '<rect class="series-0"' in page
    assert '<th scope="row">Nov. 3, 2026</th>' in page


def test_without_leads_there_is_no_picture(agency, browser):
    assert 'class="days"' not in browser(agency).get("/agencies/martin/").text
