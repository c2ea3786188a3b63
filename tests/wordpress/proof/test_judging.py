"""Realistic pages against what the catalogue says."""

from decimal import Decimal

import pytest

from estates.wordpress.models import Cause, Verdict
from estates.wordpress.proof.judging import Expected, Judgement, judge
from estates.wordpress.proof.reading import read_page
from tests.wordpress.proof import pages

URL = "https://www.agence-martin.example/bien/villa-nice/"
SHAPES = pytest.mark.parametrize("shape", pages.SHAPES.values(), ids=pages.SHAPES)


def expected(**fields) -> Expected:
    ours = {
        "url": URL, "reference": pages.REFERENCE, "title": pages.TITLE, "price": Decimal(450_000),
        "currency": "EUR", "status": "available",
    }  # fmt: skip
    return Expected(**{**ours, **fields})


def judged(page: str, code: int = 200, landed: str = URL, **fields) -> Judgement:
    return judge(
        expected(**fields), code, landed, read_page(page.encode(), "text/html; charset=utf-8", landed)
    )


@SHAPES
def test_right(shape):
    found = judged(shape())
    assert found == Judgement(Verdict.RIGHT, "", Decimal(450_000), "EUR", "", named=True)


@SHAPES
def test_another_price(shape):
    found = judged(shape(), price=Decimal(430_000))
    assert (found.verdict, found.price, found.currency, found.named) == (
        Verdict.DIFFERS,
        450_000,
        "EUR",
        True,
    )


@SHAPES
def test_the_prices_of_recommended_estates_prove_nothing(shape):
    for other in (725_000, 612_000, 560_000):
        assert judged(shape(), price=Decimal(other)).verdict == Verdict.DIFFERS


@SHAPES
def test_fees_and_rates_are_never_the_price_that_is_shown_instead(shape):
    found = judged(shape(price="Prix sur demande"))
    assert (found.verdict, found.price) == (Verdict.RIGHT, None)


@SHAPES
def test_another_status(shape):
    for badge, family in (("Vendu", "sold"), ("Sous compromis", "under_offer")):
        found = judged(shape(badge=badge))
        assert (found.verdict, found.status, found.price) == (Verdict.DIFFERS, family, 450_000)


@SHAPES
def test_the_same_status(shape):
    found = judged(shape(badge="Vendu"), status="sold")
    assert (found.verdict, found.status) == (Verdict.RIGHT, "sold")


@SHAPES
def test_one_that_is_sold_here_and_offered_there(shape):
    found = judged(shape(badge="À vendre"), status="sold")
    assert (found.verdict, found.status) == (Verdict.DIFFERS, "available")


@SHAPES
def test_a_page_of_another_estate(shape):
    found = judged(shape(reference="RIV-0077", title="Loft à Lyon", price="310 000 €"))
    assert (found.verdict, found.reason) == (Verdict.NOT_FOUND, Cause.OTHER_REFERENCE)


@SHAPES
def test_a_theme_with_a_numbering_of_its_own(shape):
    found = judged(shape(reference="98765432"))
    assert (found.verdict, found.named) == (Verdict.RIGHT, False)
    assert judged(shape(reference="98765432", price="310 000 €")).reason == Cause.OTHER_REFERENCE


@SHAPES
def test_a_reference_that_only_a_recommended_estate_has(shape):
    page = shape(reference="RIV-0077", title="Loft à Lyon", price="310 000 €")
    card = f'<div class="card similar"><h3>{pages.TITLE}</h3><p>Réf. {pages.REFERENCE}</p><p>{pages.PRICE}</p></div>'
    assert judged(page.replace("</body>", f"{card}</body>")).verdict == Verdict.NOT_FOUND


def test_a_price_that_is_struck_out_is_the_former_one():
    page = pages.plain(price="<del>450 000 €</del> <ins>430 000 €</ins>")
    assert judged(page).price == 430_000
    assert judged(page).verdict == Verdict.DIFFERS
    assert judged(page, price=Decimal(430_000)).verdict == Verdict.RIGHT


