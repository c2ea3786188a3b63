"""AVIV's client, with a token and with credentials, on a sandbox of its own or on a server that misbehaves."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from estates.remotes.aviv import AvivClient
from estates.remotes.slots import slots
from portal.sandbox import sandbox

KEY = "aviv-Canary+9/x&7=Zq'token"


@pytest.fixture
def box():
    with sandbox(estates=20, leads=0) as running:
        yield running


@pytest.fixture
def martin(box):
    return box.aviv.accounts["martin"]


@pytest.fixture
def connect(box):
    """`connect(account)` calls with its token, `connect(account, credentials=True)` with its client's id."""
    opened = []

    def get(account, *, credentials=False, **options):
        key = json.dumps(account.credentials) if credentials else account.token
        options.setdefault("limiter", slots("of the test", 10, 0.2))
        options.setdefault("token_url", box.aviv.token_url)
        opened.append(AvivClient(account.address, key, **options))
        return opened[-1]

    yield get
    for client in opened:
        client.close()


@pytest.fixture
def client(connect, martin, answers):
    return connect(martin, on_answer=answers.append)


@pytest.fixture
def lone(server, answers, patience):
    """A client with a token, of a server that answers with whatever bytes it is told."""
    client = AvivClient(server.url, KEY, patience=patience, on_answer=answers.append)
    yield client
    client.close()


@pytest.fixture
def week():
    """The window of the last seven days."""
    now = datetime.now(UTC) + timedelta(seconds=1)
    return now - timedelta(days=7), now
