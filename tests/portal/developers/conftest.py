"""A portal that answers on a port, with an agency whose estates, key and accounts the pages' code can use."""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from django.utils import timezone
from lxml import html

from accounts.models import Agency, Scope
from accounts.partners import keys
from estates.catalogue.models import Estate, EstatePayload
from estates.connections.models import System
from portal.api import estates_first
from portal.sandbox import sandbox
from tests.portal.api.conftest import connected  # noqa: F401  # a fixture

FIRST = "550e8400-e29b-41d4-a716-446655440000"


@dataclass
class Reader:
    """Somebody who reads a page, and runs its code in a folder of their own."""

    url: str
    token: str
    folder: Path

    def codes(self, path: str, language: str = "en") -> dict[str, str]:
        """The page's code by the names of its files."""
        answer = requests.get(f"{self.url}{path}", headers={"Accept-Language": language}, timeout=60)
        assert answer.status_code == 200
        page = html.fromstring(answer.text)
        return {code.get("data-file"): code.text_content() for code in page.xpath("//code[@data-file]")}

    def run(self, name: str, text: str, **environment: str) -> subprocess.CompletedProcess:
        """Runs a file as a shell or Python runs it. A curl that is not there is a failure."""
        (self.folder / name).write_text(text)
        command = ["bash", "-euo", "pipefail", name] if name.endswith(".sh") else [sys.executable, name]
        env = {
            "PATH": os.environ["PATH"],
            "PASSERELLE_URL": self.url,
            "PASSERELLE_KEY": self.token,
            "NO_PROXY": "*",
            **environment,
        }
        return subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=120, check=False
        )


@pytest.fixture
def box(settings):
    with sandbox(estates=3) as running:
        settings.REMOTE_URLS = {
            **settings.REMOTE_URLS,
            ("ts_immo", "production"): f"{running.url}/ts-immo/v1",
        }
        yield running


@pytest.fixture
def agency(transactional_db) -> Agency:
    return Agency.objects.create(name="Agence Martin", slug="martin")


@pytest.fixture
def reader(agency, connected, live_server, settings, tmp_path) -> Reader:  # noqa: F811
    """Of an agency with four estates, the newest of which is the one that the examples name, and one that went."""
    settings.PUBLIC_URL = live_server.url
    estates_first.forget()
    account, now = connected(agency, System.TS_IMMO), timezone.now()
    connected(agency, System.AVIV)
    for number, remote_id in enumerate(["e4", "e3", "e2", FIRST]):
        at = now - timedelta(days=10 - number)
        row = Estate.objects.create(
            agency=agency,
            connection=account,
            remote_id=remote_id,
            reference=f"REF-{number}",
            digest=remote_id.encode(),
            created_at=at,
            first_seen_at=at,
            changed_at=now,
            gone_at=now if remote_id == "e4" else None,
        )
        EstatePayload.objects.create(estate=row, body=f'{{"id": "{remote_id}", "reference": "REF-{number}"}}')
    _key, token = keys.make(agency, None, name="Reader", scopes=Scope.values)
    return Reader(live_server.url, token, tmp_path)
