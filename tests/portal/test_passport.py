"""An estate's way to the public: each hop, the first broken one, the page and the command."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from estates.catalogue.models import Estate
from estates.connections.models import Connection
from estates.leads.models import Lead
from estates.syndication.models import Listing, Plan
from estates.wordpress.models import AddressProposal, Proof, Site
from portal.passport import passport_of
from portal.passport.hop import Standing
from portal.passport.publication import LISTED, PROOFS, SITES
from tests import canaries

pytestmark = pytest.mark.django_db
URL = "https://www.martin.example/bien"


@pytest.fixture
def estate(agency):
    """An estate whose whole way is in order."""
    rows = canaries.fill(agency, "Colibri")
    pk, soon = rows["estate"].pk, timezone.now() + timedelta(days=40)
    Connection.objects.for_agency(agency).update(state="working")
    Site.objects.for_agency(agency).update(state="active", words="")
    Estate.objects.for_agency(agency).filter(pk=pk).update(
        gone_at=None, missed=0, public_url=URL, reference="MART-1"
    )
    Proof.objects.for_agency(agency).update(estate=pk, url=URL, verdict="right", reason="")
    Plan.objects.for_agency(agency).update(active=True)
    Listing.objects.for_agency(agency).filter(estate=pk).update(stage="done", wanted=True, live_until=soon)
    Lead.objects.for_agency(agency).update(estate=pk)
    return found(agency, pk)


def found(agency, pk) -> Estate:
    return Estate.objects.for_agency(agency).select_related("connection", "agency").get(pk=pk)


def standings(estate) -> dict[str, str]:
    return {hop.name: hop.standing.value for hop in passport_of(found(estate.agency, estate.pk)).hops}


def broken(estate) -> str | None:
    hop = passport_of(found(estate.agency, estate.pk)).broken
    return hop.name if hop else None


def test_a_way_that_is_in_order(estate):
    assert standings(estate) == {
        "mirrored": "right",
        "site": "right",
        "address": "right",
        "page": "right",
        "seeki": "right",
        "leads": "right",
    }
    assert broken(estate) is None


def test_the_first_broken_hop_is_named_even_if_later_ones_are_too(agency, estate):
    Site.objects.for_agency(agency).update(state="refused", words="plan expired")
    Proof.objects.for_agency(agency).update(verdict="not_found")
    hop = passport_of(estate).broken
    assert (hop.name, hop.words) == ("site", "plan expired")
    assert hop.todo
    assert hop.url


@pytest.mark.parametrize(
    ("fields", "standing"),
    [({"gone_at": timezone.now()}, "broken"), ({"missed": 1}, "right")],
)
def test_mirrored(agency, estate, fields, standing):
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(**fields)
    assert standings(estate)["mirrored"] == standing


@pytest.mark.parametrize(
    "fields", [{"state": "refused", "last_answer": "401"}, {"removed_at": timezone.now()}]
)
def test_an_account_that_cannot_be_read(agency, estate, fields):
    Connection.objects.for_agency(agency).filter(pk=estate.connection_id).update(**fields)
    assert broken(estate) == "mirrored"


@pytest.mark.parametrize("state", SITES)
def test_the_site(agency, estate, state):
    Proof.objects.for_agency(agency).update(verdict="unseen")
    Site.objects.for_agency(agency).update(state=state)
    assert standings(estate)["site"] == SITES[state]


def test_a_site_that_shows_the_estate_all_the_same_is_not_where_its_way_ends(agency, estate):
    Site.objects.for_agency(agency).update(state="inactive")
    (hop,) = (hop for hop in passport_of(found(agency, estate.pk)).hops if hop.name == "site")
    assert hop.standing == Standing.RIGHT
    assert "yet the estate’s page is shown" in hop.sentence
    assert not hop.todo


def test_an_account_without_a_site(agency, estate):
    Proof.objects.for_agency(agency).update(site=None)
    AddressProposal.objects.for_agency(agency).delete()
    Site.objects.for_agency(agency).exclude(connection=None).delete()
    assert broken(estate) == "site"


def test_one_active_site_is_enough(agency, estate):
    Site.objects.create(
        agency=agency, connection=estate.connection, domain="alt.martin.example", state="refused"
    )
    assert standings(estate)["site"] == "right"


def test_an_address_that_nobody_knows_or_that_waits_for_a_decision(agency, estate):
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(public_url="")
    AddressProposal.objects.for_agency(agency).delete()
    hop = passport_of(found(agency, estate.pk)).broken
    place = reverse("catalogue:detail", args=[agency.slug, estate.pk]) + "#publishing"
    assert (hop.name, hop.url) == ("address", place)
    assert "page" not in standings(estate)
    site = Site.objects.for_agency(agency).first()
    AddressProposal.objects.create(agency=agency, estate=estate, site=site, url=URL, found="path")
    hop = passport_of(found(agency, estate.pk)).broken
    assert hop.url == reverse("wordpress:addresses", args=[agency.slug, site.pk])


@pytest.mark.parametrize("verdict", PROOFS)
def test_its_page(agency, estate, verdict):
    Proof.objects.for_agency(agency).update(verdict=verdict)
    assert standings(estate)["page"] == PROOFS[verdict]


def test_a_page_that_was_looked_at_under_an_older_address_says_nothing(agency, estate):
    Proof.objects.for_agency(agency).update(url="https://www.martin.example/old", verdict="not_found")
    assert standings(estate)["page"] == "waiting"


@pytest.mark.parametrize(
    ("fields", "standing"),
    [
        ({"stage": "refused", "words": "no such place"}, "broken"),
        ({"stage": "held"}, "broken"),
        ({"stage": "due", "live_until": None}, "waiting"),
        ({"wanted": False}, "none"),
    ],
)
def test_seeki(agency, estate, fields, standing):
    Listing.objects.for_agency(agency).filter(estate=estate).update(**fields)
    assert standings(estate)["seeki"] == standing
    assert set(LISTED.values()) == set(Standing)


def test_an_estate_that_the_rules_do_not_choose(agency, estate):
    Listing.objects.for_agency(agency).filter(estate=estate).delete()
    assert standings(estate)["seeki"] == "none"
    Plan.objects.for_agency(agency).update(active=False)
    assert "seeki" not in standings(estate)


class TestThePage:
    def test_a_member_reads_the_way_and_where_it_is_broken(self, agency, estate, browser):
        Site.objects.for_agency(agency).update(state="refused", words="plan expired")
        answer = browser(agency).get(f"/agencies/martin/estates/{estate.pk}/passport/")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "Activate the site." in text
        assert "plan expired" in text

    def test_nobody_else_does(self, agency, other_agency, estate, browser):
        assert browser(other_agency).get(f"/agencies/martin/estates/{estate.pk}/passport/").status_code == 404
        own = browser(other_agency).get(f"/agencies/riviera/estates/{estate.pk}/passport/")
        assert own.status_code == 404


class TestTheCommand:
    def test_it_prints_the_same_way(self, agency, estate, capsys):
        call_command("why", "martin", estate.reference)
        said = capsys.readouterr().out
        assert said.count("✓") == 6

    def test_a_broken_way_fails(self, agency, estate, capsys):
        Proof.objects.for_agency(agency).update(verdict="not_found")
        with pytest.raises(CommandError) as ended:
            call_command("why", "martin", estate.reference, "--json")
        assert ended.value.returncode == 1
        (way,) = json.loads(capsys.readouterr().out)["estates"]
        assert way["broken"] == "page"
        assert [hop["name"] for hop in way["hops"]] == list(standings(estate))

    @pytest.mark.parametrize("words", [("nobody", "X"), ("martin", "NO-SUCH")])
    def test_what_is_not_there_is_said(self, agency, words):
        with pytest.raises(CommandError, match="no "):
            call_command("why", *words)

    def test_another_agency_s_estate_is_not_there(self, other_agency, estate):
        with pytest.raises(CommandError, match="no estate"):
            call_command("why", "riviera", estate.reference)
