import threading

import pytest
from cryptography.fernet import Fernet
from django.db import transaction

from estates.connections.clients import (
    NO_CONNECTION,
    ClientMissing,
    client_for,
    client_to_check,
    limiter_of,
    shared_redis,
)
from estates.connections.models import State, System
from estates.connections.store import remove, store_key
from estates.connections.systems import REMOTES
from estates.connections.vault import VaultError
from estates.remotes.base import RemoteClient
from estates.remotes.errors import Unauthorised, WrongEnvironment
from estates.remotes.limits import LocalLimiter, SharedLimiter
from estates.remotes.marketing_lab import MarketingLabClient
from estates.remotes.secret import Secret
from estates.remotes.slots import LocalSlots, SharedSlots
from estates.remotes.ts_immo import TsImmoClient
from tests.connections.conftest import KEY

pytestmark = pytest.mark.django_db


def test_the_client_calls_with_the_key_in_use_and_the_connection_remembers(connection, remote):
    with client_for(connection, TsImmoClient) as client:
        assert client.search_estates(limit=1).total == 0
    assert remote.keys == [KEY]
    remote.refuses()
    with client_for(connection, TsImmoClient) as client, pytest.raises(Unauthorised):
        client.search_estates(limit=1)
    connection.refresh_from_db()
    assert (connection.state, connection.last_answer) == (State.FAILING, "Invalid or missing API key")


def test_ten_threads_with_a_bad_key_are_one_refusal_written_at_the_end(connection, remote):
    remote.refuses()
    with client_for(connection, TsImmoClient) as client:

        def call():
            with pytest.raises(Unauthorised):
                client.search_estates(limit=1)

        threads = [threading.Thread(target=call) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        connection.refresh_from_db()
        assert connection.state == State.WORKING
    connection.refresh_from_db()
    assert (connection.state, connection.refusals) == (State.FAILING, 1)
    assert len(remote.keys) == 10


def test_a_success_that_cannot_be_noted_stays_a_success(connection, remote, caplog):
    with transaction.atomic(), client_for(connection, TsImmoClient) as client:
        assert client.search_estates(limit=1).total == 0
    assert "could not be noted" not in caplog.text
    assert "observer of search_estates failed" in caplog.text
    caplog.clear()
    with transaction.atomic(), client_for(connection, TsImmoClient) as client:
        thread = threading.Thread(target=client.search_estates)
        thread.start()
        thread.join()
    assert "could not be noted" in caplog.text
    assert KEY not in caplog.text


def test_a_key_being_checked_leaves_the_connections_record_alone(
    connection, remote, django_assert_num_queries
):
    remote.refuses()
    client = client_to_check("ts_immo", "production", Secret("another_key_0123"))
    assert isinstance(client, TsImmoClient)
    with django_assert_num_queries(0), pytest.raises(Unauthorised):
        client.search_estates(limit=1)
    client.close()
    assert remote.keys == ["another_key_0123"]


def test_a_removed_connection_has_no_client(connection, owner, remote):
    remove(connection, owner)
    with pytest.raises(ClientMissing, match="no key"), client_for(connection, TsImmoClient):
        pass


def test_every_system_has_a_client():
    assert set(REMOTES) == set(System.values)


def test_a_seeki_key_for_the_other_environment_never_becomes_a_client(agency, owner, remote, settings):
    settings.REMOTE_URLS = {**settings.REMOTE_URLS, ("seeki", "production"): remote.url}
    given = {"system": "seeki", "environment": "production", "label": "x", "verdict": None}
    connection = store_key(agency, owner, secret=Secret("seeki_test_0123456"), **given)
    with pytest.raises(WrongEnvironment), client_for(connection, RemoteClient):
        pass
    assert remote.keys == []


def test_each_system_has_its_own_client_and_an_address_for_it(agency, owner, settings):
    for system, remote in REMOTES.items():
        given = {"system": system, "environment": "production", "label": "x", "verdict": None}
        connection = store_key(agency, owner, secret=Secret(KEY), **given)
        for kind in (remote.client, RemoteClient):
            with client_for(connection, kind) as client:
                assert type(client) is remote.client
                assert client.base_url == settings.REMOTE_URLS[system, "production"]


def test_a_client_of_another_system_is_not_lent_the_key(connection, remote):
    with (
        pytest.raises(ClientMissing, match="no MarketingLabClient"),
        client_for(connection, MarketingLabClient) as client,
    ):
        client.regions()
    assert remote.keys == []


def test_what_goes_wrong_inside_the_block_goes_on_and_what_was_heard_is_kept(connection, remote):
    def fall_over():
        with client_for(connection, TsImmoClient) as client:
            thread = threading.Thread(target=pytest.raises, args=(Unauthorised, client.search_estates))
            thread.start()
            thread.join()
            raise ZeroDivisionError

    remote.refuses()
    with pytest.raises(ZeroDivisionError):
        fall_over()
    connection.refresh_from_db()
    assert connection.state == State.FAILING


def test_a_key_of_a_lost_vault_raises_before_anything_is_sent(connection, remote, settings):
    settings.VAULT_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(VaultError), client_for(connection, TsImmoClient):
        pass
    assert remote.keys == []


def test_each_connection_has_one_rate_limit_for_all_its_clients(connection, settings):
    limit = limiter_of("ts_immo", "production", connection.pk)
    assert limiter_of("ts_immo", "production", connection.pk) is limit
    assert limiter_of("ts_immo", "production", connection.pk + 1) is not limit
    assert isinstance(limit, SharedLimiter if settings.REDIS_URL else LocalLimiter)
    assert limiter_of("marketing_lab", "production", connection.pk) is not limit


def test_all_connections_to_one_environment_of_aviv_share_one_limit(settings):
    """READINGS: ten at once and ten starts in 200 ms, for all workers together."""
    limit = limiter_of("aviv", "production", 1)
    assert limiter_of("aviv", "production", 2) is limit
    assert limiter_of("aviv", "production", NO_CONNECTION) is limit
    assert limiter_of("aviv", "sandbox", 1) is not limit
    assert isinstance(limit, SharedSlots if settings.REDIS_URL else LocalSlots)


def test_with_redis_the_limit_is_shared_by_all_workers(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    shared_redis.cache_clear()
    limiter_of.cache_clear()
    try:
        limit = limiter_of("ts_immo", "production", 1)
        assert isinstance(limit, SharedLimiter)
        limit.acquire(1)
    finally:
        shared_redis.cache_clear()
        limiter_of.cache_clear()
