from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from estates.catalogue.models import MirrorPlan
from estates.catalogue.plan import next_after, set_interval, start_due_syncs, sync_now
from estates.connections.models import Connection
from estates.connections.signals import connection_ready
from estates.jobs.models import Job

pytestmark = pytest.mark.django_db


def ready(connection, actor=None):
    connection_ready.send(Connection, connection=connection, actor=actor)


def plan_of(connection) -> MirrorPlan:
    return MirrorPlan.objects.for_agency(connection.agency).get(connection=connection)


def jobs(agency):
    return Job.objects.for_agency(agency).filter(kind="catalogue.sync")


def make_due(connection):
    MirrorPlan.objects.across_agencies().filter(connection=connection).update(next_at=timezone.now())


def test_a_ready_connection_is_planned_and_synced_at_once(connection, member, agency):
    ready(connection, member(agency))
    plan = plan_of(connection)
    assert plan.every_minutes == 15
    assert timedelta(minutes=13) < plan.next_at - timezone.now() < timedelta(minutes=17)
    job = jobs(agency).get()
    assert (job.subject, job.asked_by) == (f"connection:{connection.pk}", member(agency))
    assert job.params == {"connection": connection.pk}


def test_a_new_key_keeps_the_plan_and_starts_no_second_sync(connection, member, agency):
    ready(connection)
    set_interval(connection, 60, member(agency))
    ready(connection)
    assert plan_of(connection).every_minutes == 60
    assert jobs(agency).count() == 1


def test_other_systems_are_not_mirrored(agency):
    other = Connection.objects.create(agency=agency, system="seeki", label="feed")
    ready(other)
    assert not MirrorPlan.objects.for_agency(agency).exists()
    assert not jobs(agency).exists()


def test_due_syncs_start_once(connection, agency):
    ready(connection)
    jobs(agency).update(status="done")
    assert start_due_syncs() == 0
    make_due(connection)
    assert start_due_syncs() == 1
    assert start_due_syncs() == 0
    assert plan_of(connection).next_at > timezone.now() + timedelta(minutes=13)
    assert jobs(agency).count() == 2
    assert not AuditEntry.objects.for_agency(agency).filter(action__startswith="catalogue.").exists()


def test_two_timers_at_once_start_a_sync_once(connection, agency, monkeypatch):
    """The second timer has read the plan before the first one moved it."""
    ready(connection)
    jobs(agency).update(status="done")
    make_due(connection)
    import estates.catalogue.plan as planning

    def overtaken(started, who=None):
        monkeypatch.undo()
        assert start_due_syncs() == 0
        return planning.start_sync(started, who)

    monkeypatch.setattr(planning, "start_sync", overtaken)
    assert start_due_syncs() == 1
    assert jobs(agency).count() == 2


@pytest.mark.parametrize("fields", [{"removed_at": timezone.now()}, {"state": "refused"}])
def test_removed_and_refused_connections_wait_for_a_person(connection, agency, fields):
    ready(connection)
    jobs(agency).update(status="done")
    make_due(connection)
    Connection.objects.across_agencies().filter(pk=connection.pk).update(**fields)
    assert start_due_syncs() == 0


def test_the_timers_task_starts_what_is_due(connection, agency):
    from estates.catalogue.tasks import start_due_syncs as task

    ready(connection)
    jobs(agency).update(status="done")
    make_due(connection)
    task()
    assert jobs(agency).filter(status="queued").count() == 1
    assert task.name == "catalogue.start_due_syncs"


def test_the_button_starts_a_sync_and_is_audited(connection, member, agency):
    job = sync_now(connection, member(agency))
    assert sync_now(connection, member(agency)) == job
    assert jobs(agency).count() == 1
    entries = AuditEntry.objects.for_agency(agency).filter(
        action="catalogue.sync_asked", actor=member(agency)
    )
    assert entries.count() == 2


@pytest.mark.parametrize("minutes", [5, 60, 1440])
def test_the_interval_can_be_set(connection, member, agency, minutes):
    ready(connection)
    set_interval(connection, minutes, member(agency))
    plan = plan_of(connection)
    distance = (plan.next_at - timezone.now()) / timedelta(minutes=minutes)
    assert (plan.every_minutes, 0.89 < distance < 1.11) == (minutes, True)
    assert AuditEntry.objects.for_agency(agency).get(action="catalogue.interval_set").detail == {
        "minutes": minutes
    }


@pytest.mark.parametrize("minutes", [-1, 0, 4, 1441, 10**9])
def test_an_interval_out_of_bounds_is_refused(connection, member, agency, minutes):
    with pytest.raises(ValueError, match="between 5 and 1440"):
        set_interval(connection, minutes, member(agency))
    assert not MirrorPlan.objects.for_agency(agency).exists()


def test_intervals_are_spread_by_a_tenth_either_way():
    now = timezone.now()
    spread = [(next_after(now, 100) - now) / timedelta(minutes=1) for _ in range(500)]
    assert 90 <= min(spread) < 93
    assert 107 < max(spread) <= 110
