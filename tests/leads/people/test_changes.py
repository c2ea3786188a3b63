"""Who is who, decided by hand: nothing is lost, everything can be taken back, and no filing undoes it."""

import pytest

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.leads.models import KeptApart, Lead, Person, PersonChange
from estates.leads.models.leads import Way
from estates.leads.people import changes
from estates.leads.people.changes import NotNow, keep_apart, merge, split, undo
from estates.leads.saving import save

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(agency, member):
    return member(agency, Role.AGENT)


def links(agency) -> dict[str, tuple]:
    rows = Lead.objects.for_agency(agency).values_list("remote_id", "person_id", "person_by")
    return {remote_id: (person, by) for remote_id, person, by in rows}


@pytest.fixture
def two(agency, filed, draft):
    """Jean with his address, and Jean with his number, who are not known to be one."""
    leads = filed(
        agency,
        draft("1", email="jean@exemple.fr"),
        draft("2", email="jean@exemple.fr"),
        draft("3", phones=(("", "06 12 34 56 78"),)),
    )
    return leads[0].person, leads[2].person


@pytest.fixture
def household(agency, filed, draft):
    """Two who share a number, taken for one."""
    phones = (("", "06 12 34 56 78"),)
    leads = filed(
        agency,
        draft("1", first_name="Jean", phones=phones),
        draft("2", first_name="Marie", phones=phones),
        draft("3", first_name="Jean", phones=phones),
    )
    assert len({lead.person_id for lead in leads}) == 1
    return leads


def test_a_merge_takes_all_leads_and_its_undoing_puts_each_back(agency, two, agent):
    before = links(agency)
    change = merge(*two, agent)
    assert {person for person, _ in links(agency).values()} == {two[0].pk}
    assert links(agency)["3"] == (two[0].pk, "hand")
    undo(change, agent)
    assert links(agency) == before
    assert [entry.action for entry in AuditEntry.objects.for_agency(agency)] == [
        "person.undone",
        "person.merged",
    ]


def test_after_a_merge_later_leads_find_the_one_person(agency, two, agent, filed, draft):
    merge(two[0], two[1], agent)
    leads = filed(agency, draft("4", phones=(("", "0612345678"),)), draft("5", email="JEAN@exemple.fr"))
    assert {lead.person_id for lead in leads} == {two[0].pk}


def test_a_merge_into_the_younger_one_holds_too(agency, two, agent, filed, draft):
    merge(two[1], two[0], agent)
    leads = filed(
        agency, draft("1", email="jean@exemple.fr", message="Encore"), draft("4", email="jean@exemple.fr")
    )
    assert {lead.person_id for lead in leads} == {two[1].pk}


def test_whoever_comes_second_is_told_and_changes_nothing(agency, two, agent):
    change = merge(*two, agent)
    for verb, arguments in ((merge, (two[1], two[0])), (merge, two), (merge, (two[0], two[0]))):
        with pytest.raises(NotNow) as refusal:
            verb(*arguments, agent)
        assert refusal.value.words == changes.EMPTY
    undo(change, agent)
    with pytest.raises(NotNow) as refusal:
        undo(change, agent)
    assert refusal.value.words == changes.UNDONE


def test_a_split_and_its_undoing(agency, household, agent):
    before = links(agency)
    person = household[0].person
    change = split(person, [household[1].pk], agent)
    now = links(agency)
    assert now["1"] == now["3"] == (person.pk, "hand")
    assert now["2"] == (change.other_id, "hand")
    assert KeptApart.objects.for_agency(agency).count() == 1
    undo(change, agent)
    assert links(agency) == before
    assert not KeptApart.objects.for_agency(agency).exists()


def test_a_split_survives_every_later_filing(agency, connected, household, agent, filed, draft):
    """The shared number would bring them together again, whichever of them the remote changes."""
    split(household[0].person, [household[1].pk], agent)
    after = links(agency)
    phones = (("", "06 12 34 56 78"),)
    changed = [
        draft(n, first_name=name, phones=phones, message="x") for n, name in (("1", "Jean"), ("2", "Marie"))
    ]
    filed(agency, *changed)
    assert links(agency) == after


