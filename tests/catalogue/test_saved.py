import pytest
from django.http import QueryDict

from accounts.models import AuditEntry, Membership
from accounts.roles import Role
from estates.catalogue.chips import LONGEST, chips, kept, without
from estates.catalogue.forms import SearchForm
from estates.catalogue.models import SavedSearch
from estates.catalogue.saved import NameTaken, delete_search, rename_search, save_search


@pytest.fixture
def membership(agency, member):
    return Membership.objects.get(agency=agency, user=member(agency, Role.AGENT))


def test_a_search_is_saved_renamed_and_deleted_with_a_trace(membership):
    saved = save_search(membership, "Lyon", "city=Lyon")
    rename_search(saved, "Lyon centre")
    assert SavedSearch.objects.for_agency(membership.agency).get().name == "Lyon centre"
    delete_search(saved)
    assert not SavedSearch.objects.for_agency(membership.agency).exists()
    entries = AuditEntry.objects.for_agency(membership.agency).order_by("number")
    assert [entry.action for entry in entries] == ["search.saved", "search.renamed", "search.deleted"]


def test_a_name_is_taken_once_by_each_person(membership, agency, member):
    save_search(membership, "Lyon", "city=Lyon")
    other = save_search(membership, "Nice", "city=Nice")
    with pytest.raises(NameTaken):
        save_search(membership, "Lyon", "city=Paris")
    with pytest.raises(NameTaken):
        rename_search(other, "Lyon")
    member(agency, Role.OWNER)
    colleague = Membership.objects.get(agency=agency, role=Role.OWNER)
    assert save_search(colleague, "Lyon", "city=Lyon").pk
    assert SavedSearch.objects.for_agency(agency).get(pk=other.pk).name == "Nice"


def test_only_what_is_looked_for_is_kept():
    asked = QueryDict("city=Lyon&cursor=abc&csrfmiddlewaretoken=x&type=&orderby=price&view=map&gone=1")
    assert kept(asked) == "city=Lyon&gone=1&orderby=price&view=map"


def test_what_is_kept_fits_into_its_column():
    long = QueryDict(mutable=True)
    long.update({"query": "é" * 150, "city": "é" * 120, "region": "Bretagne"})
    assert len(kept(long)) <= LONGEST
    assert kept(long).startswith("query=")


def test_each_filter_in_use_is_a_chip_that_takes_itself_away():
    asked = QueryDict("city=Lyon&min_price=x&featured=true&gone=1&cursor=abc&view=table")
    form = SearchForm(asked)
    found = chips(form, form.search().shown, asked)
    assert [(chip.name, chip.value) for chip in found] == [
        ("city", "Lyon"),
        ("featured", True),
        ("gone", True),
    ]
    assert found[0].without == "?min_price=x&featured=true&gone=1&view=table"
    assert without(asked, "orderby") == "?city=Lyon&min_price=x&featured=true&gone=1&view=table"
