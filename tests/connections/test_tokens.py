import time

import pytest
from cryptography.fernet import Fernet
from django.core.cache import cache

from estates.connections.clients import client_for
from estates.connections.store import store_key
from estates.connections.tokens import SealedTokens
from estates.remotes.aviv import AvivClient
from estates.remotes.aviv_token import Token
from estates.remotes.secret import Secret
from portal.sandbox import sandbox

SECRET = "eyJhbGciOi.token-of-a-day_0123"


def token(life=60.0):
    return Token(Secret(SECRET), time.time() + life)


def test_a_token_comes_back_and_lies_sealed():
    store = SealedTokens()
    kept = token()
    store.put("x", kept)
    found = store.get("x")
    assert found is not None
    assert found.secret.reveal() == SECRET
    assert abs(found.use_until - kept.use_until) < 1
    assert SECRET not in str(cache.get("connections.token.x"))
    assert store.get("y") is None


def test_what_cannot_be_read_is_not_there(settings):
    store = SealedTokens()
    store.put("x", token())
    settings.VAULT_KEYS = [Fernet.generate_key().decode()]
    assert store.get("x") is None
    settings.VAULT_KEYS = []
    assert store.get("x") is None
    store.put("z", token())
    for rubbish in ("text", b"bytes", 7, ["list"]):
        cache.set("connections.token.x", rubbish)
        assert store.get("x") is None


def test_a_token_that_has_ended_is_not_kept():
    SealedTokens().put("x", token(-1))
    assert SealedTokens().get("x") is None


@pytest.mark.django_db
def test_credentials_are_exchanged_once_for_all_clients_of_all_workers(agency, settings):
    with sandbox(estates=0) as box:
        settings.REMOTE_URLS = {**settings.REMOTE_URLS, ("aviv", "production"): box.aviv.url}
        settings.AVIV_TOKEN_URL = box.aviv.token_url
        parts = box.aviv.accounts["martin"].credentials
        key = "{" + ",".join(f'"{name}":"{value}"' for name, value in parts.items()) + "}"
        given = {"system": "aviv", "environment": "production", "label": "x", "verdict": None}
        connection = store_key(agency, None, secret=Secret(key), **given)
        for _ in range(3):
            with client_for(connection, AvivClient) as client:
                assert client.subscriptions() == ()
        operations = [entry.operation for entry in box.received]
    assert operations == ["token", "subscriptions", "subscriptions", "subscriptions"]
