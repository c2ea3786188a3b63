"""Which estates are in line to be proved, and when they come afresh."""

from datetime import timedelta

import pytest
from django.utils import timezone

from estates.wordpress.models import Proof, Verdict
from estates.wordpress.proof.enrolment import AT_ONCE, SETTLE, enrol_estates, enrol_one
from estates.wordpress.sites import remove_site
from estates.wordpress.tasks import enrol_estates as each_minute
from tests.wordpress.proof.conftest import DOMAIN, change, proof_of

SEEN = {"verdict": Verdict.RIGHT, "shown_price": 450_000, "named": True, "landed": "x"}


def seen(estate, **fields) -> Proof:
    """As if its page had been looked at."""
    in_a_day = timezone.now() + timedelta(days=1)
    rows = Proof.objects.for_agency(estate.agency).filter(estate=estate)
    rows.update(**{**SEEN, "checked_at": timezone.now(), "next_at": in_a_day, **fields})
    return proof_of(estate)


def test_a_present_estate_with_an_address_comes_in_line_at_once(agency, own_site, add_estate):
    estate, _without, gone = add_estate(agency, "/1/"), add_estate(agency), add_estate(agency, "/2/")
    change(gone, gone_at=timezone.now())
    each_minute()
    proof = proof_of(estate)
    assert (proof.site, proof.verdict, proof.url) == (own_site, Verdict.UNSEEN, estate.public_url)
    assert (proof.price, proof.status, proof.agency) == (450_000, "available", agency)
    assert proof.next_at <= timezone.now()
    assert Proof.objects.for_agency(agency).count() == 1
    assert enrol_estates() == 0


@pytest.mark.parametrize("changed", [{"price": 430_000}, {"price": None}, {"status": "sold"}])
def test_a_change_of_what_we_say_makes_it_due_soon(changed, agency, own_site, add_estate):
    estate = add_estate(agency, "/1/")
    enrol_estates()
    seen(estate)
    assert enrol_estates() == 0
    change(estate, **changed)
    assert enrol_estates() == 1
    proof = proof_of(estate)
    assert timezone.now() < proof.next_at <= timezone.now() + SETTLE
    assert (proof.verdict, proof.shown_price, proof.checked_at) == (Verdict.UNSEEN, None, None)
    assert enrol_estates() == 0


def test_another_address_makes_it_due_at_once(agency, own_site, add_estate):
    estate = add_estate(agency, "/1/")
    enrol_estates()
    seen(estate)
    change(estate, public_url=f"https://{DOMAIN}/2/")
    enrol_estates()
    proof = proof_of(estate)
    assert proof.url.endswith("/2/")
    assert proof.next_at <= timezone.now()


@pytest.mark.parametrize("left", [{"public_url": ""}, {"gone_at": timezone.now()}])
def test_a_proof_ends_with_the_address_and_with_the_estate(left, agency, own_site, add_estate):
    estate = add_estate(agency, "/1/")
    enrol_estates()
    change(estate, **left)
    assert enrol_estates() == 0
    assert not Proof.objects.for_agency(agency).exists()


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("https://www.agence-martin.example/x", True),
        ("http://agence-martin.example/x", True),
        ("https://AGENCE-martin.example./x", True),
        ("https://blog.agence-martin.example/x", False),
        ("https://www.other.example/x", False),
        ("https://[", False),
        ("nothing", False),
    ],
)
def test_whose_site_an_address_lies_on(url, is_own, agency, own_site, add_estate):
    estate = add_estate(agency, public_url=url)
    enrol_estates()
    proof = proof_of(estate)
    assert (proof.site, proof.verdict) == ((own_site, Verdict.UNSEEN) if is_own else (None, Verdict.FOREIGN))


def test_another_agencys_site_is_none_of_ours(agency, other_agency, add, add_estate):
    add(other_agency, domain=DOMAIN)
    estate = add_estate(agency, "/1/")
    enrol_estates()
    assert proof_of(estate).verdict == Verdict.FOREIGN


def test_a_site_that_comes_takes_its_addresses(agency, add, add_estate):
    estate = add_estate(agency, "/1/")
    enrol_estates()
    assert enrol_estates() == 0
    site = add(agency)
    assert enrol_estates() == 1
    assert (proof_of(estate).site, proof_of(estate).verdict) == (site, Verdict.UNSEEN)


def test_a_site_that_goes_leaves_them(agency, add, add_estate, manager):
    site, estate = add(agency), add_estate(agency, "/1/")
    enrol_estates()
    seen(estate)
    remove_site(site, manager)
    assert enrol_estates() == 1
    proof = proof_of(estate)
    assert (proof.site, proof.verdict, proof.shown_price) == (None, Verdict.FOREIGN, None)
    assert proof.next_at > timezone.now()


def test_of_two_spellings_of_a_site_the_first(agency, add, add_estate):
    first, _second = add(agency, domain="agence-martin.example"), add(agency, domain=DOMAIN)
    estate = add_estate(agency, "/1/")
    enrol_estates()
    assert proof_of(estate).site == first


def test_one_estate_at_once(agency, own_site, add_estate):
    estate, other = add_estate(agency, "/1/"), add_estate(agency, "/2/")
    assert enrol_one(estate).estate == estate
    assert not Proof.objects.for_agency(agency).filter(estate=other).exists()
    change(estate, price=1)
    assert enrol_one(estate).price == 1
    assert enrol_one(add_estate(agency)) is None


def test_many_in_few_queries(agency, own_site, lists, django_assert_max_num_queries):
    lists(agency, AT_ONCE + 20, public_url=f"https://{DOMAIN}/x", price=1)
    with django_assert_max_num_queries(20):
        assert enrol_estates() == AT_ONCE + 20
    with django_assert_max_num_queries(4):
        assert enrol_estates() == 0
