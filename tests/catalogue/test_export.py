import csv
import io
from datetime import UTC, datetime

import pytest
from django.utils import translation
from openpyxl import load_workbook

from estates.catalogue.export import COLUMNS, header, rows
from estates.catalogue.paging import Order
from estates.catalogue.search import Search
from estates.catalogue.spreadsheets import file_name, write_csv, write_xlsx


@pytest.fixture
def stock(agency, other_agency, add_estate):
    add_estate(agency, reference="=1+1", title="+33 @ a\x01b", price="450000.50", surface=48, featured=True)
    add_estate(
        agency,
        reference="B",
        title="Élan",
        gone_at=None,
        city="Lyon",
        created_at=datetime(2026, 7, 1, tzinfo=UTC),
    )
    add_estate(agency, reference="C", price=3)
    add_estate(other_agency, reference="theirs")
    return agency


def sheet(lines):
    with write_xlsx(header(), lines, "estates") as file:
        return load_workbook(io.BytesIO(file.read()))["Estates"]


def table(lines):
    text = b"".join(write_csv(header(), lines)).decode()
    assert text.startswith("\ufeff")
    return text[1:]


def test_a_workbook_has_texts_as_texts_and_numbers_as_numbers(stock):
    page = sheet(rows(stock, Search(order=Order("price"))))
    assert page.freeze_panes == "A2"
    assert [cell.value for cell in page[1]] == header()
    line = {name: page.cell(2, at + 1) for at, name in enumerate(COLUMNS)}
    assert (line["reference"].value, line["reference"].data_type) == ("=1+1", "s")
    assert line["title"].value == "+33 @ ab"
    assert (line["price"].value, line["price"].data_type) == (450000.5, "n")
    assert line["featured"].value == "Yes"
    assert line["created_at"].value == datetime(2026, 1, 2, 9, 0)  # noqa: DTZ001  # a spreadsheet knows no zones
    assert page.max_row == 4


def test_the_order_and_the_filters_are_those_of_the_page(stock):
    order = [line[0] for line in rows(stock, Search(order=Order("price", False)))]
    assert order == ["C", "=1+1", "B"]
    assert [line[0] for line in rows(stock, Search({"query": "elan"}))] == ["B"]
    assert [line[0] for line in rows(stock, Search({"city": "lyon"}))] == ["B"]


def test_a_csv_file_holds_no_formula(stock):
    lines = list(csv.reader(io.StringIO(table(rows(stock, Search(order=Order("price")))))))
    assert lines[0] == header()
    assert lines[1][0] == "'=1+1"
    assert lines[1][1].startswith("'+33")
    assert lines[1][COLUMNS.index("price")] == "450000.50"
    assert all(not value.startswith(("=", "+", "-", "@")) for line in lines for value in line)


def test_a_french_csv_file_has_semicolons_and_decimal_commas(stock):
    with translation.override("fr"):
        lines = list(csv.reader(io.StringIO(table(rows(stock, Search(order=Order("price"))))), delimiter=";"))
    assert lines[1][COLUMNS.index("price")] == "450000,50"


def test_an_export_is_capped_and_says_so(stock):
    lines = list(rows(stock, Search(), most=2))
    assert len(lines) == 3
    assert lines[2] == ("Only the first 2 estates are in this file.",)
    assert len(list(rows(stock, Search(), most=3))) == 3
    assert sheet(iter(lines)).max_row == 4


def test_files_are_named_after_the_agency_and_the_day(agency):
    assert file_name(agency, "csv").startswith("martin-20")
    assert file_name(agency, "csv").endswith(".csv")
