"""What the portal reads from its environment. Each name is documented in the README's settings table."""

import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

BUCKET_SCHEMES = {"s3": "https", "s3+http": "http"}
BUCKET_NAME = re.compile(r"[A-Za-z0-9][\w.-]{1,254}", re.ASCII)

BASE_DIR = Path(__file__).resolve().parent.parent

read = environ.Env()

VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()
EMBEDDED = not os.environ.get("DATABASE_URL")


def embedded_keys() -> dict[str, str]:
    """The keys of an embedded set-up, made on its first start and kept beside its database.

    A set-up with a database server gets no keys made for it: several machines would make different ones.
    """
    path = VAR_DIR / "keys.env"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        made = f"SECRET_KEY={secrets.token_urlsafe(50)}\nVAULT_KEYS={Fernet.generate_key().decode()}\n"
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(made)
        try:
            os.link(draft, path)
        except FileExistsError:
            # Another process of the same start was first; its keys are the ones.
            pass
        finally:
            draft.unlink()
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if line)


def secret(name: str) -> str:
    """A secret from the environment, else the embedded one, else nothing (a system check then says so)."""
    given = os.environ.get(name, "")
    return given if given or not EMBEDDED else embedded_keys()[name]


def database() -> dict[str, Any]:
    """Django's settings of the one database, for PostgreSQL from DATABASE_URL or SQLite in VAR_DIR."""
    if EMBEDDED:
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "passerelle.sqlite3",
            # A file too, so that several threads and processes of a test see the same rows.
            "TEST": {"NAME": VAR_DIR / "tests.sqlite3"},
            "OPTIONS": {
                # DEFERRED transactions that turn into writers fail at once when another one writes.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    config: dict[str, Any] = read.db_url("DATABASE_URL")
    role = os.environ.get("DATABASE_ROLE")
    if role:
        config["ENGINE"] = "accounts.wall"
    config.setdefault("CONN_MAX_AGE", 60)
    config.setdefault("CONN_HEALTH_CHECKS", True)
    options = config.setdefault("OPTIONS", {})
    # Only for `accounts.prepared`: Django's own cursors prepare nothing.
    options.setdefault("prepare_threshold", 5)
    # A server that has vanished would otherwise hold whoever asks for as long as TCP hopes.
    options.setdefault("connect_timeout", 5)
    # To compile a page's query takes longer than the query: the dashboard's took ten times as long.
    options.setdefault("options", "-c jit=off")
    if role:
        options["assume_role"] = role
    return config


def media_storage() -> dict[str, Any]:
    """Django's settings of the storage of media: a class by its dotted path, or a bucket by its address."""
    given = read.str("MEDIA_STORAGE", "django.core.files.storage.FileSystemStorage")
    if "://" not in given:
        return {"BACKEND": given}
    parts = urlsplit(given)
    scheme = BUCKET_SCHEMES.get(parts.scheme)
    login, _, host = parts.netloc.rpartition("@")
    key, _, secret = login.partition(":")
    bucket = parts.path.strip("/")
    if not scheme or not host or not BUCKET_NAME.fullmatch(bucket) or bool(key) != bool(secret):
        # The address is not repeated: a secret may be what is wrong with it.
        raise ImproperlyConfigured(
            "MEDIA_STORAGE is not s3://KEY:SECRET@host/bucket?region=… (what is no letter or digit of KEY and "
            "SECRET as in addresses: %2F for a slash)."
        )
    options = {
        "endpoint_url": f"{scheme}://{host}",
        "bucket_name": bucket,
        "region_name": parse_qs(parts.query).get("region", ["us-east-1"])[0],
    }
    if key:
        options |= {"access_key": unquote(key), "secret_key": unquote(secret)}
    return {"BACKEND": "portal.buckets.Bucket", "OPTIONS": options}
