"""The contacts themselves: documented, repeatable, as people are."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from portal.sandbox.marketing_lab import MarketingLab

DOCUMENTED = (
    "action_id", "prospect_id", "programme_id", "prospect_nom", "prospect_prenom", "prospect_telephone",
    "prospect_email", "programme_nom", "region_nom", "origine_designation", "type_contact_designation",
    "type_action_designation",
)  # fmt: skip


def drawn(slug="martin", seed=1, contacts=300):
    account = MarketingLab(contacts=contacts, seed=seed).accounts[slug]
    return [contact.as_dict() for contact in account.contacts]


def undated(items):
    return [{name: value for name, value in item.items() if name != "action_date"} for item in items]


def test_every_contact_has_the_documents_fields_and_more():
    for item in drawn():
        assert set(DOCUMENTED) < set(item)
        assert item["date_pull"] is None
        assert item["prospect_nom"]
        assert item["programme_nom"]


def test_they_are_the_same_on_every_machine_and_others_by_another_seed():
    assert undated(drawn()) == undated(drawn())
    assert undated(drawn(contacts=50)) == undated(drawn())[:50]
    assert undated(drawn(seed=2)) != undated(drawn())


def test_those_that_come_later_are_the_same_as_those_of_the_start():
    account = MarketingLab(contacts=3, seed=1).accounts["martin"]
    assert account.add_contacts(2) == [1048, 1049]
    assert undated([contact.as_dict() for contact in account.contacts]) == undated(drawn(contacts=5))


def test_ids_are_unique_beyond_an_account():
    items = drawn() + drawn("riviera")
    assert len({item["action_id"] for item in items}) == 600
    assert drawn()[0]["action_id"] == 1045
    assert not {item["prospect_id"] for item in drawn()} & {item["prospect_id"] for item in drawn("riviera")}


def test_some_ask_again_as_the_same_person():
    by_person = {}
    for item in drawn():
        who = (
            item["prospect_nom"],
            item["prospect_prenom"],
            item["prospect_telephone"],
            item["prospect_email"],
        )
        by_person.setdefault(item["prospect_id"], set()).add(who)
    assert 230 < len(by_person) < 290
    assert {len(found) for found in by_person.values()} == {1}


def test_everybody_can_be_reached_and_not_everybody_in_both_ways():
    items = drawn(contacts=600)
    ways = Counter((bool(item["prospect_telephone"]), bool(item["prospect_email"])) for item in items)
    assert ways[False, False] == 0
    assert min(ways[True, False], ways[False, True]) > 10
    for item in items:
        phone = re.sub(r"\D", "", item["prospect_telephone"] or "")
        assert re.fullmatch(r"(33|0)63998\d{4}|", phone)
        assert re.fullmatch(r"[a-z0-9.]+@[a-z.]+", item["prospect_email"] or "a@b.c")


def test_programmes_are_those_of_the_account():
    account = MarketingLab(contacts=0, seed=1).accounts["riviera"]
    known = {(region.name, programme.id) for region in account.regions for programme in region.programmes}
    assert {(item["region_nom"], item["programme_id"]) for item in drawn("riviera")} == known


def test_messages_are_french_filled_in_and_sometimes_missing():
    messages = [item["action_commentaire"] for item in drawn()]
    assert None in messages
    assert any("\n" in message for message in messages if message)
    assert not any("{" in message for message in messages if message)


def test_those_of_the_start_came_in_lately_and_in_order():
    moments = [datetime.fromisoformat(item["action_date"]) for item in drawn()]
    assert moments == sorted(moments)
    assert datetime.now(UTC) - moments[0] < timedelta(days=13)
    assert moments[-1] < datetime.now(UTC)


def test_accounts_can_be_created():
    lab = MarketingLab(contacts=2, seed=1)
    created = lab.create_account("dupont", contacts=4)
    assert created.contacts[0].action_id not in {
        c.action_id for a in ("martin", "riviera") for c in lab.accounts[a].contacts
    }
    assert len(created.contacts) == 4
    for slug, key in (("dupont", ""), ("new", created.key)):
        with pytest.raises(ValueError, match="exists already"):
            lab.create_account(slug, key=key)


def test_the_demo_keys_are_fixed():
    accounts = MarketingLab(contacts=0, seed=7).accounts
    assert (accounts["martin"].key, accounts["riviera"].key) == (
        "mlab_demo_martin_c81e4b",
        "mlab_demo_riviera_7d20fa",
    )
