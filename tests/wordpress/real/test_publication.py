"""An estate's way to its page on a real WordPress: mirrored, found there, told to Ts-Immo, then proved."""

import pytest

from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.catalogue.plan import start_sync
from estates.jobs.models import OPEN, Job, Status
from estates.wordpress.models import AddressProposal, Cause, Proof, Verdict
from estates.wordpress.proof.enrolment import enrol_estates
from estates.wordpress.proof.proposals import certain_on, doubtful_on
from estates.wordpress.proof.proving import ask_proof, prove_due_estates
from portal.sandbox.websites import words
from tests.wordpress.conftest import url, worked
from tests.wordpress.proof.conftest import due, rest
from tests.wordpress.proof.test_finding import searched
from tests.wordpress.real import doing

pytestmark = pytest.mark.real_wordpress

Found = AddressProposal.Found


@pytest.fixture
def stock(account):
    """Ten estates at Ts-Immo by their reference, of several prices and statuses."""
    account.add(7)
    return {estate.reference: estate for estate in account.estates}


@pytest.fixture
def posts(wordpress, stock):
    """The address of each estate's post; every other one has the reference in its address."""
    doing.remove_estates(wordpress)
    addresses = {}
    for number, (reference, estate) in enumerate(stock.items()):
        title = estate.mould.title if number % 2 else f"{estate.mould.title} – {reference}"
        addresses[reference] = doing.add_estate(
            wordpress,
            title,
            reference=reference,
            price=words.price(estate.price, "EUR", estate.fact("offer_type")),
            status=words.state(estate.status),
        )
    yield addresses
    doing.remove_estates(wordpress)


def synced(site) -> dict[str, Estate]:
    """What the portal has of each estate after a sync."""
    assert worked(start_sync(site.connection)).status == Status.DONE
    estates = Estate.objects.for_agency(site.agency).filter(gone_at=None)
    return {estate.reference: estate for estate in estates.select_related("agency", "payload")}


def sent(agency) -> list[Job]:
    """The addresses that wait to be told to Ts-Immo, after they were."""
    jobs = Job.objects.for_agency(agency).filter(kind="catalogue.set_public_url", status__in=OPEN)
    return [worked(job) for job in jobs.order_by("pk")]


@pytest.fixture
def found(site, posts, manager):
    """The site after a search for the estates' pages."""
    synced(site)
    assert searched(site, manager).status == Status.DONE
    return site


@pytest.fixture
def published(site, posts, account):
    """The estates, whose addresses Ts-Immo knows."""
    for estate in account.estates:
        account.stock.change(estate.id, public_url=posts[estate.reference])
    return synced(site)


def proved(agency) -> dict[str, Proof]:
    """What the timer finds out of each estate, one page after the other."""
    enrol_estates()
    due()
    while prove_due_estates():
        rest()
    proofs = Proof.objects.for_agency(agency).select_related("estate")
    return {proof.estate.reference: proof for proof in proofs}


def of_status(stock, status: str) -> str:
    return next(reference for reference, estate in stock.items() if estate.status == status and estate.price)


def test_the_pages_are_found(found, agency, posts):
    proposals = (
        AddressProposal.objects.for_agency(agency).select_related("estate").order_by("estate__reference")
    )
    assert {proposal.estate.reference: proposal.url for proposal in proposals} == posts
    assert [proposal.found for proposal in proposals] == [Found.PATH, Found.PAGE] * 5
    assert (certain_on(found).count(), doubtful_on(found).count()) == (10, 0)


def test_accepted_addresses_reach_ts_immo_and_come_back(found, agency, browser, account, posts):
    client = browser(agency, Role.AGENT)
    first = certain_on(found)[0]
    client.post(url("accept_address", agency, first.pk))
    assert [job.status for job in sent(agency)] == [Status.DONE]
    told = {estate.reference: estate.public_url for estate in account.estates if estate.public_url}
    assert told == {first.estate.reference: first.url}

    preview = client.get(url("accept_addresses", agency, found.pk))
    assert len(preview.context["batch"]) == 9
    client.post(url("accept_addresses", agency, found.pk), preview.context["form"].initial)
    assert [job.status for job in sent(agency)] == [Status.DONE] * 9
    assert {estate.reference: estate.public_url for estate in account.estates} == posts

    mirrored = synced(found)
    assert {reference: estate.public_url for reference, estate in mirrored.items()} == posts
    assert all(posts[reference] in estate.payload.body for reference, estate in mirrored.items())
    assert {proof.verdict for proof in proved(agency).values()} == {Verdict.RIGHT}


def test_what_wordpress_shows_otherwise_differs(published, agency, stock, posts, wordpress):
    dear, taken = [reference for reference in stock if stock[reference].status == "available"][:2]
    doing.change_estate(wordpress, posts[dear], prix="1 234 €")
    doing.change_estate(wordpress, posts[taken], statut="Vendu")
    proofs = proved(agency)
    differing = {reference for reference, proof in proofs.items() if proof.verdict != Verdict.RIGHT}
    assert differing == {dear, taken}
    assert (proofs[dear].verdict, proofs[dear].shown_price) == (Verdict.DIFFERS, 1234)
    assert (proofs[taken].verdict, proofs[taken].shown_status) == (Verdict.DIFFERS, "sold")
    doing.change_estate(wordpress, posts[taken], statut="Disponible")
    assert proved(agency)[taken].verdict == Verdict.RIGHT


def test_an_estate_that_was_sold_is_right_once_its_page_says_so(
    site, published, agency, account, stock, posts, wordpress, manager
):
    reference = of_status(stock, "available")
    account.change_status(stock[reference].id, "sold")
    estate = synced(site)[reference]
    assert proved(agency)[reference].verdict == Verdict.DIFFERS
    doing.change_estate(wordpress, posts[reference], statut="Vendu")
    rest()
    assert worked(ask_proof(estate, manager)).status == Status.DONE
    proof = Proof.objects.for_agency(agency).get(estate=estate)
    assert (proof.verdict, proof.shown_status) == (Verdict.RIGHT, "sold")


def test_a_post_in_the_trash_is_not_found(published, agency, stock, posts, wordpress, browser, site):
    doing.trash_estate(wordpress, posts["MART-0002"])
    proof = proved(agency)["MART-0002"]
    assert (proof.verdict, proof.reason) == (Verdict.NOT_FOUND, Cause.GONE)
    page = browser(agency, Role.VIEWER).get(url("publication", agency, site.pk), {"verdict": "not_found"})
    assert "MART-0002" in page.content.decode()
    assert {part.verdict: part.number for part in page.context["parts"] if part.number} == {
        Verdict.NOT_FOUND: 1,
        Verdict.RIGHT: 9,
    }


def test_another_estate_in_its_place_is_not_the_estate(published, agency, stock, posts, wordpress):
    """WordPress leads visitors of a page that is gone to one whose address begins alike."""
    title = f"{stock['MART-0002'].mould.title} rénové"
    other = doing.add_estate(wordpress, title, reference="MART-0077", price="99 000 €", status="Disponible")
    doing.trash_estate(wordpress, posts["MART-0002"])
    proof = proved(agency)["MART-0002"]
    assert proof.landed == other
    assert (proof.verdict, proof.reason) == (Verdict.NOT_FOUND, Cause.OTHER_REFERENCE)


def test_while_wordpress_updates_itself_nothing_is_said_of_the_estates(published, agency, maintenance):
    proofs = proved(agency).values()
    assert {(proof.verdict, proof.reason, proof.words) for proof in proofs if proof.checked_at} == {
        (Verdict.UNREACHABLE, Cause.ANSWER, "503")
    }
