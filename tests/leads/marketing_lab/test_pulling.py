from datetime import timedelta

import pytest
from django.utils import timezone

from estates.connections.models import ConnectionKey
from estates.connections.vault import seal
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.leads import sources
from estates.leads.marketing_lab.pulling import Fetch
from estates.leads.models import Batch, KeyLease, Lead, LeadSource, Programme, Pull, StrayItem
from estates.remotes.marketing_lab import MarketingLabClient
from estates.remotes.secret import Secret
from portal.sandbox import sandbox

pytestmark = pytest.mark.django_db
STEPS = [
    (owner, name, when)
    for owner, names in {
        MarketingLabClient: ("read_contacts", "pull_contacts", "pulled_contacts"),
        Fetch: ("store", "pull", "settle", "mirror", "note"),
    }.items()
    for name in names
    for when in ("before", "after")
]


class Killed(BaseException):
    """The process is gone: nothing below catches it."""


@pytest.fixture
def box(settings):
    with sandbox(estates=0) as running:
        url = f"{running.url}{running.marketing_lab.base}"
        settings.REMOTE_URLS = {**settings.REMOTE_URLS, ("marketing_lab", "production"): url}
        yield running


@pytest.fixture
def account(box):
    return box.marketing_lab.create_account("one")


@pytest.fixture
def source(agency, connected, account):
    """A source that pulls with the account's key."""
    connection = connected(agency, key=account.key)
    return LeadSource.objects.create(
        agency=agency, connection=connection, mode=LeadSource.Mode.PULL, next_at=timezone.now()
    )


def fetch(source, slices=9) -> Job:
    """One fetch to its end, at once whatever it waits for."""
    job = sources.start_fetch(source.connection)
    for _ in range(slices):
        Job.objects.across_agencies().filter(pk=job.pk).update(not_before=timezone.now())
        work(job.pk)
        job.refresh_from_db()
        if job.status not in (Status.QUEUED, Status.WAITING):
            break
    return job


def ids(agency) -> set[str]:
    return set(Lead.objects.for_agency(agency).values_list("remote_id", flat=True))


def pulled(account) -> set[str]:
    return {str(contact.action_id) for contact in account.contacts if contact.pulled_at}


def test_everything_is_pulled_and_here(agency, account, source):
    account.add_contacts(450)
    assert fetch(source).status == Status.DONE
    assert len(ids(agency)) == 450
    assert ids(agency) == pulled(account)
    pulls = Pull.objects.for_agency(agency)
    assert [pull.answered for pull in pulls.order_by("pk")] == [200, 200, 50]
    assert {pull.stage for pull in pulls} == {Pull.Stage.SETTLED}
    assert all(lead.pulled_at for lead in Lead.objects.for_agency(agency))
    assert Job.objects.for_agency(agency).filter(kind="leads.file").exists()


def test_read_only_never_marks_anything(agency, box, account, source):
    LeadSource.objects.for_agency(agency).update(mode=LeadSource.Mode.READ)
    account.add_contacts(30)
    for _ in range(2):
        assert fetch(source).status == Status.DONE
    assert len(ids(agency)) == 30
    assert pulled(account) == set()
    assert {entry.operation for entry in box.received} <= {"read_contacts", "regions", "programmes"}


def test_read_only_says_that_there_may_be_more(agency, account, source):
    LeadSource.objects.for_agency(agency).update(mode=LeadSource.Mode.READ)
    account.add_contacts(199)
    fetch(source)
    assert not LeadSource.objects.for_agency(agency).get().is_full
    account.add_contacts(5)
    fetch(source)
    assert LeadSource.objects.for_agency(agency).get().is_full


def test_a_list_of_pulled_contacts_that_is_full_raises_the_alarm(agency, account, source):
    account.add_contacts(450)
    fetch(source)
    assert not LeadSource.objects.for_agency(agency).get().is_full
    account.add_contacts(60)
    fetch(source)
    assert LeadSource.objects.for_agency(agency).get().is_full


