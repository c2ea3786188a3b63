import pytest

from estates.catalogue.models import Estate
from estates.catalogue.paging import ORDERS, Mark, Order, page_of, read_mark, write_mark

ALL = [Order(column, descending) for column in ORDERS for descending in (True, False)]


@pytest.fixture
def estates(agency, add_estate):
    """Eleven estates, of which some share a value and some have none."""
    for number in range(11):
        value = None if number % 4 == 3 else number // 2
        add_estate(
            agency, price=value, surface=value, city="" if value is None else f"City {value}",
            updated_at=None if value is None else f"2026-01-0{value + 1}T10:00:00.5Z",
        )  # fmt: skip
    return Estate.objects.for_agency(agency)


def forwards(estates, order, size):
    cursor, pages = "", []
    while True:
        page = page_of(estates, order, cursor, size)
        pages.append(page)
        cursor = page.after
        if not cursor:
            return pages


@pytest.mark.parametrize("order", ALL)
def test_pages_hold_every_estate_once_and_in_order(estates, order):
    whole = page_of(estates, order, "", 100)
    assert (whole.before, whole.after) == ("", "")
    pages = forwards(estates, order, 3)
    assert [key for page in pages for key in page.keys] == whole.keys
    assert sorted(whole.keys) == sorted(estates.values_list("pk", flat=True))
    assert pages[0].before == ""


@pytest.mark.parametrize("order", ALL)
def test_going_back_shows_the_same_pages(estates, order):
    pages = forwards(estates, order, 4)
    assert [len(page.keys) for page in pages] == [4, 4, 3]
    assert page_of(estates, order, pages[2].before, 4).keys == pages[1].keys
    middle = page_of(estates, order, pages[2].before, 4)
    assert page_of(estates, order, middle.before, 4).keys == pages[0].keys
    assert page_of(estates, order, middle.before, 4).before == ""
    assert page_of(estates, order, middle.after, 4).keys == pages[2].keys


@pytest.mark.parametrize("order", ALL)
def test_values_that_are_lacking_come_last(estates, order):
    lacking = ORDERS[order.column]
    if lacking is not None:
        without = set(estates.filter(lacking).values_list("pk", flat=True))
        assert set(page_of(estates, order, "", 100).keys[-2:]) == without


def test_a_new_estate_shifts_no_page(estates, agency, add_estate):
    first = page_of(estates, Order(), "", 4)
    add_estate(agency)
    second = page_of(estates, Order(), first.after, 4)
    assert not set(first.keys) & set(second.keys)
    assert len(second.keys) == 4


@pytest.mark.parametrize(
    "cursor", ["x", "a:b", "é\ud83d".encode("utf-8", "replace").decode(), "W10:" + "x" * 40]
)
def test_a_damaged_cursor_is_the_first_page(estates, cursor):
    assert page_of(estates, Order(), cursor, 4) == page_of(estates, Order(), "", 4)


def test_a_cursor_of_another_order_is_not_taken(estates):
    cursor = page_of(estates, Order("price"), "", 4).after
    assert read_mark(cursor, Order("surface")) is None
    assert read_mark(cursor, Order("price", False)) is None
    assert page_of(estates, Order("surface"), cursor, 4) == page_of(estates, Order("surface"), "", 4)


def test_a_cursor_nobody_signed_is_not_taken(estates):
    cursor = write_mark(Order(), Mark(False, "2026-01-01", 1))
    assert read_mark(cursor, Order()) is not None
    assert read_mark(cursor[:-1] + ("A" if cursor[-1] != "A" else "B"), Order()) is None


def test_behind_the_end_is_an_empty_page_without_neighbours(agency, estates):
    last = forwards(estates, Order(), 4)[-1]
    cursor = write_mark(Order(), Mark(False, "2020-01-01T00:00:00Z", last.keys[-1]))
    assert page_of(estates, Order(), cursor, 4).keys == []
