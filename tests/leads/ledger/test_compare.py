from datetime import UTC, datetime, timedelta

import orjson
import pytest
from django.utils import timezone

from estates.leads.batches import keep
from estates.leads.ledger.compare import ledger_of
from estates.leads.models import Batch, Lead, StrayItem, Tombstone
from estates.leads.models.leads import Way
from estates.leads.saving import save, set_apart
from estates.remotes.marketing_lab_fields import raw_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def gave(agency, connected):
    """`gave("readContacts", 1, 2)` keeps an answer with these contacts; texts and bytes are kept as they are."""

    def keep_it(operation, *ids, connection=None, days_ago=0):
        connection = connection or connected(agency)
        items = [each if isinstance(each, dict) else {"action_id": each} for each in ids]
        raw = ids[0] if ids and isinstance(ids[0], bytes) else orjson.dumps(items)
        keep(connection, operation, raw, len(ids))
        batch = Batch.objects.for_agency(agency).order_by("-pk")[0]
        moment = timezone.now() - timedelta(days=days_ago)
        Batch.objects.for_agency(agency).filter(pk=batch.pk).update(at=moment, seen_at=moment)
        return connection

    return keep_it


def test_what_was_given_and_saved_makes_no_difference(agency, gave, draft):
    connection = gave("readContacts", 1, 2, 3)
    save(connection, [draft("1"), draft("2"), draft("3")], Way.READ)
    ledger = ledger_of(connection)
    assert (ledger.given, ledger.here, ledger.holds) == (3, 3, True)
    assert ledger.days[0].given == 3
    assert len(ledger.days) == 30


def test_a_lead_that_is_not_here_is_named_on_its_day(agency, gave, draft):
    connection = gave("pullContacts", 1, 2, days_ago=3)
    save(connection, [draft("1")], Way.PULL)
    ledger = ledger_of(connection)
    assert ledger.missing == ["2"]
    assert not ledger.holds
    assert [(day.given, day.here) for day in ledger.days if day.given] == [(2, 1)]
    assert ledger.days[3].missing == ("2",)


def test_a_lead_counts_once_however_often_it_was_given(gave, draft):
    connection = gave("readContacts", 1, 2, days_ago=2)
    gave("pullContacts", 1, 2, days_ago=1)
    gave("getPulledContacts", 1, 2, 3)
    save(connection, [draft("1"), draft("2"), draft("3")], Way.PULL)
    ledger = ledger_of(connection)
    assert ledger.given == 3
    assert [day.given for day in ledger.days[:3]] == [1, 0, 2]
    assert ledger.operations == {"readContacts": 2, "pullContacts": 2, "getPulledContacts": 3}


def test_erased_leads_and_items_set_apart_are_here(agency, gave):
    nameless = {"prospect_nom": "Dupont"}
    connection = gave("readContacts", 1, nameless)
    Tombstone.objects.create(agency=agency, connection=connection, remote_id="1")
    set_apart(connection, raw_of(nameless), "no usable action_id")
    assert ledger_of(connection).holds
    StrayItem.objects.for_agency(agency).delete()
    (missing,) = ledger_of(connection).missing
    assert missing.startswith("item ")


def test_leads_of_another_key_or_agency_do_not_count(agency, other_agency, connected, gave, draft):
    connection = gave("readContacts", 1)
    save(connected(agency, label="Lyon", key="another_key_0123"), [draft("1")], Way.READ)
    save(connected(other_agency), [draft("1")], Way.READ)
    assert ledger_of(connection).missing == ["1"]


def test_what_was_lost_by_the_database_shows_although_saving_said_nothing(agency, gave, draft):
    connection = gave("readContacts", 1, 2)
    save(connection, [draft("1"), draft("2")], Way.READ)
    assert ledger_of(connection).holds
    Lead.objects.for_agency(agency).get(remote_id="2").delete()
    assert ledger_of(connection).missing == ["2"]


def test_answers_of_more_than_thirty_days_ago_are_left_alone(gave):
    connection = gave("readContacts", 1, days_ago=40)
    ledger = ledger_of(connection)
    assert (ledger.given, ledger.holds) == (0, True)


def test_an_answer_seen_again_lately_counts_from_the_first_day_of_the_account(agency, gave):
    connection = gave("readContacts", 1, days_ago=40)
    Batch.objects.for_agency(agency).update(seen_at=timezone.now())
    ledger = ledger_of(connection)
    assert ledger.days[-1].given == 1


def test_days_are_those_of_the_agency(agency, connected, gave, time_machine):
    time_machine.move_to(datetime(2026, 6, 10, 23, 30, tzinfo=UTC), tick=False)
    gave("readContacts", 1)
    assert ledger_of(connected(agency)).days[0].day.isoformat() == "2026-06-11"
    assert ledger_of(connected(agency)).days[0].given == 1


def test_an_unreadable_answer_is_a_difference_until_a_comparison_makes_good_for_it(gave):
    connection = gave("pullContacts (unread)", b'[{"action_id": 1}, {"act')
    assert not ledger_of(connection).holds
    assert len(ledger_of(connection).unread) == 1
    gave("getPulledContacts")
    assert ledger_of(connection).holds


def test_an_answer_that_is_not_quite_json_is_read_as_the_client_does(gave):
    connection = gave("readContacts", b'[{"action_id": 7, "n": NaN, "prospect_nom": "\\ud83d"}]')
    assert ledger_of(connection).missing == ["7"]


def test_leads_of_aviv_are_found_by_their_metadata(agency, connected, gave, draft):
    connection = connected(agency, "aviv", "aviv_key_0123456789")
    gave("leads", {"metadata": {"leadId": "a-1"}}, {"metadata": {"leadId": "a-2"}}, connection=connection)
    save(connection, [draft("a-1")], Way.POLL)
    assert ledger_of(connection).missing == ["a-2"]


def test_counting_asks_no_more_of_the_database_for_more_leads(gave, draft, django_assert_max_num_queries):
    connection = gave("readContacts", *range(1, 401))
    with django_assert_max_num_queries(6):
        assert len(ledger_of(connection).missing) == 400
