"""Driving a running sandbox: forms and JSON, local callers only, the page that shows what came in."""

import pytest
import requests

from portal.sandbox.control import ACTIONS
from portal.sandbox.inbox import BODY_BYTES, KEPT, Inbox
from portal.sandbox.pages import masked


@pytest.fixture
def drive(box):
    """`drive("prices", account="martin")` posts JSON; `form=True` a form."""

    def post(action, *, form=False, headers=None, **fields):
        sent = {"data": fields} if form else {"json": fields}
        url = f"{box.url}/__sandbox/{action}"
        return requests.post(url, **sent, headers=headers, timeout=10, allow_redirects=False)

    return post


def test_a_fault_by_form_goes_back_to_the_page(box, drive, martin):
    answer = drive("faults", form=True, kind="throttled", operation="estate", times="2", value="9")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    [fault] = box.dial.current()
    assert (fault.kind, fault.operation, fault.times, fault.value) == ("throttled", "estate", 2, "9")
    page = requests.get(box.url, timeout=10).text
    assert "throttled" in page


def test_a_fault_by_json_and_clearing(box, drive, martin):
    assert drive("faults", kind="error_500", method="get", path="*/estates", times=None, value=3).json() == {
        "done": "error_500"
    }
    assert martin.get("/estates").status_code == 500
    assert drive("faults/clear").json() == {"done": 0}
    assert martin.get("/estates").status_code == 200


def test_prices_removal_addition(box, drive):
    account = box.account("riviera")
    priced = sum(estate.price is not None for estate in account.estates)
    assert drive("prices", account="riviera", percent=50).json() == {"done": round(priced / 2)}
    first = account.estates[0].id
    assert drive("remove", account="riviera", count=3).json() == {"done": 3}
    assert account.stock.get(first) is None
    assert drive("add", account="riviera", count="5").json() == {"done": 5}
    assert len(account.stock) == 42
    assert len(box.account("martin").stock) == 40


def test_empty_and_shift(box, drive, martin):
    assert drive("empty", account="martin").json() == {"done": True}
    assert martin.get("/estates").json()["total"] == 0
    assert drive("empty", form=True, account="martin", on="false").status_code == 303
    assert drive("shift", account="martin", by=2).json() == {"done": 2}
    martin.get("/estates")
    assert martin.get("/estates").json()["total"] == 42


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("faults", {"kind": "unheard_of"}, 400),
        ("faults", {}, 400),
        ("faults", {"kind": "slow", "times": "-1"}, 400),
        ("faults", {"kind": "slow", "times": "many"}, 400),
        ("faults", {"kind": "redirect", "value": "a\nb"}, 400),
        ("prices", {"account": "martin", "percent": "101"}, 400),
        ("prices", {"account": "martin", "percent": "nan"}, 400),
        ("prices", {"account": "nobody"}, 404),
        ("remove", {}, 404),
        ("remove", {"account": "martin", "count": "0"}, 400),
        ("add", {"account": "martin", "count": "100001"}, 400),
        ("shift", {"account": "martin", "by": "x"}, 400),
        ("destroy", {}, 404),
        ("", {}, 404),
    ],
)
@pytest.mark.parametrize("form", [True, False])
def test_nonsense_is_refused_and_changes_nothing(box, drive, action, fields, status, form):
    answer = drive(action, form=form, **fields)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert box.dial.current() == []
    assert len(box.account("martin").stock) == 40


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"[1]", "application/json"), (b"{", "application/json"), (b"\xff", "x/y"), (b"&a" * 99, "x/y")],
)
def test_bodies_that_are_neither_form_nor_object_are_400(box, body, kind):
    answer = requests.post(f"{box.url}/__sandbox/add", data=body, headers={"Content-Type": kind}, timeout=10)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_web_pages_elsewhere_cannot_drive_it(box, drive, headers):
    assert drive("add", form=True, headers=headers, account="martin").status_code == 403
    assert len(box.account("martin").stock) == 40


@pytest.mark.parametrize("headers", [{"Host": "["}, {"Origin": "http://["}])
def test_malformed_callers_are_400(drive, headers):
    assert drive("add", headers=headers, account="martin").status_code == 400