@pytest.mark.parametrize("language", ["en", "de"])
def test_other_languages(language):
    found = judged(pages.foreign(language), status="under_offer")
    assert (found.verdict, found.price, found.status) == (Verdict.RIGHT, 450_000, "under_offer")
    assert judged(pages.foreign(language)).status == "under_offer"
    assert judged(pages.foreign(language), price=Decimal(395_000)).verdict == Verdict.DIFFERS


def test_what_is_said_for_machines():
    assert judged(pages.for_machines()).verdict == Verdict.RIGHT
    found = judged(pages.for_machines(amount="475000.00"))
    assert (found.verdict, found.price, found.currency) == (Verdict.DIFFERS, 475_000, "EUR")
    assert judged(pages.for_machines(availability="SoldOut")).status == "sold"
    assert (
        judged(pages.for_machines(reference="RIV-1", title="Loft", amount="1")).verdict == Verdict.NOT_FOUND
    )


def test_prices_in_the_markup():
    markup = '<meta itemprop="price" content="450000">'
    assert judged(pages.plain(price=f"{markup}quatre cent cinquante mille")).verdict == Verdict.RIGHT
    page = pages.plain(price="sur demande").replace(
        "<title>", '<meta property="product:price:amount" content="475000"><title>'
    )
    assert judged(page).price == 475_000


def test_offers_of_others_in_the_same_script():
    page = pages.plain(price="").replace(
        "</head>",
        '<script type="application/ld+json">[{"@type":"Product","sku":"RIV-1","offers":{"price":1}},'
        '{"@type":"Product","sku":"MART 0001","offers":[{"price":450000}]}]</script></head>',
    )
    assert judged(page).verdict == Verdict.RIGHT
    assert judged(page, price=Decimal(1)).verdict == Verdict.DIFFERS


@pytest.mark.parametrize(
    ("status", "landed", "reason"),
    [
        (404, URL, Cause.GONE),
        (410, URL, Cause.GONE),
        (200, "https://www.agence-martin.example/", Cause.HOME),
        (200, "https://agence-martin.example", Cause.HOME),
        (200, "https://www.parking.example/bien/villa-nice/", Cause.OTHER_SITE),
    ],
)
def test_a_page_that_is_not_there(status, landed, reason):
    found = judged(pages.plain(), status, landed)
    assert (found.verdict, found.reason) == (Verdict.NOT_FOUND, reason)


def test_one_that_answers_and_shows_nothing():
    for page in ("", "<h1>Oups, cette page est introuvable</h1>", "%PDF-1.7 \x00"):
        assert judged(page).reason == Cause.NOTHING


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503, 304])
def test_an_answer_that_says_nothing_of_the_estate(status):
    found = judged(pages.plain(), status)
    assert (found.verdict, found.words) == (Verdict.UNREACHABLE, str(status))


def test_an_address_that_is_the_home_page_itself():
    home = "https://www.agence-martin.example/"
    assert judged(pages.plain(), landed=home, url=home).verdict == Verdict.RIGHT
    assert judged(pages.plain(), landed=f"{home}?p=12", url=f"{home}bien/x").verdict == Verdict.RIGHT


def test_what_is_withdrawn_here_is_right_when_it_is_gone_there():
    assert judged("", 404, status="withdrawn").verdict == Verdict.RIGHT
    found = judged(pages.plain(), status="withdrawn")
    assert (found.verdict, found.reason) == (Verdict.DIFFERS, Cause.STILL_SHOWN)


def test_without_a_price_here_none_is_compared():
    assert judged(pages.plain(), price=None).verdict == Verdict.RIGHT
    assert judged(pages.plain(), price=Decimal(0)).verdict == Verdict.RIGHT


def test_a_short_title_alone_proves_nothing():
    page = pages.plain(title="Villa", price="").replace(f"Réf. : {pages.REFERENCE}", "")
    assert judged(page, title="Villa").reason == Cause.NOTHING
    assert judged(page, title="Villa", url=URL, price=None).verdict == Verdict.NOT_FOUND


def test_a_rent():
    page = pages.plain(price="1 200 € / mois charges comprises", badge="Loué")
    assert judged(page, price=Decimal(1_200), status="rented").verdict == Verdict.RIGHT
    assert judged(page, price=Decimal(1_150), status="available").verdict == Verdict.DIFFERS
