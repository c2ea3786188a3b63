"""Telling Ts-Immo, over loopback, through the jobs that do it."""

import pytest
from django.conf import settings as django_settings

from accounts.models import AuditEntry
from estates.catalogue.models import Estate
from estates.catalogue.publish import OtherUnderWay, ask_public_url, ask_replay
from estates.connections.models import ConnectionKey
from estates.connections.vault import seal
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.remotes.secret import Secret
from portal.sandbox import sandbox

URL = "https://www.agence-martin.fr/biens/1"


@pytest.fixture
def box(settings):
    with sandbox(estates=3) as running:
        address = f"{running.url}/ts-immo/v1"
        settings.REMOTE_URLS = django_settings.REMOTE_URLS | {("ts_immo", "production"): address}
        yield running


@pytest.fixture
def estate(agency, connected, add_estate, box):
    account = box.account("martin")
    key = seal(Secret(account.key))
    ConnectionKey.objects.create(connection=connected(agency), ciphertext=key, last_four=account.key[-4:])
    listed = account.estates[0]
    made = add_estate(agency)
    Estate.objects.for_agency(agency).update(remote_id=listed.id)
    made.refresh_from_db()
    return made


def there(box, estate):
    return box.account("martin").stock.get(estate.remote_id)


def actions(agency):
    return [entry.action for entry in AuditEntry.objects.for_agency(agency).order_by("number")]


def test_an_address_is_kept_once_the_remote_has_it(estate, agency, member, box):
    job = ask_public_url(estate, URL, member(agency))
    estate.refresh_from_db()
    assert estate.public_url == ""
    assert work(job.pk)
    job.refresh_from_db()
    estate.refresh_from_db()
    assert (job.status, estate.public_url, there(box, estate).public_url) == (Status.DONE, URL, URL)
    assert actions(agency) == ["estate.public_url_asked", "estate.public_url_set"]


def test_a_refused_address_is_not_kept(estate, agency, member, box):
    Estate.objects.for_agency(agency).update(remote_id="nobody-knows-it")
    job = ask_public_url(estate, URL, member(agency))
    assert work(job.pk)
    job.refresh_from_db()
    estate.refresh_from_db()
    assert (job.status, estate.public_url) == (Status.FAILED, "")
    assert job.error
    assert actions(agency) == ["estate.public_url_asked"]


def test_while_an_address_is_on_its_way_another_one_waits(estate, agency, member):
    first = ask_public_url(estate, URL, member(agency))
    assert ask_public_url(estate, URL, member(agency)).pk == first.pk
    with pytest.raises(OtherUnderWay):
        ask_public_url(estate, f"{URL}?other", member(agency))
    assert Job.objects.for_agency(agency).count() == 1
    assert "estate.public_url_asked" in actions(agency)


def test_a_replay_reaches_the_remote(estate, agency, member, box):
    job = ask_replay(estate, member(agency))
    assert work(job.pk)
    job.refresh_from_db()
    assert job.status == Status.DONE
    assert [call.path for call in box.received if "replay" in call.path] == [
        f"/ts-immo/v1/estates/{estate.remote_id}/replay"
    ]
    assert actions(agency) == ["estate.replay_asked", "estate.replayed"]