def test_the_page_offers_every_kind_operation_and_action(box):
    page = requests.get(box.url, timeout=10).text
    for kind in box.dial.kinds:
        assert f'<option value="{kind}">' in page
    for route in box.ts_immo.router.routes:
        assert f'<option value="{route.operation}">' in page
    for action in ACTIONS:
        assert f'action="/__sandbox/{action}"' in page


def test_its_own_page_can(box, drive):
    assert drive("add", form=True, headers={"Origin": box.url}, account="martin").status_code == 303


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/__sandbox/faults", 405),
        ("POST", "/", 404),
        ("GET", "/nothing", 404),
        ("POST", "/__sandbox/state", 404),
    ],
)
def test_wrong_verbs_and_paths(box, method, path, status):
    assert requests.request(method, box.url + path, timeout=10).status_code == status


def test_state_has_numbers_and_no_key(box, martin):
    martin.post("/sites/replay")
    martin.post(
        "/sites/activate", json={"domain": "x.fr", "plugin_auth_key": box.account("martin").plugin_auth_key}
    )
    answer = requests.get(f"{box.url}/__sandbox/state", timeout=10)
    account = answer.json()["accounts"]["martin"]
    assert (account["estates"], account["full_replays"], account["sites"]) == (40, 1, 1)
    assert answer.json()["received"] == 2
    for secret in box.ts_immo.secrets():
        assert secret not in answer.text


def test_what_was_received_is_recorded(box, martin, caller):
    martin.get("/estates", params={"city": "Écully", "limit": 5})
    martin.post("/sites/deactivate", json={"domain": "x.fr"})
    caller(box, key="tsi_unknown_key_9876").get("/nowhere")
    caller(box, key="").get("/estates")
    search, deactivation, unknown, anonymous = box.received
    assert (search.system, search.operation, search.method, search.status) == (
        "ts_immo",
        "search_estates",
        "GET",
        200,
    )
    assert search.query == "city=%C3%89cully&limit=5"
    assert search.account == "Agence Martin"
    assert search.milliseconds > 0
    assert deactivation.json() == {"domain": "x.fr"}
    assert deactivation.status == 404
    assert (unknown.operation, unknown.status, unknown.account) == ("", 404, "unknown key …9876")
    assert anonymous.account == "no key"


def test_the_log_is_bounded():
    inbox = Inbox()
    for number in range(KEPT + 5):
        inbox.add(number)
    assert len(inbox) == KEPT
    assert next(iter(inbox)) == 5
    inbox.clear()
    assert list(inbox) == []


def test_long_bodies_are_cut_in_the_log(box, martin):
    martin.post("/sites/deactivate", json={"domain": "x" * 50_000})
    assert len(box.received[0].body) == BODY_BYTES


def test_the_page_escapes_what_it_shows(box, martin):
    martin.get("/estates", params={"query": "<script>alert(1)</script>"})
    martin.put("/estates/<b>x</b>/url", data='{"url": "<img src=x onerror=alert(2)>"}')
    box.fault("redirect", value='"><script>alert(3)</script>')
    answer = requests.get(box.url, timeout=10)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert "<b>" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "&lt;script&gt;alert(3)" in answer.text


def test_the_page_shows_no_key(box, martin, caller):
    account = box.account("martin")
    martin.post("/sites/activate", json={"domain": "x.fr", "plugin_auth_key": account.plugin_auth_key})
    martin.get("/estates", params={"query": account.key})
    page = requests.get(box.url, timeout=10).text
    assert "Agence Martin" in page
    assert f"…{account.key[-4:]}" in page
    for secret in box.ts_immo.secrets():
        assert secret not in page


def test_the_page_shows_the_newest_two_hundred_first(box, martin):
    for number in range(205):
        martin.get("/estates", params={"limit": 1, "page": number + 1})
    page = requests.get(box.url, timeout=10).text
    assert page.count("<td>Agence Martin</td>") == 200
    assert page.index("page=205") < page.index("page=204")
    assert "page=5<" not in page


def test_clearing_the_log(box, drive, martin):
    martin.get("/estates")
    drive("received/clear")
    assert box.received == []
    assert "Nothing yet." in requests.get(box.url, timeout=10).text


def test_masking():
    assert masked("a=tsi_secret_1234 b", ["tsi_secret_1234"]) == "a=…1234 b"
    assert masked("nothing", ["tsi_secret_1234"]) == "nothing"
