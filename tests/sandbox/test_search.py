"""GET /estates: paging, every filter, sorting, and what is refused."""

import pytest

from portal.sandbox.messages import Refusal
from portal.sandbox.ts_immo.folding import fold
from portal.sandbox.ts_immo.search import FILTERS, PAGING, SORTABLE, Search, parse, window


def everything(caller, **params):
    """All estates that the search gives, page after page."""
    estates, page = [], 1
    while True:
        answer = caller.get("/estates", params={"limit": 100, "page": page, **params})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        estates += body["data"]
        if page * 100 >= body["total"]:
            assert len(estates) == body["total"]
            return estates
        page += 1


def price(estate):
    return estate["financial"]["transaction"]["price"]["amount"]


def test_the_documents_seventeen_filters_and_four_parameters():
    assert len(FILTERS) == 17
    assert set(PAGING) == {"page", "limit", "orderby", "order"}


def test_answer_has_the_documents_shape(stock, caller):
    body = caller(stock).get("/estates").json()
    assert set(body) == {"data", "total", "page", "limit"}
    assert (body["total"], body["page"], body["limit"], len(body["data"])) == (500, 1, 50, 50)
    for estate in body["data"]:
        assert {"id", "reference", "type", "status", "location", "financial", "images", "created_at"} <= set(
            estate
        )
        assert {"city", "postal_code", "country"} <= set(estate["location"])
        assert set(estate["financial"]["transaction"]["price"]) == {"amount", "currency"}


def test_newest_first_by_default(stock, caller):
    created = [estate["created_at"] for estate in everything(caller(stock))]
    assert created == sorted(created, reverse=True)


def test_pages_hold_every_estate_once(stock, caller):
    estates = everything(caller(stock))
    assert len({estate["id"] for estate in estates}) == 500


def test_a_page_after_the_last_is_empty(stock, caller):
    body = caller(stock).get("/estates", params={"page": 99}).json()
    assert body == {"data": [], "total": 500, "page": 99, "limit": 50}


def test_accounts_do_not_see_each_other(stock, caller):
    martin = {estate["id"] for estate in everything(caller(stock))}
    riviera = {estate["id"] for estate in everything(caller(stock, "riviera"))}
    assert not martin & riviera


@pytest.mark.parametrize("name", ["type", "sub_type", "offer_type", "status"])
def test_open_lists_compare_as_they_stand(stock, caller, name):
    martin = caller(stock)
    whole = everything(martin)
    for value in {estate[name] for estate in whole} - {None}:
        wanted = {estate["id"] for estate in whole if estate[name] == value}
        assert {estate["id"] for estate in everything(martin, **{name: value})} == wanted
    assert everything(martin, **{name: "no such thing"}) == []


@pytest.mark.parametrize("name", ["bedrooms", "bathrooms"])
def test_counts_are_exact(stock, caller, name):
    martin = caller(stock)
    whole = everything(martin)
    for value in (1, 3):
        wanted = {estate["id"] for estate in whole if estate[name] == value}
        assert wanted
        assert {estate["id"] for estate in everything(martin, **{name: value})} == wanted


@pytest.mark.parametrize("name", ["featured", "is_project"])
def test_booleans(stock, caller, name):
    martin = caller(stock)
    yes, no = everything(martin, **{name: "true"}), everything(martin, **{name: "false"})
    assert yes
    assert all(estate[name] for estate in yes)
    assert len(yes) + len(no) == 500


def test_price_range_includes_its_ends_and_leaves_out_prices_on_request(stock, caller):
    martin = caller(stock)
    known = sorted(price(estate) for estate in everything(martin) if price(estate) is not None)
    low, high = known[50], known[200]
    found = everything(martin, min_price=low, max_price=high)
    assert len(found) == len([amount for amount in known if low <= amount <= high])
    assert everything(martin, min_price=high + 1, max_price=low) == []
    assert len(everything(martin, min_price=0)) == len(known) < 500


def test_surface_range(stock, caller):
    martin = caller(stock)
    found = everything(martin, min_surface="40", max_surface="80.5")
    wanted = [estate for estate in everything(martin) if 40 <= estate["surface"] <= 80.5]
    assert len(found) == len(wanted) > 0


@pytest.mark.parametrize("typed", ["L'Haÿ-les-Roses", "l'hay-les-roses", "L’HAY-LES-ROSES"])
def test_city_ignores_accents_case_and_the_form_of_apostrophes(stock, caller, typed):
    found = everything(caller(stock), city=typed)
    assert found
    assert {estate["location"]["city"] for estate in found} == {"L'Haÿ-les-Roses"}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("postal_code", "69004", "69004"),
        ("country", "ch", "CH"),
        ("region", "hauts-de-france", "Hauts-de-France"),
    ],
)
def test_places(stock, caller, name, value, shown):
    martin = caller(stock)
    found = everything(martin, **{name: value})
    assert found
    assert {estate["location"][name] for estate in found} == {shown}
    assert len(found) < 500


