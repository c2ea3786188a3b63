from decimal import Decimal

import pytest

from estates.wordpress.proof.prices import AT_MOST, Price, amount_of, prices_in


def said(text: str) -> list[tuple[str, str]]:
    return [(f"{price.amount:f}", price.currency) for price in prices_in(text) if not price.minor]


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("450 000 €", "450000", "EUR"),
        ("450\u00a0000\u202f€", "450000", "EUR"),
        ("450\u202f000 euros", "450000", "EUR"),
        ("450.000 €", "450000", "EUR"),
        ("450000€", "450000", "EUR"),
        ("450 000,00 €", "450000.00", "EUR"),
        ("450 000 EUR", "450000", "EUR"),
        ("€450,000", "450000", "EUR"),
        ("€ 450.000,-", "450000", "EUR"),
        ("450.000,-- €", "450000", "EUR"),
        ("450’000 CHF", "450000", "CHF"),
        ("£1,250,000.00", "1250000.00", "GBP"),
        ("1 250,50 €", "1250.50", "EUR"),
        ("450 000\n€", "450000", "EUR"),
        ("Ref 0001\n€450,000", "450000", "EUR"),
        ("Prix : 450 000", "450000", ""),
        ("Prix de vente\n450 000", "450000", ""),
        ("Kaufpreis: 450.000", "450000", ""),
        ("Villa T3 450 000 € FAI", "450000", "EUR"),
        ("Loyer 950 €", "950", ""),
    ],
)
def test_spellings_of_one_price(text, amount, currency):
    assert said(text)[0] == (amount, currency)


@pytest.mark.parametrize(
    ("text", "amount", "fits", "fits_not"),
    [
        ("1,2 M€", "1200000.0", 1_195_000, 1_255_000),
        ("1.25 million euros", "1250000.00", 1_248_000, 1_256_000),
        ("1,195 M€", "1195000.000", 1_195_200, 1_200_000),
        ("450 k€", "450000", 450_400, 451_000),
    ],
)
def test_rounded_prices_fit_what_they_may_mean(text, amount, fits, fits_not):
    (price,) = prices_in(text)
    assert f"{price.amount:f}" == amount
    assert price.is_about(Decimal(fits))
    assert not price.is_about(Decimal(fits_not))


@pytest.mark.parametrize(
    "text",
    [
        "Honoraires : 12 000 € TTC",
        "<honoraires\n12 000 €",
        "5 000 €/m²",
        "Prix au m² : 5 000 €",
        "entre 1 000 € et 1 400 € par an",
        "Taxe foncière\n1 200 €",
        "Charges 150 € / mois",
        "Dépôt de garantie : 1 900 €",
        "Apport 90 000 €",
        "450 € de charges",
        "Nebenkosten: 250 €",
    ],
)
def test_amounts_that_are_no_price_of_an_estate_are_minor(text):
    assert prices_in(text)
    assert said(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "145 m²",
        "12 M² de terrasse",
        "Réf. 450000",
        "06 12 34 56 78",
        "€",
        "0 €",
        "99999999999999 €",
        "m€",
    ],
)
def test_what_is_no_price(text):
    assert prices_in(text) == []


def test_digits_of_the_word_before_do_not_hide_a_price():
    (price,) = prices_in("Lyon 6 450 000 €")
    assert price.is_about(Decimal(450_000))
    assert price.is_about(Decimal(6_450_000))
    assert not price.is_about(Decimal(50_000))


def test_cents_do_not_make_another_price():
    assert Price(Decimal(1235)).is_about(Decimal("1234.56"))
    assert not Price(Decimal(1236)).is_about(Decimal("1234.56"))


@pytest.mark.parametrize(
    ("written", "scaled", "amount"),
    [
        ("1.250", False, "1250"),
        ("1.250", True, "1.250"),
        ("1.250,5", False, "1250.5"),
        ("1,250,000", False, "1250000"),
    ],
)
def test_what_a_separator_parts(written, scaled, amount):
    assert amount_of(written, scaled=scaled) == Decimal(amount)


def test_only_so_many_are_read():
    assert len(prices_in("450 000 € \n" * 5000)) == AT_MOST
