"""Set-ups of their own to copy from and to: SQLite, or PostgreSQL where the suite runs on it."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[3]
SERVER = os.environ.get("DATABASE_URL", "")
SECRET_KEY = secrets.token_urlsafe(50)
VAULT_KEYS = Fernet.generate_key().decode()

FILL = """
from accounts.models import Agency
from accounts.audit import record
from tests import canaries
for slug, word in (("martin", "OWNWORD"), ("riviera", canaries.WORD)):
    agency = Agency.objects.create(name=slug, slug=slug)
    canaries.fill(agency, word)
    for number in range(30):
        record(agency, None, "test.entry", f"{number} é 🏠", number=number)
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
default_storage.save("deep/er/empty", ContentFile(b""))
default_storage.save("deep/large", ContentFile(bytes(range(256)) * 20_000))
"""

STATE = """
import hashlib, json
from django.core.files.storage import default_storage
from django.db import connection
from accounts import audit
from accounts.models import Agency
from estates.connections.sealed import sealed_models
from estates.connections.vault import VaultError, unseal
from portal.backup import media

def text(value):
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)

def rows(table):
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
    names = [column[0] for column in cursor.description]
    return sorted(json.dumps(dict(zip(names, map(text, row)))) for row in cursor.fetchall())

def secret(ciphertext):
    try:
        return hashlib.sha256(unseal(ciphertext).reveal().encode()).hexdigest()
    except VaultError:
        return "unreadable"

with connection.cursor() as cursor:
    tables = {table: rows(table) for table in connection.introspection.table_names(cursor)}
files = {name: hashlib.sha256(default_storage.open(name).read()).hexdigest() for name in media.names()}
sealed = [
    secret(ciphertext)
    for model in sealed_models()
    for ciphertext in model._default_manager.order_by("pk").values_list("ciphertext", flat=True)
]
breaks = [str(broken) for agency in Agency.objects.all() for broken in audit.breaks(agency)]
print(json.dumps({"tables": tables, "files": files, "secrets": sealed, "breaks": breaks}))
"""


class Setup:
    """A database and a media folder that nobody else has; `VAULT_KEYS` are the same for all unless given."""

    def __init__(self, vault_keys: str = VAULT_KEYS) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="passerelle-backup-"))
        self.environment = os.environ | {
            "VAR_DIR": str(self.folder),
            "SECRET_KEY": SECRET_KEY,
            "VAULT_KEYS": vault_keys,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "LOG_LEVEL": "WARNING",
        }
        self.name = f"backup_{secrets.token_hex(5)}"
        if SERVER:
            self._sql(f"CREATE DATABASE {self.name}")
            self.environment["DATABASE_URL"] = urlunsplit(urlsplit(SERVER)._replace(path=f"/{self.name}"))

    def _sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(statement)

    def manage(self, *words: str, **environment: str) -> subprocess.CompletedProcess:
        return self._run(["manage.py", *words], environment)

    def python(self, code: str) -> str:
        begin = "import django; django.setup()\nfrom accounts.scope import enter_across; enter_across()"
        run = self._run(["-c", f"{begin}\n{code}"], {})
        assert run.returncode == 0, run.stderr
        return run.stdout

    def state(self) -> dict:
        return json.loads(self.python(STATE))

    def filled(self) -> "Setup":
        migrated = self.manage("migrate", "--verbosity", "0")
        assert migrated.returncode == 0, migrated.stderr
        self.python(FILL)
        return self

    def _run(self, words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def end(self) -> None:
        if SERVER:
            self._sql(f"DROP DATABASE {self.name} WITH (FORCE)")
        shutil.rmtree(self.folder)