def test_query_looks_in_title_description_city_and_reference(stock, caller):
    martin = caller(stock)
    assert {estate["reference"] for estate in everything(martin, query="mart-0007")} == {"MART-0007"}
    assert everything(martin, query="VILLENEUVE-D'ASCQ")
    assert everything(martin, query="cheminee")
    for estate in everything(martin, query="péniche quai"):
        text = fold(f"{estate['title']} {estate['description']} {estate['location']['city']}")
        assert "peniche" in text
        assert "quai" in text
    assert everything(martin, query="péniche introuvable") == []


def test_filters_combine(stock, caller):
    martin = caller(stock)
    found = everything(martin, type="apartment", offer_type="sale", city="Lyon", status="available")
    assert found
    for estate in found:
        shown = (estate["type"], estate["offer_type"], estate["location"]["city"], estate["status"])
        assert shown == ("apartment", "sale", "Lyon", "available")


@pytest.mark.parametrize("orderby", SORTABLE)
@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_sorts_by_every_field_with_unknown_values_last(stock, orderby, order):
    found = stock.account("martin").results.of(Search(orderby=orderby, order=order))
    values = [estate.fact(orderby) for estate in found]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=order == "DESC")
    assert values == known + [None] * (len(values) - len(known))


def test_sorting_reaches_the_wire(stock, caller):
    amounts = [price(estate) for estate in everything(caller(stock), orderby="price", order="ASC")]
    known = [amount for amount in amounts if amount is not None]
    assert known == sorted(known)


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"limit": "101"}, "limit must not be greater than 100"),
        ({"limit": "0"}, "limit must not be less than 1"),
        ({"page": "0"}, "page must not be less than 1"),
        ({"page": "-1"}, "page must be an integer number"),
        ({"page": "1.5"}, "page must be an integer number"),
        ({"page": "٣"}, "page must be an integer number"),
        ({"page": "9" * 400}, "page must be an integer number"),
        ({"order": "desc"}, "order must be one of the following values: ASC, DESC"),
        ({"orderby": "secret"}, "orderby must be one of the following values: created_at"),
        ({"min_price": "cheap"}, "min_price must be a number"),
        ({"max_price": "NaN"}, "max_price must be a number"),
        ({"min_surface": "1e9"}, "min_surface must be a number"),
        ({"max_surface": "-4"}, "max_surface must be a number"),
        ({"bedrooms": "two"}, "bedrooms must be an integer number"),
        ({"bathrooms": ""}, "bathrooms must be an integer number"),
        ({"featured": "True"}, "featured must be a boolean value"),
        ({"is_project": "1"}, "is_project must be a boolean value"),
        ({"country": "France"}, "country must be a valid ISO31661 Alpha2 code"),
        ({"city": ""}, "city must be a string"),
        ({"query": "x" * 201}, "query must be a string"),
        ({"colour": "blue"}, "property colour should not exist"),
        ({"type": ["house", "land"]}, "type must not be given more than once"),
    ],
)
def test_bad_parameters_are_refused_with_a_list(stock, caller, params, complaint):
    answer = caller(stock).get("/estates", params=params)
    assert answer.status_code == 400
    body = answer.json()
    assert body["statusCode"] == 400
    assert body["error"] == "Bad Request"
    assert any(message.startswith(complaint) for message in body["message"])


def test_every_bad_parameter_gets_its_message(stock, caller):
    answer = caller(stock).get("/estates", params={"page": 0, "limit": 101, "order": "UP"})
    assert len(answer.json()["message"]) == 3


def test_parse_keeps_filters_in_one_order():
    one = parse([("city", "Lyon"), ("type", "house"), ("page", "2")])
    other = parse([("page", "2"), ("type", "house"), ("city", "LYON")])
    assert one == other
    assert one.page == 2
    with pytest.raises(Refusal) as refused:
        parse([("page", "x")])
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("total", "page", "limit", "overlap", "expected"),
    [
        (10, 1, 4, 0, (0, 4)),
        (10, 3, 4, 0, (8, 10)),
        (10, 9, 4, 0, (32, 10)),
        (10, 2, 4, 1, (3, 7)),
        (0, 1, 4, 0, (0, 0)),
    ],
)
def test_window(total, page, limit, overlap, expected):
    assert window(total, Search(page=page, limit=limit), overlap) == expected


def test_results_are_found_anew_after_a_change(box):
    account = box.account("martin")
    search = Search()
    before = account.results.of(search)
    assert account.results.of(search) is before
    account.remove(before[0].id)
    assert account.results.of(search) == before[1:]


def test_only_some_results_are_kept(box):
    results = box.account("martin").results
    kept = results.of(Search())
    for bedrooms in range(20):
        results.of(Search((("bedrooms", bedrooms),)))
    assert results.of(Search()) is not kept
