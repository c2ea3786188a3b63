"""What a website shows is what was sent to it: changes at Ts-Immo appear with a replay, and some lag behind."""

from collections import Counter

import pytest

from portal.sandbox import sandbox
from portal.sandbox.ts_immo.mirror import Mirror
from portal.sandbox.websites.founding import FOREIGN
from tests.sandbox.websites.conftest import DOMAIN, HOME


def page_of(box, estate):
    return box.account("martin").mirrors[DOMAIN].get(estate.reference)


def verdict(estate, shown) -> str:
    if shown is None:
        return "missing"
    if shown.broken:
        return "broken"
    if shown.price != estate.price:
        return "price"
    return "right" if shown.status == estate.status else "status"


def verdicts(box) -> Counter:
    account = box.account("martin")
    known = [e for e in account.estates if (e.public_url or "").startswith(HOME)]
    return Counter(verdict(e, account.mirrors[DOMAIN].get(e.reference)) for e in known)


@pytest.fixture
def activated(box):
    box.account("martin").activate(DOMAIN)
    return box.account("martin")


def test_the_demos_stock_has_every_verdict_and_most_are_right(years_old):
    found = verdicts(years_old)
    assert set(found) == {"right", "price", "status", "missing", "broken"}
    assert found["right"] > 0.85 * found.total()
    assert found["price"] == max(found[name] for name in ("price", "status", "missing", "broken"))


def test_a_few_estates_of_a_small_stock_lag_too(box):
    found = verdicts(box)
    assert {name: found[name] for name in ("price", "status", "missing", "broken")} == {
        "price": 1, "status": 1, "missing": 1, "broken": 1
    }  # fmt: skip


def test_the_same_estates_lag_on_every_machine(box, tmp_path):
    with sandbox(estates=80, websites=tmp_path / "other") as other:
        assert verdicts(other) == verdicts(box)
        lagging = [
            {e.reference for e in b.account("martin").estates if verdict(e, page_of(b, e)) != "right"}
            for b in (box, other)
        ]
        assert lagging[0] == lagging[1]


def test_a_tiny_stock_has_no_laggards(tmp_path):
    with sandbox(estates=10, websites=tmp_path) as small:
        assert set(verdicts(small)) <= {"right"}


def test_addresses_are_known_of_some_and_one_is_foreign(years_old):
    available = [e for e in years_old.account("martin").estates if e.status == "available"]
    own = [e for e in available if (e.public_url or "").startswith(HOME)]
    foreign = [e for e in available if FOREIGN in (e.public_url or "")]
    assert len(foreign) == 1
    assert 0.5 < len(own) / len(available) < 0.7
    assert not [e for e in years_old.account("martin").estates if e.public_url and e not in available]
    assert not [e for e in years_old.account("riviera").estates if e.public_url]
    assert all(e.updated_at == e.created_at for e in own)


def test_without_websites_no_address_is_given_out():
    with sandbox(estates=80) as plain:
        assert plain.doors is None
        assert not [e for e in plain.account("martin").estates if e.public_url]


def test_a_change_appears_with_the_estates_replay(box, activated, visit, martin, published):
    estate = next(e for e in published() if verdict(e, page_of(box, e)) == "right" and e.price)
    activated.change_price(estate.id, 123_450)
    activated.change_status(estate.id, "sold")
    before = visit(estate.public_url).data.decode()
    assert "123\u00a0450" not in before
    assert martin.post(f"/estates/{estate.id}/replay").json() == {"success": True}
    after = visit(estate.public_url).data.decode()
    assert "123\u00a0450" in after
    assert "Vendu" in after


def test_a_replay_of_everything_puts_all_right(box, activated, martin):
    gone, withdrawn = activated.estates[0], activated.estates[1]
    activated.remove(gone.id)
    activated.change_status(withdrawn.id, "withdrawn")
    [new] = activated.add()
    assert martin.post("/sites/replay").json()["sites"] == 1
    assert set(verdicts(box)) == {"right"}
    assert page_of(box, gone) is None
    assert page_of(box, withdrawn) is None
    assert page_of(box, activated.stock.get(new))


def test_replays_reach_active_sites_only(box, martin):
    account = box.account("martin")
    for act in (lambda: None, lambda: account.activate(DOMAIN)):
        act()
        martin.post("/sites/deactivate", json={"domain": DOMAIN})
        before = verdicts(box)
        assert martin.post("/sites/replay").json()["sites"] == 0
        assert verdicts(box) == before


def test_activation_makes_a_website(box, martin, visit):
    body = {"domain": "Neuf.Agence-Martin.example", "plugin_auth_key": box.account("martin").plugin_auth_key}
    assert visit("http://neuf.agence-martin.example/").status == 404
    assert martin.post("/sites/activate", json=body).json()["success"]
    answer = visit("https://neuf.agence-martin.example/")
    assert answer.status == 200
    assert "MART-" in answer.data.decode()


def test_activating_again_forgets_nothing(box, activated):
    activated.activate(DOMAIN)
    assert verdicts(box)["price"] == 1


def test_a_mirror_is_newest_first_and_hides_what_is_withdrawn(box):
    estates = box.account("riviera").estates
    shown = list(Mirror(estates, DOMAIN, seed=1))
    moments = [one.estate.created_at for one in shown]
    assert moments == sorted(moments, reverse=True)
    assert "withdrawn" not in {one.status for one in shown}
