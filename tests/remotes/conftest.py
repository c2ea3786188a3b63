import logging

import pytest

from estates.remotes.exchange import Patience
from estates.remotes.ts_immo import TsImmoClient
from portal.sandbox import sandbox

from .misbehaving import MisbehavingServer

KEY = "tsi-Canary+9/x&7=Zq'secret"


@pytest.fixture
def server():
    server = MisbehavingServer()
    yield server
    server.close()


@pytest.fixture
def answers():
    return []


@pytest.fixture
def patience(request) -> Patience:
    """Short where a test is about a remote that keeps us waiting. Elsewhere a machine may stall for a while."""
    waits = any(word in request.node.name for word in ("silence", "dripping", "endless"))
    return Patience(connect=1, read=0.4, total=0.8) if waits else Patience()


@pytest.fixture
def client(server, answers, patience):
    client = TsImmoClient(
        server.url,
        KEY,
        patience=patience,
        max_bytes=50_000,
        on_answer=answers.append,
    )
    yield client
    client.close()


@pytest.fixture(autouse=True)
def everything_logged(caplog):
    caplog.set_level(logging.DEBUG)


@pytest.fixture
def box():
    with sandbox(estates=0, leads=0) as running:
        yield running


@pytest.fixture
def box_client(box, answers):
    """A client of Agence Martin's at the sandbox."""
    client = TsImmoClient(f"{box.url}{box.ts_immo.base}", box.account("martin").key, on_answer=answers.append)
    yield client
    client.close()