@pytest.mark.parametrize("fault", ["lost", "truncated_json", "length_longer"])
def test_a_pull_whose_answer_was_lost_is_recovered_before_the_next(agency, box, account, source, fault):
    account.add_contacts(120)
    unread = account.add_contacts(3)
    box.fault(fault, operation="pull_contacts", times=1)
    fetch(source, slices=1)
    assert len(pulled(account)) == 123, "the remote has marked them all the same"
    late = account.add_contacts(5)
    assert fetch(source).status == Status.DONE
    assert ids(agency) == pulled(account) >= {str(name) for name in [*unread, *late]}
    operations = [entry.operation for entry in box.received if entry.operation.endswith("contacts")]
    first = operations.index("pull_contacts")
    assert operations[first + 1] == "pulled_contacts", "compared before anything else is asked"


def test_contacts_that_came_between_reading_and_a_lost_pull_are_recovered(
    agency, box, account, source, monkeypatch
):
    account.add_contacts(4)
    read = MarketingLabClient.read_contacts

    def read_and_then_more(client, **options):
        batch = read(client, **options)
        account.add_contacts(6)
        return batch

    monkeypatch.setattr(MarketingLabClient, "read_contacts", read_and_then_more)
    box.fault("lost", operation="pull_contacts", times=1)
    fetch(source, slices=1)
    monkeypatch.undo()
    assert len(ids(agency)) == 4 < len(pulled(account)) == 10
    fetch(source)
    assert ids(agency) == pulled(account)
    recovered = Lead.objects.for_agency(agency).filter(way="recovery").count()
    assert recovered == 6 == sum(pull.recovered for pull in Pull.objects.for_agency(agency))


@pytest.mark.parametrize(("owner", "name", "when"), STEPS, ids=lambda part: getattr(part, "__name__", part))
def test_dying_at_any_step_loses_nothing(agency, account, source, monkeypatch, owner, name, when):
    account.add_contacts(210)
    step, times = getattr(owner, name), []

    def deadly(*arguments, **options):
        times.append(when)
        if when == "before":
            raise Killed
        step(*arguments, **options)
        raise Killed

    monkeypatch.setattr(owner, name, deadly)
    job = sources.start_fetch(source.connection)
    with pytest.raises(Killed):
        work(job.pk)
    monkeypatch.undo()
    assert times, "the step must have been reached"
    account.add_contacts(20)
    Job.objects.across_agencies().update(status=Status.WAITING, claim="")
    assert fetch(source).status == Status.DONE
    assert ids(agency) == pulled(account)
    assert len(ids(agency)) == 230


def test_a_pull_by_a_worker_that_was_held_up_is_found_within_the_hour(agency, account, source, time_machine):
    time_machine.move_to(timezone.now())
    account.add_contacts(3)
    fetch(source)
    account.add_contacts(2)
    account.pull()
    fetch(source)
    assert len(ids(agency)) == 3
    time_machine.shift(timedelta(hours=1, minutes=1))
    fetch(source)
    assert ids(agency) == pulled(account)


def test_a_remote_that_never_marks_is_not_asked_for_ever(agency, box, account, source, monkeypatch):
    account.add_contacts(7)
    monkeypatch.setattr(account, "pull", account.ready)
    assert fetch(source).status == Status.DONE
    assert [entry.operation for entry in box.received].count("pull_contacts") == 1
    assert len(ids(agency)) == 7


def test_one_key_stored_twice_is_used_by_one_at_a_time(agency, other_agency, connected, account, source):
    twin = connected(other_agency, key=account.key)
    other = LeadSource.objects.create(agency=other_agency, connection=twin, next_at=timezone.now())
    account.add_contacts(2)
    KeyLease.objects.all().delete()
    fetch(source)
    lease = KeyLease.objects.get()
    assert lease.holder == ""
    KeyLease.objects.update(holder=str(source.connection_id), until=timezone.now() + timedelta(minutes=1))
    assert fetch(other, slices=1).status == Status.QUEUED, "it waits for the other to end"
    KeyLease.objects.update(until=timezone.now())
    assert fetch(other).status == Status.DONE
    assert account.key not in str(KeyLease.objects.values())


