"""Laggards one by one: in which way an estate is left behind."""

from decimal import Decimal

import pytest

from portal.sandbox.ts_immo.mirror import FEWEST, LAGS, Mirror, drawn


@pytest.fixture
def filled(years_old):
    account = years_old.account("riviera")
    mirror = Mirror(account.estates, "www.a.example", seed=7)
    return [(estate, mirror.get(estate.reference)) for estate in account.estates]


def available(pairs):
    return [(e, shown) for e, shown in pairs if e.status == "available" and e.price]


def test_dearer_means_a_round_price_some_per_cent_above(filled):
    dearer = [(e.price, shown.price) for e, shown in available(filled) if shown and shown.price != e.price]
    assert len(dearer) == len(available(filled)) // LAGS[0][0]
    for now, before in dearer:
        assert now * Decimal("1.02") < before < now * Decimal("1.12")
        assert before % 10 == 0


def test_taken_means_sold_or_let(filled):
    taken = [(e, shown) for e, shown in available(filled) if shown and shown.status != e.status]
    assert len(taken) == len(available(filled)) // LAGS[1][0]
    for estate, shown in taken:
        assert shown.status == ("rented" if "rental" in estate.fact("offer_type") else "sold")


def test_missing_and_broken(filled):
    assert sum(shown is None for _, shown in available(filled)) == len(available(filled)) // LAGS[2][0]
    assert sum(shown.broken for _, shown in filled if shown) == len(available(filled)) // LAGS[3][0]


def test_nothing_but_available_estates_lags(filled):
    others = [(e, shown) for e, shown in filled if e.status not in ("available", "withdrawn")]
    assert all((shown.price, shown.status) == (e.price, e.status) for e, shown in others)


def test_each_site_has_its_own_laggards(years_old):
    estates = years_old.account("riviera").estates

    def missing(domain: str, seed: int) -> set[str]:
        mirror = Mirror(estates, domain, seed)
        return {e.reference for e in estates if e.status == "available" and not mirror.get(e.reference)}

    assert missing("a.example", 1) == missing("a.example", 1)
    assert missing("a.example", 1) != missing("b.example", 1)
    assert missing("a.example", 1) != missing("a.example", 2)


def test_the_smallest_stock_that_lags(years_old):
    stock = [e for e in years_old.account("riviera").estates if e.status == "available" and e.price]
    for size, lags in ((FEWEST - 1, 0), (FEWEST, 1)):
        mirror = Mirror(stock[:size], "a.example", 1)
        assert sum(mirror.get(e.reference) is None for e in stock[:size]) == lags


def test_one_replay_puts_one_right(years_old):
    estates = years_old.account("riviera").estates
    mirror = Mirror(estates, "a.example", 1)
    left = [e for e in estates if e.status == "available" and not mirror.get(e.reference)]
    mirror.receive(left[0])
    assert mirror.get(left[0].reference)
    assert not mirror.get(left[1].reference)
    mirror.receive_all(estates[:5])
    assert len(list(mirror)) <= 5


def test_the_draw_is_spread_and_fixed():
    assert drawn("1", "a") == drawn("1", "a")
    assert len({drawn("1", str(number)) for number in range(1_000)}) == 1_000
