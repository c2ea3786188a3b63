"""What is no copy, or cannot be made into one, is told before anything changes."""

import json
import stat
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.core.management import CommandError, call_command
from django.db import connection

from estates.remotes.errors import Unreachable
from portal.backup import manifest, media, postgresql, sqlite
from portal.backup.errors import BackupError
from portal.backup.make import back_up
from portal.backup.manifest import Manifest, Part
from portal.backup.take_back import restore

PART = {"path": "database.x", "size": 1, "sha256": "0"}
GOOD = {"format": 1, "vendor": "sqlite", "version": "1", "made_at": "", "database": PART, "files": []}


def written(folder: Path, said) -> Path:
    (folder / "manifest.json").write_text(said if isinstance(said, str) else json.dumps(said))
    return folder


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{", "is not readable"),
        (GOOD | {"format": 2}, "another format"),
        (GOOD | {"files": [{"path": "x"}]}, "not what a backup writes"),
        (GOOD | {"more": 1}, "not what a backup writes"),
        (GOOD | {"files": [PART | {"path": "media/../../etc/passwd"}]}, "outside"),
        (GOOD | {"database": PART | {"path": "/etc/passwd"}}, "outside"),
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path, said, words):
    with pytest.raises(BackupError, match=words):
        manifest.read(written(tmp_path, said))


def test_a_folder_without_a_manifest_is_no_backup(tmp_path):
    with pytest.raises(CommandError, match="holds no backup"):
        call_command("restore", str(tmp_path))


def test_what_is_written_is_read_again(tmp_path):
    made = Manifest("sqlite", "1", "then", Part(**PART), (Part("media/é", 2, "1"),))
    made.write(tmp_path)
    assert manifest.read(tmp_path) == made
    assert made.size == 3


@pytest.mark.django_db
def test_a_backup_of_the_other_database_is_refused(tmp_path):
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    with pytest.raises(CommandError, match=f"is of {other}"):
        call_command("restore", str(written(tmp_path, GOOD | {"vendor": other})))


@pytest.fixture
def server_of(monkeypatch):
    """A PostgreSQL server of a version."""

    def is_of(version: int) -> None:
        class Info:
            server_version = version * 10_000 + 3

        class Cursor:
            connection = type("Connection", (), {"info": Info})

        monkeypatch.setattr(postgresql, "connection", type("Wrapper", (), {"cursor": staticmethod(Cursor)}))

    return is_of


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """`pg_dump` as a distribution ships it, in a version."""

    def is_of(said: str) -> None:
        path = tmp_path / "pg_dump"
        path.write_text(f"#!/bin/sh\necho '{said}'\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return is_of


@pytest.mark.parametrize(
    "said", ["pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", "pg_dump (PostgreSQL) 18beta1"]
)
def test_a_tool_as_new_as_the_server_is_used(server_of, tool, tmp_path, said):
    server_of(15)
    tool(said)
    assert postgresql.fitting("pg_dump") == str(tmp_path / "pg_dump")


@pytest.mark.parametrize("said", ["pg_dump (PostgreSQL) 15.20", "pg_dump (PostgreSQL) 9.6.24", "pg_dump"])
def test_a_tool_that_is_older_is_named_with_what_to_install(server_of, tool, said):
    server_of(17)
    tool(said)
    with pytest.raises(BackupError, match="the server of 17") as refused:
        postgresql.fitting("pg_dump")
    assert "postgresql-client-17" in str(refused.value)


def test_a_tool_that_is_not_there_is_named_with_what_to_install(server_of, monkeypatch):
    server_of(16)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BackupError, match=r"pg_restore is not installed.*postgresql-client-16"):
        postgresql.fitting("pg_restore")


@pytest.fixture
def elsewhere(monkeypatch) -> InMemoryStorage:
    """A media storage without paths."""
    storage = InMemoryStorage()
    monkeypatch.setattr(media, "default_storage", storage)
    return storage


def test_files_of_a_storage_without_paths_are_copied_out_and_in(elsewhere, tmp_path):
    for name in ("a", "b/c", "b/d/é"):
        elsewhere.save(name, ContentFile(name.encode()))
    assert list(media.names()) == ["a", "b/c", "b/d/é"]
    parts = [media.copy_out(name, tmp_path) for name in media.names()]
    assert parts == [manifest.measured(tmp_path, f"media/{name}") for name in media.names()]
    media.empty()
    assert list(media.names()) == []
    for part in parts:
        media.copy_in(part, tmp_path)
    assert elsewhere.open("b/d/é").read() == "b/d/é".encode()


def test_a_file_that_is_deleted_meanwhile_is_left_out(elsewhere, tmp_path):
    assert media.copy_out("gone", tmp_path) is None
    assert list((tmp_path / "media").iterdir()) == []


def test_a_file_whose_name_is_taken_does_not_get_another_one(elsewhere, tmp_path):
    elsewhere.save("a", ContentFile(b"new"))
    part = media.copy_out("a", tmp_path)
    with pytest.raises(BackupError, match="under its name"):
        media.copy_in(part, tmp_path)
    assert list(media.names()) == ["a"]


@pytest.mark.django_db
def test_files_in_a_bucket_are_copied_and_come_back(bucket, tmp_path, monkeypatch):
    """What lies there besides goes, and where the bucket is away no copy is left that would pass for a whole one."""

    def nobody(what, done, total):
        """Nobody is told of the progress."""

    def dump(folder, say):
        (folder / "rows").write_bytes(b"rows")
        return "rows"

    for tools in (postgresql, sqlite):
        monkeypatch.setattr(tools, "dump", dump)
        monkeypatch.setattr(tools, "load", lambda path, say: None)
        monkeypatch.setattr(tools, "empty", lambda: None)
    bodies = {"deep/er/empty": b"", "deep/large": bytes(range(256)) * 40_000, "top": b"t"}
    for name, body in bodies.items():
        bucket.save(name, ContentFile(body))
    back_up(tmp_path / "copy", nobody)
    bucket.delete("top")
    bucket.save("later", ContentFile(b"x"))
    with pytest.raises(BackupError, match="--force"):
        restore(tmp_path / "copy", nobody)
    restore(tmp_path / "copy", nobody, force=True)
    assert {name: bucket.open(name).read() for name in media.names()} == bodies
    bucket.bucket_name = "another"
    with pytest.raises(Unreachable, match="NoSuchBucket"):
        back_up(tmp_path / "other", nobody)
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]
