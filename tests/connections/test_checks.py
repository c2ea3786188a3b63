import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.db import connection as database

from estates.connections.checks import stored_keys, vault_keys
from estates.connections.models import ConnectionKey


def test_a_well_formed_vault_is_silent(settings):
    settings.VAULT_KEYS = [Fernet.generate_key().decode(), Fernet.generate_key().decode()]
    assert vault_keys() == []


def test_missing_keys_are_an_error_that_says_how_to_make_one(settings):
    settings.VAULT_KEYS = []
    found = [message for message in run_checks() if message.id == "connections.E001"]
    assert len(found) == 1
    assert found[0].is_serious()
    assert "generate_key" in found[0].hint


@pytest.mark.parametrize("rubbish", ["short", "ü" * 44, "A" * 44 + "==="])
def test_malformed_keys_are_named_by_their_place_and_not_quoted(settings, rubbish):
    settings.VAULT_KEYS = [Fernet.generate_key().decode(), rubbish]
    (error,) = vault_keys()
    assert error.id == "connections.E002"
    assert "place 2" in error.msg
    assert rubbish not in f"{error.msg} {error.hint}"


def test_stored_keys_are_looked_at_only_when_a_database_is_named(
    connection, settings, django_assert_num_queries
):
    settings.VAULT_KEYS = [Fernet.generate_key().decode()]
    with django_assert_num_queries(0):
        assert stored_keys() == []
    (warning,) = run_checks(databases=["default"], tags=["database"])
    assert warning.id == "connections.W001"
    assert "Lyon (Agence Martin)" in warning.msg


def test_readable_keys_are_silent(connection):
    assert stored_keys(databases=["default"]) == []


def test_before_the_first_migration_there_is_nothing_to_look_at(db, monkeypatch):
    monkeypatch.setattr(database.introspection, "table_names", lambda: [])
    monkeypatch.setattr(ConnectionKey.objects, "using", None)
    assert stored_keys(databases=["default"]) == []