def test_another_key_does_not_wait(agency, other_agency, connected, box, account, source):
    other_account = box.marketing_lab.create_account("two")
    other_account.add_contacts(3)
    KeyLease.objects.create(fingerprint="x", holder="9", until=timezone.now() + timedelta(minutes=1))
    other = LeadSource.objects.create(
        agency=other_agency, connection=connected(other_agency, key=other_account.key), next_at=timezone.now()
    )
    assert fetch(other).status == Status.DONE
    assert len(ids(other_agency)) == 3
    assert ids(agency) == set()


def test_raw_answers_are_kept_and_the_same_one_only_once(agency, account, source):
    LeadSource.objects.for_agency(agency).update(mode=LeadSource.Mode.READ)
    account.add_contacts(3)
    for _ in range(3):
        fetch(source)
    batch = Batch.objects.for_agency(agency).get(operation="readContacts")
    assert batch.number == 3
    assert batch.seen_at > batch.at
    assert all(str(contact.action_id) in batch.body for contact in account.contacts)


def test_the_remains_of_a_cut_pull_are_kept(agency, box, account, source):
    account.add_contacts(3)
    box.fault("truncated_json", operation="pull_contacts", times=1)
    fetch(source, slices=1)
    assert Batch.objects.for_agency(agency).get(operation="pullContacts (unread)").body


def test_a_contact_without_a_number_is_set_apart(agency, box, account, source):
    account.add_contacts(3)
    for operation in ("read_contacts", "pull_contacts", "pulled_contacts"):
        box.fault("contact_without_id", operation=operation)
    assert fetch(source).status == Status.DONE
    strays = list(StrayItem.objects.for_agency(agency))
    assert strays
    for stray in strays:
        assert "action_id" in stray.reason
        assert any(
            f'"prospect_id":{contact.fields["prospect_id"]}' in stray.body for contact in account.contacts
        )
    assert len(ids(agency)) >= 2


def test_regions_and_programmes_are_mirrored_once_a_day(agency, box, account, source, time_machine):
    time_machine.move_to(timezone.now())
    fetch(source)
    programmes = list(Programme.objects.for_agency(agency))
    listed = {programme.id for region in account.regions for programme in region.programmes}
    assert {int(programme.remote_id) for programme in programmes} == listed
    assert all(programme.region for programme in programmes)
    fetch(source)
    assert [entry.operation for entry in box.received].count("programmes") == 1
    Programme.objects.create(
        agency=agency, connection=source.connection, remote_id="999999", name="Old", seen_at=timezone.now()
    )
    time_machine.shift(timedelta(days=1, minutes=1))
    fetch(source)
    gone = Programme.objects.for_agency(agency).exclude(gone_at=None)
    assert [programme.name for programme in gone] == ["Old"]


def test_a_refused_key_is_no_empty_answer(agency, box, account, source):
    ConnectionKey.objects.update(ciphertext=seal(Secret("mlab_wrong_0123456789")))
    job = fetch(source)
    assert job.status == Status.FAILED
    assert job.error_kind == "unauthorised"
    assert LeadSource.objects.for_agency(agency).get().run_at is None


def test_due_fetches_start_once_and_wait_for_a_person_where_the_key_was_refused(
    agency, source, django_assert_max_num_queries
):
    assert sources.start_due_fetches() == 1
    assert sources.start_due_fetches() == 0
    LeadSource.objects.for_agency(agency).update(next_at=timezone.now())
    type(source.connection).objects.for_agency(agency).update(state="refused")
    assert sources.start_due_fetches() == 0


def test_a_stored_key_plans_its_source_and_starts_it(agency, connected):
    connection = connected(agency)
    sources.plan_source(connection)
    source = LeadSource.objects.for_agency(agency).get()
    assert source.mode == LeadSource.Mode.READ, "nothing is taken away before somebody says so"
    assert Job.objects.for_agency(agency).get().kind == "leads.fetch_marketing_lab"
    sources.plan_source(connected(agency, "ts_immo", "tsi_key_0123456789"))
    assert LeadSource.objects.for_agency(agency).count() == 1
