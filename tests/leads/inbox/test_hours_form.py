from datetime import date

import pytest

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.leads.inbox.hours_form import HoursForm
from estates.leads.inbox.office import change_hours, clock_of, hours_of, office_of
from estates.leads.models import OfficeHours

pytestmark = pytest.mark.django_db
GOOD = {"day0": "9:00-12:30, 14:00-18:30", "holidays": "on", "target_minutes": "30"}


def given(**typed):
    form = HoursForm(GOOD | typed, OfficeHours())
    return form.given if form.is_valid() else form.errors


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("9:00-12:30, 14:00-18:30", [["09:00", "12:30"], ["14:00", "18:30"]]),
        ("9h-12h30; 14h00 – 18h30", [["09:00", "12:30"], ["14:00", "18:30"]]),
        ("09.00-12", [["09:00", "12:00"]]),
        ("", []),
        (" , ", []),
    ],
)
def test_hours_are_read_as_people_write_them(typed, spans):
    assert given(day0=typed)["week"] == [spans, [], [], [], [], [], []]


@pytest.mark.parametrize(
    "typed",
    [
        "9:00",
        "12-9",
        "9-12, 11-14",
        "25:00-26:00",
        "9-12-14",
        "morning",
        "9-9",
        "9:75-10",
        "1-2,3-4,5-6,7-8,9-10",
    ],
)
def test_what_are_no_hours_is_said_at_its_day(typed):
    assert "day0" in given(day0=typed)


@pytest.mark.parametrize(
    ("typed", "closed"),
    [
        ("24/12/2026 – 02/01/2027", [["2026-12-24", "2027-01-02"]]),
        (
            "24/12/2026 au 02/01/2027\n\n2026-08-15",
            [["2026-08-15", "2026-08-15"], ["2026-12-24", "2027-01-02"]],
        ),
        ("2026-12-24 - 2026-12-26", [["2026-12-24", "2026-12-26"]]),
        ("01.05.2026", [["2026-05-01", "2026-05-01"]]),
        ("", []),
    ],
)
def test_closing_days_are_read_as_people_write_them(typed, closed):
    assert given(closed=typed)["closed"] == closed


@pytest.mark.parametrize(
    "typed", ["Christmas", "31/02/2026", "02/01/2027 – 24/12/2026", "1/1/2026 – 2/1/2026 – 3/1/2026"]
)
def test_what_is_no_day_is_said(typed):
    assert "closed" in given(closed=typed)


def test_what_is_stored_comes_back_as_it_is_typed():
    office = OfficeHours(closed=[["2026-12-24", "2027-01-02"], ["2027-05-07", "2027-05-07"]])
    form = HoursForm(None, office)
    typed = {name: form.initial.get(name, "") for name in form.fields}
    assert typed["closed"] == "24/12/2026 – 02/01/2027\n07/05/2027"
    again = HoursForm(typed, office)
    assert again.is_valid(), again.errors
    assert again.given == {
        "week": office.week, "closed": office.closed, "holidays": True, "target_minutes": 60,
    }  # fmt: skip


def test_an_agency_has_the_usual_hours_until_it_says_others(agency, other_agency, member):
    assert hours_of(office_of(agency), agency).is_open_on(date(2026, 11, 3))
    change_hours(agency, member(agency), week=[[]] * 7, holidays=False, closed=[], target_minutes=5)
    assert not hours_of(office_of(agency), agency).is_open_on(date(2026, 11, 3))
    assert clock_of(agency).target == 300
    assert clock_of(other_agency).target == 3600
    change_hours(agency, member(agency), week=[[]] * 7, holidays=False, closed=[], target_minutes=6)
    assert OfficeHours.objects.for_agency(agency).count() == 1
    assert AuditEntry.objects.for_agency(agency).latest("number").action == "leads.hours_set"


def test_managers_change_the_hours_and_what_is_wrong_stays_typed(agency, browser):
    manager = browser(agency, Role.MANAGER)
    assert "09:00-12:30, 14:00-18:30" in manager.get("/agencies/martin/leads/hours/").text
    wrong = manager.post("/agencies/martin/leads/hours/", GOOD | {"day1": "<b>noon</b>"})
    assert wrong.status_code == 422
    assert "&lt;b&gt;noon&lt;/b&gt;" in wrong.text
    assert manager.post("/agencies/martin/leads/hours/", GOOD).status_code == 302
    assert office_of(agency).target_minutes == 30
    assert browser(agency, Role.AGENT).get("/agencies/martin/leads/hours/").status_code == 403
