from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.connections.models import Connection
from estates.jobs.models import Job
from estates.leads.models import Lead, OfficeHours
from estates.syndication.models import Listing, Plan
from portal.needs import needs_of
from portal.pictures.estates import estates_of
from portal.pictures.jobs import by_day as jobs_by_day
from portal.pictures.leads import answers_of, by_day
from portal.pictures.stacked import HEIGHT
from portal.pictures.syndication import syndication_of

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
    add(agency, timedelta(days=29, hours=10), source="marketing_lab")
    add(agency, timedelta(days=30))
    add(agency, -timedelta(days=2))
    add(other_agency, timedelta(minutes=5))
    found = by_day(agency, 30)
    assert [part.label for part in found.series] == ["AVIV Seeker Leads", "marketing-lab"]
    assert [day.numbers for day in found.days] == [[0, 1], *[[0, 0]] * 27, [0, 1], [2, 0]]
    assert (found.total, found.most, len(found.days)) == (4, 2, 30)
    assert found.named[-1].isoformat() == "2026-11-03"


def test_bars_stand_on_each_other_and_fit(agency, add):
    for source, number in (("aviv", 3), ("marketing_lab", 1)):
        for _ in range(number):
            add(agency, timedelta(minutes=1), source=source)
    lower, upper = by_day(agency, 90).days[-1].blocks
    assert (lower.top + lower.height, upper.top + upper.height) == (HEIGHT, lower.top)
    assert upper.top == 0


def test_answers_are_counted_by_how_long_they_took(agency, other_agency, add):
    for came, answered in (
        ("03T09:00", "03T10:00"),  # within an hour
        ("02T18:20", "03T09:10"),  # over night: 20 minutes
        ("01T11:00", "02T08:00"),  # a Sunday
        ("02T16:30", "03T09:01"),  # two hours and a minute
        ("02T09:00", "02T18:30"),  # eight hours: a day with its lunch
        ("02T09:00", "03T09:30"),  # eight and a half
    ):
        came, answered = (datetime.fromisoformat(f"2026-11-{at}+01:00") for at in (came, answered))
        add(agency, NOW - came, state="contacted", answered_at=answered)
    add(agency, timedelta(days=20), state="contacted", answered_at=NOW)
    add(agency, timedelta(hours=1))
    add(agency, timedelta(hours=1), state="spam")
    add(agency, timedelta(days=40))
    add(other_agency, timedelta(hours=1))
    found = answers_of(agency, 30)
    assert [bar.number for bar in found.bars] == [3, 1, 1, 1, 1, 1]
    assert str(found.bars[-1].label) == "not yet"
    assert (found.in_time, found.answered, found.target) == (3, 7, 3600)
    assert answers_of(agency, 90).bars[-1].number == 2


def test_the_target_and_the_hours_are_the_agency_s_own(agency, add, browser):
    add(agency, timedelta(hours=1.5), state="contacted", answered_at=NOW)
    OfficeHours.objects.create(agency=agency, week=[[["10:00", "12:00"]]] * 7, target_minutes=25)
    assert answers_of(agency, 30).in_time == 0
    OfficeHours.objects.across_agencies().update(target_minutes=30)
    assert answers_of(agency, 30).in_time == 1
    seen_by = {
        role: browser(agency, role).get("/agencies/martin/pictures/leads/").text
        for role in (Role.MANAGER, Role.VIEWER)
    }
    assert all("1 of 1 answered lead within your target of 30\u202fmin" in part for part in seen_by.values())
    assert ["/agencies/martin/leads/hours/" in part for part in seen_by.values()] == [True, False]


def test_the_picture_of_leads_has_a_table_and_a_switch_that_is_in_the_url(agency, add, browser):
    add(agency, timedelta(minutes=5))
    client = browser(agency, Role.VIEWER)
    part = client.get("/agencies/martin/pictures/leads/").text
    assert "1 lead in the last 30 days" in part
    assert '<rect class="series-0"' in part
    assert '<th scope="row">Nov. 3, 2026</th>' in part
    assert 'hx-push-url="/agencies/martin/?days=90"' in part
    assert 'hx-get="/agencies/martin/pictures/leads/?days=90"' in client.get("/agencies/martin/?days=90").text
    assert "1 lead in the last 90 days" in client.get("/agencies/martin/pictures/leads/?days=90").text
    assert "in the last 30 days" in client.get("/agencies/martin/pictures/leads/?days=9000").text


def test_without_leads_it_says_so(agency, browser):
    part = browser(agency).get("/agencies/martin/pictures/leads/").text
    assert "No lead came in the last 30 days." in part
    assert "<svg viewBox" not in part


def test_estates_are_counted_by_the_remotes_words(agency, other_agency):
    making = [("available", "house", None)] * 3 + [("en_attente", "house", None), ("available", "", NOW)]
    for number, (status, kind, gone) in enumerate(making):
        _estate(agency, number, status=status, type=kind, gone_at=gone)
    _estate(other_agency, 1, status="sold")
    found = estates_of(agency)
    assert [(bar.label, bar.number) for bar in found["by_status"]] == [("Available", 3), ("En attente", 1)]
    assert [(bar.number, bar.most) for bar in found["by_type"]] == [(4, 4)]
    assert found["by_status"][0].url == "/agencies/martin/estates/?status=available"
    assert found["total"] == 4


def test_listings_of_all_plans_are_counted_by_how_they_stand(agency, other_agency):
    for number, (of, stage) in enumerate(
        ((agency, "refused"), (agency, "held"), (agency, "refused"), (other_agency, "held"))
    ):
        connection = Connection.objects.create(agency=of, system="seeki", label=str(number))
        plan = Plan.objects.create(agency=of, connection=connection)
        Listing.objects.create(agency=of, plan=plan, external_id="1", wanted=True, stage=stage)
    found = syndication_of(agency)["bars"]
    assert [(str(bar.label), bar.number) for bar in found] == [("Refused", 2), ("Held back", 1)]


def test_jobs_are_counted_by_day_and_end(agency, other_agency, browser):
    for of, status in ((agency, "done"), (agency, "failed"), (agency, "running"), (other_agency, "done")):
        Job.objects.create(agency=of, kind="catalogue.sync", status=status)
    assert [day.numbers for day in jobs_by_day(agency).days][-2:] == [[0, 0, 0, 0], [1, 1, 0, 1]]
    part = browser(agency, Role.VIEWER).get("/agencies/martin/pictures/jobs/").text
    assert '<rect class="series-failed"' in part
    assert "As a table" in part


def _estate(agency, number: int, **fields) -> Estate:
    connection, _ = Connection.objects.across_agencies().get_or_create(
        agency=agency, system="ts_immo", defaults={"label": "x"}
    )
    known = {"created_at": NOW, "first_seen_at": NOW, "changed_at": NOW, "digest": b""}
    return Estate.objects.create(
        agency=agency, connection=connection, remote_id=str(number), **known, **fields
    )
