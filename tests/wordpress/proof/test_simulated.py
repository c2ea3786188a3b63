"""The simulated website of the demo: what lags behind there by design is found, and nothing else."""

from collections import Counter

import pytest

from estates.catalogue.models import Estate
from estates.catalogue.plan import start_sync
from estates.jobs.models import Status
from estates.wordpress.models import Cause, Proof, Verdict
from estates.wordpress.proof.enrolment import enrol_estates
from estates.wordpress.proof.looking import look_at
from estates.wordpress.proof.proving import expected, prove_due_estates
from portal.sandbox import sandbox
from portal.sandbox.ts_immo.mirror import Shown
from portal.sandbox.websites.estates import path_of
from portal.sandbox.websites.founding import FOREIGN
from tests.wordpress.conftest import DOMAIN, worked
from tests.wordpress.proof.conftest import due, rest

HOME = f"https://{DOMAIN}"
ESTATES = 160


@pytest.fixture
def box(settings, tmp_path):
    with sandbox(estates=ESTATES, websites=tmp_path / "ca") as running:
        settings.REMOTE_URLS = settings.REMOTE_URLS | {("ts_immo", "production"): f"{running.url}/ts-immo/v1"}
        settings.SITE_ADDRESSES, settings.SITE_CA_FILE = running.doors.setting(), str(running.doors.ca_file)
        yield running


@pytest.fixture
def proofs(own_site, account):
    """`proofs()` mirrors the account and puts its estates in line: their proofs by reference."""

    def get() -> dict[str, Proof]:
        assert worked(start_sync(own_site.connection)).status == Status.DONE
        enrol_estates()
        due()
        rows = Proof.objects.for_agency(own_site.agency).select_related("estate", "site")
        return {proof.estate.reference: proof for proof in rows}

    return get


def planted(account, estate) -> Verdict:
    """What the website was made to show of an estate that Ts-Immo has."""
    if not estate.public_url.startswith(HOME):
        return Verdict.FOREIGN
    shown: Shown | None = account.mirrors[DOMAIN].get(estate.reference)
    if shown is None:
        return Verdict.RIGHT if estate.status == "withdrawn" else Verdict.NOT_FOUND
    if shown.broken:
        return Verdict.UNREACHABLE
    return Verdict.RIGHT if (shown.price, shown.status) == (estate.price, estate.status) else Verdict.DIFFERS


def test_the_timer_finds_what_lags_behind(agency, account, proofs):
    proofs()
    while prove_due_estates():
        rest()
    found = proofs()
    wanted = {e.reference: planted(account, e) for e in account.estates if e.public_url}
    assert {reference: proof.verdict for reference, proof in found.items()} == wanted
    assert Counter(wanted.values()) == {
        Verdict.RIGHT: 53,
        Verdict.DIFFERS: 2,
        Verdict.NOT_FOUND: 1,
        Verdict.UNREACHABLE: 1,
        Verdict.FOREIGN: 1,
    }
    dear = next(proof for proof in found.values() if proof.verdict == Verdict.DIFFERS and proof.other_price)
    assert dear.shown_price == account.mirrors[DOMAIN].get(dear.estate.reference).price
    taken = next(proof for proof in found.values() if proof.other_status)
    assert (taken.verdict, taken.shown_status in ("sold", "rented")) == (Verdict.DIFFERS, True)
    missing = next(proof for proof in found.values() if proof.verdict == Verdict.NOT_FOUND)
    assert missing.reason == Cause.GONE
    (foreign,) = (proof for proof in found.values() if proof.site is None)
    assert FOREIGN in foreign.url


def test_estates_of_every_kind_and_status_are_judged_as_they_are_shown(account, proofs):
    """Also sold and withdrawn ones, prices on request and by the month, and words that only the remote knows."""
    for estate in account.estates:
        account.stock.change(estate.id, public_url=f"{HOME}{path_of(estate)}")
    found = proofs()
    assert len(found) == ESTATES
    assert {estate.status for estate in account.estates} > {
        "available",
        "under_offer",
        "sold",
        "rented",
        "withdrawn",
    }
    judged = {reference: look_at(expected(proof))[0] for reference, proof in found.items()}
    wanted = {estate.reference: planted(account, estate) for estate in account.estates}
    assert {reference: judgement.verdict for reference, judgement in judged.items()} == wanted
    right = [reference for reference, verdict in wanted.items() if verdict == Verdict.RIGHT]
    priced = [one for one in right if found[one].price and found[one].status != "withdrawn"]
    assert {reference: judged[reference].price for reference in priced} == {
        reference: found[reference].price for reference in priced
    }
    assert all(judged[reference].named for reference in priced)


def test_a_replay_puts_right_what_lagged_behind(agency, account, proofs, own_site):
    account.activate(DOMAIN)
    account.replay()
    found = proofs()
    judged = Counter(look_at(expected(proof))[0].verdict for proof in found.values() if proof.site)
    assert judged == {Verdict.RIGHT: len(found) - 1}


def test_a_change_is_another_verdict_until_it_was_replayed(agency, account, proofs):
    account.activate(DOMAIN)
    account.replay()
    right = next(estate for estate in account.estates if estate.public_url and estate.price)
    account.change_price(right.id, right.price + 5_000)
    proof = proofs()[right.reference]
    judgement, _landed = look_at(expected(proof))
    assert (judgement.verdict, judgement.price) == (Verdict.DIFFERS, right.price - 5_000)
    account.replay(right.id)
    assert look_at(expected(proof))[0].verdict == Verdict.RIGHT
    assert Estate.objects.for_agency(agency).get(reference=right.reference).price == right.price
