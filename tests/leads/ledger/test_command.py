import json
from io import StringIO

import orjson
import pytest
from django.core.management import CommandError, call_command

from estates.leads.batches import keep
from estates.leads.models.leads import Way
from estates.leads.saving import save

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(agency, connected):
    found = connected(agency)
    keep(found, "readContacts", orjson.dumps([{"action_id": 1}, {"action_id": 2}]), 2)
    return found


def told(*arguments) -> str:
    out = StringIO()
    call_command("ledger", *arguments, stdout=out)
    return out.getvalue()


def test_no_difference_ends_well(agency, connection, draft):
    save(connection, [draft("1"), draft("2")], Way.READ)
    assert "2 given, 2 here" in told("martin")


def test_a_difference_is_named_and_exits_with_one(agency, connection, draft):
    save(connection, [draft("1")], Way.READ)
    out = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("ledger", "martin", stdout=out)
    assert raised.value.returncode == 1
    assert "not here: 2" in out.getvalue()


def test_json_says_the_same(agency, connection, draft):
    save(connection, [draft("1")], Way.READ)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("ledger", "martin", "--json", stdout=out)
    (source,) = json.loads(out.getvalue())["sources"]
    assert (source["given"], source["here"], source["missing"]) == (2, 1, ["2"])
    assert source["days"][0]["missing"] == ["2"]


def test_other_agencies_are_not_counted(agency, other_agency, connection):
    assert "no source" in told("riviera")


def test_an_unknown_agency_is_said(db):
    with pytest.raises(CommandError, match="no agency"):
        told("nowhere")
