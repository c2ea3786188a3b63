import pytest

from estates.catalogue.facts import mirror_facts
from estates.catalogue.plan import plan_mirror
from estates.connections.models import Connection
from tests.catalogue.mirror.conftest import payload

pytestmark = pytest.mark.django_db


def some(count):
    return [payload(number) for number in range(count)]


def test_a_connection_before_its_first_sync(connection, agency):
    (facts,) = mirror_facts(agency)
    assert (facts.connection, facts.last, facts.last_whole, facts.plan) == (connection, None, None, None)
    assert (facts.present, facts.gone, facts.question) == (0, 0, None)


def test_the_last_run_and_the_last_whole_one_are_told_apart(connection, agency, listing, sync):
    plan_mirror(connection)
    listing(some(12))
    whole = sync(connection)
    listing([], total=0)
    empty = sync(connection)
    (facts,) = mirror_facts(agency)
    assert (facts.last, facts.last_whole) == (empty, whole)
    assert (facts.present, facts.gone, facts.plan) == (12, 0, connection.mirror_plan)


def test_a_question_that_stands_is_among_the_facts(connection, agency, listing, sync):
    for count in (30, 10, 10):
        listing(some(count))
        run = sync(connection)
    (facts,) = mirror_facts(agency)
    assert facts.question == run
    for _ in range(2):
        listing(some(28))
        sync(connection)
    (facts,) = mirror_facts(agency)
    assert (facts.question, facts.present, facts.gone) == (None, 28, 2)


def test_other_agencies_other_systems_and_removed_connections_are_left_out(connection, agency, other_agency):
    Connection.objects.create(agency=agency, system="seeki", label="feed")
    Connection.objects.create(agency=agency, system="ts_immo", label="old", removed_at=connection.created_at)
    Connection.objects.create(agency=agency, system="ts_immo", label="annexe")
    theirs = Connection.objects.create(agency=other_agency, system="ts_immo", label="theirs")
    assert [facts.connection.label for facts in mirror_facts(agency)] == ["annexe", "main"]
    assert [facts.connection for facts in mirror_facts(other_agency)] == [theirs]


def test_the_facts_cost_the_same_for_many_connections(agency, connection, django_assert_num_queries):
    for number in range(5):
        Connection.objects.create(agency=agency, system="ts_immo", label=str(number))
    with django_assert_num_queries(5):
        assert len(mirror_facts(agency)) == 6
