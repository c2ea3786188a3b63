"""The client against the simulated marketing-lab: the whole way, and what is left after a pull went wrong."""

import pytest

from estates.remotes.errors import Malformed, Refused, Throttled, Unauthorised, Unreachable
from estates.remotes.exchange import Patience
from estates.remotes.marketing_lab import PULLED_LIMIT, READY_LIMIT, MarketingLabClient
from portal.sandbox import sandbox

from .conftest import CALLS


@pytest.fixture
def box():
    with sandbox(estates=0) as running:
        yield running


@pytest.fixture
def account(box):
    return box.marketing_lab.accounts["martin"]


@pytest.fixture
def client(box, account):
    url = f"{box.url}{box.marketing_lab.base}"
    client = MarketingLabClient(url, account.key, patience=Patience(connect=1, read=1, total=2))
    yield client
    client.close()


def ids(batch):
    return [int(contact.action_id) for contact in batch.contacts]


def test_regions_and_programmes(client, account):
    assert {region.name for region in client.regions()} == {region.name for region in account.regions}
    regions = {region.remote_id for region in client.regions()}
    assert {programme.region_id for programme in client.programmes()} == regions
    assert "Les Terrasses de Gerland" in {programme.name for programme in client.programmes()}


def test_every_contact_is_read_as_it_was_entered(client, account):
    account.add_contacts(60)
    batch = client.read_contacts()
    for contact, entered in zip(batch.contacts, account.contacts, strict=True):
        fields = entered.fields
        assert contact.last_name == fields["prospect_nom"]
        assert contact.phone == (fields["prospect_telephone"] or "")
        assert contact.email == (fields["prospect_email"] or "")
        assert contact.message == (fields["action_commentaire"] or "")
        assert contact.happened_at.isoformat(timespec="milliseconds")[:-6] == fields["action_date"][:-1]
        assert contact.programme_id == str(fields["programme_id"])
        assert str(fields["typologie_souhaitee"]) in contact.raw.decode()


def test_reading_pulling_and_what_was_pulled(client, account):
    added = account.add_contacts(READY_LIMIT + 30)
    assert ids(client.read_contacts()) == added[:READY_LIMIT]
    assert ids(client.pull_contacts()) == added[:READY_LIMIT]
    assert ids(client.pull_contacts()) == added[READY_LIMIT:]
    assert (len(client.pull_contacts()), len(client.read_contacts())) == (0, 0)
    assert sorted(ids(client.pulled_contacts())) == added


def test_only_so_many_pulled_ones_are_in_reach(client, account):
    account.add_contacts(PULLED_LIMIT + 10)
    for _ in range(3):
        client.pull_contacts()
    assert len(client.pulled_contacts()) == PULLED_LIMIT


LOST = {
    "lost": Unreachable,
    "truncated_json": Malformed,
    "length_longer": Malformed,
    "length_shorter": Malformed,
}


@pytest.mark.parametrize("fault", LOST)
def test_after_a_lost_pull_everything_is_among_what_was_pulled(fault, box, client, account):
    added = account.add_contacts(20)
    staged = client.read_contacts()
    box.fault(fault, operation="pull_contacts")
    with pytest.raises(LOST[fault]) as caught:
        client.pull_contacts()
    assert bool(caught.value.raw) is (fault != "lost")
    calls = [entry.operation for entry in box.received]
    assert calls == ["read_contacts", "pull_contacts"]
    assert len(client.read_contacts()) == 0
    assert sorted(ids(client.pulled_contacts())) == ids(staged) == added


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("wrong_key", Unauthorised),
        ("message_string", Refused),
        ("message_list", Refused),
        ("throttled", Throttled),
        ("error_500", Unreachable),
        ("dropped", Unreachable),
        ("html_200", Malformed),
        ("not_json", Malformed),
        ("redirect", Malformed),
        ("gzip_bomb", Malformed),
        ("endless", Unreachable),
        ("valid_false", Refused),
    ],
)
@pytest.mark.parametrize("name", ["regions", "pull_contacts"])
def test_each_fault_is_an_error_of_its_kind_and_pulls_nothing(name, fault, kind, box, client, account):
    account.add_contacts(2)
    box.fault(fault)
    with pytest.raises(kind):
        CALLS[name][1](client)
    assert len(account.all_ready()) == 2
    assert len(box.received) == 1


def test_a_wrong_key(box):
    client = MarketingLabClient(f"{box.url}{box.marketing_lab.base}", "mlab_demo_nobody_000000")
    with pytest.raises(Unauthorised) as caught:
        client.pull_contacts()
    assert (caught.value.status, caught.value.words) == (401, "Invalid API Key")
    client.close()


@pytest.mark.parametrize(
    ("fault", "unidentified"),
    [("contact_without_id", 1), ("contact_is_a_string", 1), ("wild_contact", 0), ("long_message", 0)],
)
def test_no_oddity_costs_a_contact(fault, unidentified, box, client, account):
    added = account.add_contacts(5)
    box.fault(fault)
    batch = client.pull_contacts()
    assert (len(batch), len(batch.unidentified)) == (5, unidentified)
    assert ids(batch) == added[unidentified:]


def test_dates_of_every_kind_say_the_same(box, client, account):
    account.add_contacts(3)
    right = [contact.happened_at for contact in client.read_contacts().contacts]
    box.fault("other_dates")
    other = [contact.happened_at for contact in client.read_contacts().contacts]
    assert other[2] == right[2]
    assert 0 <= (right[1] - other[1]).total_seconds() < 1
    # Written without a zone, and so read as of Paris, though the sandbox wrote it in UTC.
    assert 3600 <= (right[0] - other[0]).total_seconds() < 7260


def test_reads_are_repeated_where_that_was_asked_for(box, client, account):
    account.add_contacts()
    box.fault("error_500", times=1)
    assert len(client.read_contacts(retries=1)) == 1
    assert [entry.status for entry in box.received] == [500, 200]
