import pytest

from accounts.models import AuditEntry
from estates.catalogue.models import Estate, EstateChange
from estates.catalogue.removals import confirm_removals, keep_estates
from tests.catalogue.mirror.conftest import latest, payload

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(connection, listing, sync):
    """A run that asks about 30 of 50 estates."""
    listing([payload(number) for number in range(50)])
    sync(connection)
    listing([payload(number) for number in range(20)])
    sync(connection)
    run = sync(connection)
    assert (run.status, run.would_go) == ("asking", 30)
    return run


def gone(run):
    return Estate.objects.for_agency(run.agency).exclude(gone_at=None).count()


def audited(run, action):
    entries = AuditEntry.objects.for_agency(run.agency).filter(action=action)
    return [(entry.actor, entry.detail) for entry in entries]


def test_a_confirmed_removal_marks_what_is_missing(asking, member, agency):
    assert confirm_removals(asking, member(agency))
    asking.refresh_from_db()
    assert (asking.status, asking.gone, asking.decided_by, gone(asking)) == ("done", 30, member(agency), 30)
    assert EstateChange.objects.for_agency(agency).filter(field="gone").count() == 30
    assert audited(asking, "catalogue.removals_confirmed") == [(member(agency), {"estates": 30})]


def test_estates_that_are_kept_are_asked_about_again_after_two_more_misses(
    asking, connection, member, agency, sync
):
    assert keep_estates(asking, member(agency))
    asking.refresh_from_db()
    assert (asking.status, asking.gone, gone(asking)) == ("done", 0, 0)
    assert audited(asking, "catalogue.estates_kept") == [(member(agency), {"estates": 30})]
    assert sync(connection).status == "done"
    assert sync(connection).status == "asking"
    assert gone(asking) == 0


@pytest.mark.parametrize("second", [confirm_removals, keep_estates])
def test_the_first_answer_counts(asking, member, agency, second):
    stale = latest(asking.connection)
    assert confirm_removals(asking, member(agency))
    assert not second(stale, member(agency))
    assert gone(asking) == 30
    assert AuditEntry.objects.for_agency(agency).filter(action__startswith="catalogue.").count() == 1


def test_what_is_listed_again_meanwhile_does_not_go(asking, listing, connection, sync, member, agency):
    listing([payload(number) for number in range(50)])
    sync(connection)
    assert not confirm_removals(asking, member(agency))
    assert gone(asking) == 0


def test_what_came_back_in_a_sync_under_way_does_not_go(asking, member, agency):
    Estate.objects.for_agency(agency).filter(remote_id="id-00030").update(missed=0)
    assert confirm_removals(asking, member(agency))
    assert gone(asking) == 29


def test_only_the_connections_own_estates_go(asking, member, agency, other_agency):
    from estates.catalogue.merge import merge
    from estates.connections.models import Connection
    from tests.catalogue.mirror.conftest import remote

    for owner in (agency, other_agency):
        other = Connection.objects.create(agency=owner, system="ts_immo", label="second")
        merge(other, [remote(1), remote(40)], asking.started_at)
        Estate.objects.for_agency(owner).filter(connection=other).update(missed=2)
    assert confirm_removals(asking, member(agency))
    assert (asking.gone, gone(asking)) == (30, 30)
    assert Estate.objects.for_agency(other_agency).filter(gone_at=None).count() == 2
