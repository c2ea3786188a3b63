"""Exports of estates whose texts are formulas, and exports that nobody waits for to their end."""

import csv
import tempfile
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from estates.catalogue.export import COLUMNS
from estates.catalogue.models import Estate
from estates.catalogue.spreadsheets import write_xlsx

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "=cmd|' /C calc'!A0",
)
TEXTS = tuple(
    name
    for name in COLUMNS
    if Estate._meta.get_field(name).get_internal_type() in ("CharField", "TextField") and name != "currency"
)


@pytest.fixture
def loaded(agency, add_estate):
    """One estate for each formula, which stands in every column of text."""

    def load(formula: str) -> None:
        add_estate(agency, **dict.fromkeys(TEXTS, formula), currency=formula[:8])

    return load


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_is_a_formula_in_csv(agency, browser, loaded, formula):
    loaded(formula)
    text = browser(agency).get("/agencies/martin/estates/export.csv").getvalue().decode("utf-8-sig")
    line = list(csv.reader(StringIO(text, newline="")))[1]
    cells = [line[COLUMNS.index(name)] for name in TEXTS]
    assert cells == [f"'{formula}"] * len(TEXTS)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_is_a_formula_in_xlsx(agency, browser, loaded, formula):
    loaded(formula)
    sheet = load_workbook(
        BytesIO(browser(agency).get("/agencies/martin/estates/export.xlsx").getvalue())
    ).active
    cells = [sheet.cell(2, COLUMNS.index(name) + 1) for name in TEXTS]
    assert {cell.data_type for cell in cells} == {"s"}


@pytest.fixture
def scratch(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_download_that_is_broken_off_leaves_no_file(agency, browser, add_estate, scratch):
    for _ in range(20):
        add_estate(agency)
    for extension in ("xlsx", "csv"):
        answer = browser(agency).get(f"/agencies/martin/estates/export.{extension}")
        next(iter(answer.streaming_content))
        for (
            close
        ) in answer._resource_closers:  # as a server does; `close` itself would end the test's transaction
            close()
        assert list(scratch.iterdir()) == []


def test_a_workbook_that_fails_in_the_middle_leaves_no_file(db, scratch):
    def lines():
        yield ("first",)
        raise ConnectionError("the database is away")

    with pytest.raises(ConnectionError):
        write_xlsx(["a"], lines(), "estates")
    assert list(scratch.iterdir()) == []


def test_moments_before_a_spreadsheet_s_time_are_written(agency, browser, add_estate):
    """In an agency west of Greenwich, 1900 begins in 1899."""
    agency.time_zone = "America/New_York"
    agency.save()
    add_estate(
        agency, updated_at=datetime(1900, 1, 1, tzinfo=UTC), created_at=datetime(2200, 12, 31, tzinfo=UTC)
    )
    for extension in ("xlsx", "csv"):
        assert browser(agency).get(f"/agencies/martin/estates/export.{extension}").getvalue()
