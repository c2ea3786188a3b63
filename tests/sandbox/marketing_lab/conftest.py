"""Callers of the simulated marketing-lab, which say what the document says and nothing else."""

from collections.abc import Callable

import pytest
import requests

from portal.sandbox import sandbox


@pytest.fixture
def box():
    with sandbox(estates=0) as running:
        yield running


@pytest.fixture
def account(box):
    """Agence Martin's account, without contacts."""
    return box.marketing_lab.accounts["martin"]


@pytest.fixture
def ask(box, account) -> Callable[..., requests.Response]:
    """`ask("readContacts")` calls with Agence Martin's key; `key=` another; further names go into the body."""
    session = requests.Session()
    session.trust_env = False

    def call(operation=None, *, key=account.key, **more):
        body = ({"operation": operation} if operation else {}) | more
        headers = {"x-api-key": key} if key else {}
        url = f"{box.url}/marketing-lab/api/v1"
        return session.post(url, json=body, headers=headers, timeout=10, allow_redirects=False)

    yield call
    session.close()
