"""Finding people, who they are, and who may be the same."""

import json

import pytest

from accounts.roles import Role
from estates.leads.models import StrayItem
from estates.leads.people import held
from estates.leads.people.changes import keep_apart, merge
from estates.leads.people.suggestions import suggestions_for, suggestions_of
from estates.leads.people.who import find, who_are, who_is
from estates.leads.saving import set_apart

pytestmark = pytest.mark.django_db


@pytest.fixture
def jean(agency, connected, filed, draft):
    """Jean, who wrote twice and through two sources, and Marie, who has his number in one of hers."""
    filed(agency, draft("1", email="jean@exemple.fr", phones=(("", "06 12 34 56 78"), ("", "call me"))))
    filed(agency, draft("9", email="JEAN@exemple.fr", last_name=""), connection=connected(agency, "aviv"))
    leads = filed(
        agency,
        draft("2", first_name="Zoé", last_name="Lemaître", email="zoe@exemple.fr"),
        draft(
            "3", first_name="Zoé", last_name="Lemaître", email="zoe@exemple.fr", phones=(("", "0612345678"),)
        ),
    )
    assert leads[0].person_id == leads[1].person_id != leads[2].person_id == leads[3].person_id
    return leads[0].person


def test_a_person_is_what_its_leads_say(agency, jean):
    who = who_is(jean)
    assert (str(who), who.leads, who.mails) == ("Jean", 2, ["JEAN@exemple.fr", "jean@exemple.fr"])
    assert [(phone.shown, phone.dial) for phone in who.phones] == [
        ("06 12 34 56 78", "+33612345678"),
        ("call me", ""),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("jean@exemple.fr", ["Jean"]),
        ("  ZOE@exemple.fr ", ["Zoé Lemaître"]),
        ("06 12 34 56 78", ["Zoé Lemaître", "Jean"]),
        ("+33 (0)6 12 34 56 78", ["Zoé Lemaître", "Jean"]),
        ("lemaitre zoe", ["Zoé Lemaître"]),
        ("dupont", ["Jean"]),
        ("nobody", []),
        ("07 12 34 56 78", []),
        ("'; --", []),
        ("", []),
    ],
)
def test_people_are_found_by_what_somebody_remembers(agency, jean, text, names):
    assert sorted(map(str, find(agency, text))) == sorted(names)


def test_nobody_is_found_at_another_agency(other_agency, jean):
    assert find(other_agency, "jean@exemple.fr") == []
    assert who_are(other_agency, [jean.pk]) == []


def test_people_who_share_a_number_are_suggested_with_the_reason(agency, jean):
    (told,) = suggestions_for(jean)
    assert (str(told.other), told.reasons) == ("Zoé Lemaître", ["same phone number: 06 12 34 56 78"])
    (told,) = suggestions_of(agency)
    assert {str(told.person), str(told.other)} == {"Jean", "Zoé Lemaître"}


def test_a_settled_suggestion_is_not_made_again(agency, jean, member):
    (told,) = suggestions_for(jean)
    other = type(jean).objects.for_agency(agency).get(pk=told.other.pk)
    keep_apart(other, jean, member(agency, Role.AGENT))
    assert suggestions_for(jean) == suggestions_for(other) == suggestions_of(agency) == []


def test_a_merge_settles_it_too(agency, jean, member):
    (told,) = suggestions_for(jean)
    assert len(suggestions_of(agency)) == 1
    other = type(jean).objects.for_agency(agency).get(pk=told.other.pk)
    merge(jean, other, member(agency, Role.AGENT))
    assert suggestions_of(agency) == suggestions_for(jean) == []
    assert who_is(jean).leads == 4


def test_suggestions_cost_the_same_for_many(agency, filed, draft, django_assert_max_num_queries):
    phone = (("", "0612345678"),)
    first = [draft(str(n), last_name="", first_name="", email=f"p{n}@exemple.fr") for n in range(30)]
    filed(agency, *first)
    filed(agency, *[draft(str(100 + n), email=f"p{n}@exemple.fr", phones=phone) for n in range(30)])
    with django_assert_max_num_queries(7):
        assert len(suggestions_of(agency)) == 20


def test_the_file_holds_everything_and_is_json(agency, connected, jean, member):
    lead = jean.leads.get(remote_id="1")
    lead.events.create(
        actor=member(agency),
        what="note",
        words="Rappeler 😀 é",
    )
    set_apart(connected(agency), json.dumps({"tel": "06.12.34.56.78"}).encode(), "no usable action_id")
    set_apart(connected(agency), b'{"tel": "07"}', "no usable action_id")
    told = json.loads(b"".join(held.file_of(jean)))
    assert [entry["remote_id"] for entry in told["enquiries"]] == ["1", "9"]
    assert told["enquiries"][0]["timeline"][0]["words"].startswith("Rappeler")
    assert json.loads(told["enquiries"][0]["as_received"])["email"] == "jean@exemple.fr"
    assert [item["body"] for item in told["set_apart"]] == [
        StrayItem.objects.for_agency(agency).earliest("pk").body
    ]
    assert "zoe@" not in json.dumps(told)