def test_after_a_split_a_new_lead_goes_to_who_has_its_name(agency, household, agent, filed, draft):
    change = split(household[0].person, [household[1].pk], agent)
    phones = (("", "06 12 34 56 78"),)
    leads = filed(
        agency,
        draft("4", first_name="MARIE", phones=phones),
        draft("5", first_name="Jean", phones=phones),
        draft("6", first_name="Luc", phones=phones),
    )
    assert [lead.person_id for lead in leads[3:]] == [
        change.other_id,
        household[0].person_id,
        household[0].person_id,
    ]
    assert {lead.person_by for lead in leads[3:]} == {"phone"}
    again = filed(agency, draft("6", first_name="Marie", phones=phones))
    assert again[5].person_id == household[0].person_id, "who has a lead keeps it when its name changes"


def test_a_split_needs_some_who_stay_and_only_their_own(agency, other_agency, household, agent, filed, draft):
    person, every = household[0].person, [lead.pk for lead in household]
    (foreign,) = filed(other_agency, draft("9"))
    for chosen, words in (
        ([], changes.NOTHING_LEFT),
        (every, changes.NOTHING_LEFT),
        ([every[0], foreign.pk], changes.NOT_THEIRS),
        ([10**9], changes.NOT_THEIRS),
    ):
        with pytest.raises(NotNow) as refusal:
            split(person, chosen, agent)
        assert refusal.value.words == words
    assert Person.objects.for_agency(agency).count() == 1


def test_what_was_moved_since_is_not_undone_by_halves(agency, two, agent):
    change = merge(*two, agent)
    lead = Lead.objects.for_agency(agency).get(remote_id="3")
    later = split(two[0], [lead.pk], agent)
    before = links(agency)
    with pytest.raises(NotNow) as refusal:
        undo(change, agent)
    assert refusal.value.words == changes.MOVED_SINCE
    assert links(agency) == before
    undo(later, agent)
    PersonChange.objects.for_agency(agency).get(pk=change.pk)
    undo(change, agent)
    assert links(agency)["3"] == (two[1].pk, "")


def test_a_lead_that_came_after_the_merge_stays_when_it_is_undone(agency, two, agent, filed, draft):
    change = merge(*two, agent)
    filed(agency, draft("4", phones=(("", "0612345678"),)))
    undo(change, agent)
    assert links(agency)["4"] == (two[0].pk, "phone")


def test_keeping_apart_is_noted_once_whoever_comes_first(agency, two, agent):
    keep_apart(two[1], two[0], agent)
    keep_apart(two[0], two[1], agent)
    pair = KeptApart.objects.for_agency(agency).get()
    assert (pair.person_id, pair.other_id) == tuple(sorted(person.pk for person in two))
    assert AuditEntry.objects.for_agency(agency).count() == 1


def test_the_same_person_at_another_agency_is_not_touched(agency, other_agency, two, agent, filed, draft):
    filed(other_agency, draft("1", email="jean@exemple.fr"), draft("3", phones=(("", "0612345678"),)))
    before = links(other_agency)
    change = merge(*two, agent)
    split(two[0], [Lead.objects.for_agency(agency).get(remote_id="1").pk], agent)
    assert links(other_agency) == before
    assert change.agency == agency


def test_the_trail_names_nobody(agency, two, agent):
    undo(merge(*two, agent), agent)
    split(two[0], [Lead.objects.for_agency(agency).get(remote_id="1").pk], agent)
    keep_apart(*two, agent)
    said = " ".join(f"{entry.subject} {entry.detail}" for entry in AuditEntry.objects.for_agency(agency))
    assert not any(word in said for word in ("jean", "Jean", "Dupont", "0612", "612345678", "exemple"))


def test_leads_under_way_meanwhile_find_the_merged_person(agency, connected, two, agent, draft, filed):
    save(connected(agency), [draft("7", phones=(("", "0612345678"),))], Way.PULL)
    merge(*two, agent)
    assert filed(agency)[3].person_id == two[0].pk
