import csv
from datetime import datetime, timedelta
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from accounts.models import AuditEntry
from estates.catalogue.spreadsheets import write_csv
from estates.leads.inbox import export
from estates.leads.inbox.search import NEWEST, Search
from tests.leads.inbox.conftest import MORNING

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "=cmd|' /C calc'!A0")
ALL = Search("all", order=NEWEST)


def workbook(client, **asked):
    answer = client.get("/agencies/martin/leads/export.xlsx", {"tab": "all", **asked})
    return load_workbook(BytesIO(answer.getvalue())).active


def table(client, **asked):
    answer = client.get("/agencies/martin/leads/export.csv", {"tab": "all", **asked})
    return list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


def column(lines, title):
    return [line[lines[0].index(title)] for line in lines[1:]]


def test_a_file_holds_the_list_in_its_order(agency, other_agency, browser, add_lead, add_estate, member):
    add_lead(agency, last_name="Roux", portal="A", phones=(("", "06 12 34 56 78"),), state="visit")
    add_lead(agency, last_name="Blanc", portal="A", estate=add_estate(agency), assignee=member(agency))
    add_lead(agency, last_name="Elsewhere", portal="B")
    add_lead(other_agency, last_name="Theirs", portal="A")
    lines = table(browser(agency), portal="A")
    assert lines[0] == export.header()
    assert column(lines, "Last name") == ["Blanc", "Roux"]
    assert column(lines, "Phone") == ["", "06 12 34 56 78"]
    assert column(lines, "State") == ["New", "Visit"]
    assert column(lines, "Source") == ["marketing-lab"] * 2
    assert column(lines, "In charge") == [str(member(agency)), ""]
    assert column(lines, "Estate") == ["REF-1", ""]
    assert column(lines, "When")[1] == "2026-11-03 10:31", "in the agency's time zone"


def test_numbers_are_texts_and_moments_are_moments(agency, browser, add_lead):
    add_lead(agency, phones=(("", "0612345678"),), happened_at=MORNING)
    sheet = workbook(browser(agency))
    titles = [cell.value for cell in sheet[1]]
    phone = sheet.cell(2, titles.index("Phone") + 1)
    assert (phone.value, phone.data_type) == ("06 12 34 56 78", "s")
    assert sheet.cell(2, 1).value == datetime(2026, 11, 3, 10, 30)  # noqa: DTZ001  # a spreadsheet knows no zones


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_is_a_formula(agency, browser, add_lead, formula):
    texts = ("portal", "category", "intention", "programme", "region", "estate_reference", "message")
    add_lead(
        agency, first_name=formula, last_name=formula, email=formula, phones=(("", formula),),
        **dict.fromkeys(texts, formula),
    )  # fmt: skip
    sheet = workbook(browser(agency))
    assert {cell.data_type for cell in sheet[2] if isinstance(cell.value, str)} == {"s"}
    (_, line) = table(browser(agency))
    assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@", "\t", "＝"))]


def test_a_message_that_is_too_long_for_a_cell_is_cut(agency, browser, add_lead):
    add_lead(agency, message="é" * 1_000_000)
    titles = [cell.value for cell in workbook(browser(agency))[1]]
    assert len(workbook(browser(agency)).cell(2, titles.index("Message") + 1).value) == export.MESSAGE
    assert len(column(table(browser(agency)), "Message")[0]) == export.MESSAGE


def test_what_cannot_be_dialled_stands_as_it_came(agency, browser, add_lead):
    add_lead(agency, phones=(("", "appelez le 12 au soir"),))
    assert column(table(browser(agency)), "Phone") == ["appelez le 12 au soir"]


def test_an_export_is_capped_and_says_so(agency, add_lead):
    for number in range(3):
        add_lead(agency, happened_at=MORNING + timedelta(days=number))
    lines = list(export.rows(agency, ALL, most=2))
    assert lines[2] == ("Only the first 2 leads are in this file.",)
    assert len(lines) == 3
    assert len(b"".join(write_csv(export.header(), iter(lines))).splitlines()) == 4
    assert len(list(export.rows(agency, ALL, most=3))) == 3


def test_the_trace_tells_how_many_by_which_filters_and_no_words(agency, browser, add_lead):
    add_lead(agency, last_name="Roux", portal="A")
    table(browser(agency), portal="A", query="roux")
    (entry,) = AuditEntry.objects.for_agency(agency)
    assert (entry.action, entry.detail) == ("leads.exported", {"leads": 1, "query": "portal=A&tab=all"})


def test_erased_people_are_in_no_file(agency, browser, add_lead):
    add_lead(agency, last_name="", first_name="", erased_at=MORNING)
    add_lead(agency, last_name="Roux")
    assert column(table(browser(agency)), "Last name") == ["Roux"]
