"""A copy is all there is, and comes back whole: every row, every file, every secret for who has the vault's keys."""

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from portal.backup.errors import BackupError
from portal.backup.take_back import restore
from tests.portal.backup.setups import SECRET_KEY, SERVER, VAULT_KEYS, Setup


@pytest.fixture(scope="module")
def original() -> Iterator[Setup]:
    setup = Setup().filled()
    yield setup
    setup.end()


@pytest.fixture(scope="module")
def copy(original, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("copies") / "monday"
    made = original.manage("backup", str(target))
    assert made.returncode == 0, made.stderr
    assert str(target) in made.stdout
    return target


@pytest.fixture(scope="module")
def restored(copy) -> Iterator[Setup]:
    """Where nothing was, not even tables, and then the copy."""
    setup = Setup()
    taken_back = setup.manage("restore", str(copy))
    assert taken_back.returncode == 0, taken_back.stderr
    yield setup
    setup.end()


@pytest.fixture(scope="module")
def before(original) -> dict:
    return original.state()


def test_everything_comes_back(before, restored):
    assert len(before["tables"]) > 80
    assert sum(map(len, before["tables"].values())) > 400
    assert len(before["files"]) > 5
    assert len(before["secrets"]) > 10
    assert "unreadable" not in before["secrets"]
    after = restored.state()
    for table, rows in before["tables"].items():
        assert after["tables"][table] == rows, table
    assert after == before
    assert after["breaks"] == []


def test_the_restored_portal_is_whole(restored):
    """The chains hold by its own word, nothing is left to migrate, and the trail takes no changes."""
    verified = restored.manage("verify_audit")
    assert verified.returncode == 0
    assert verified.stdout.count("the chain holds") == 2
    assert restored.manage("migrate", "--check").returncode == 0
    changed = (
        "from accounts.models import AuditEntry as A; A.objects.across_agencies().update(subject='forged')"
    )
    with pytest.raises(AssertionError, match="append"):
        restored.python(changed)


def test_what_is_there_is_kept_unless_forced(before, copy, restored):
    """Numbers go on where they were; what came since stays until somebody insists."""
    restored.python("from accounts.models import Agency; Agency.objects.create(name='new', slug='new')")
    since = restored.state()
    refused = restored.manage("restore", str(copy))
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert restored.state() == since != before
    forced = restored.manage("restore", str(copy), "--force")
    assert forced.returncode == 0, forced.stderr
    assert restored.state() == before


def test_without_the_vault_s_keys_no_secret_is_readable_and_it_is_said(before, copy):
    other = Setup(vault_keys=Fernet.generate_key().decode())
    try:
        restored = other.manage("restore", str(copy))
        assert restored.returncode == 3
        assert "All is restored" in restored.stderr
        state = other.state()
        assert set(state["secrets"]) == {"unreadable"}
        assert state["tables"] == before["tables"]
    finally:
        other.end()


def test_the_copy_holds_no_key_and_no_secret_in_the_clear(copy):
    told = b"".join(path.read_bytes() for path in copy.rglob("*") if path.is_file())
    assert VAULT_KEYS.encode() not in told
    assert SECRET_KEY.encode() not in told
    assert not list(copy.rglob("keys.env"))


def test_nobody_else_on_the_machine_can_read_it(copy):
    for path in (copy, *copy.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_the_manifest_names_every_file_with_what_is_in_it(copy):
    said = json.loads((copy / "manifest.json").read_text())
    files = {str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()} - {"manifest.json"}
    assert {part["path"] for part in (said["database"], *said["files"])} == files
    assert said["vendor"] == ("postgresql" if SERVER else "sqlite")


def test_a_folder_with_something_in_it_is_kept_unless_forced(original, copy, tmp_path):
    target = tmp_path / "other"
    target.mkdir()
    (target / "letters.txt").write_text("dear")
    refused = original.manage("backup", str(target))
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["other", "letters.txt"]
    assert original.manage("backup", str(target), "--force").returncode == 0
    assert (target / "manifest.json").exists()
    assert not (target / "letters.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def nobody(what: str, done: int, total: int) -> None:
    """Nobody is told of the progress."""


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["media/deep/large", "database"])
def test_a_copy_that_was_changed_or_is_not_whole_is_refused_before_anything_changes(
    copy, tmp_path, name, monkeypatch
):
    def changes(*arguments):
        raise AssertionError("something changed")

    for tools in ("sqlite", "postgresql"):
        monkeypatch.setattr(f"portal.backup.{tools}.load", changes)
        monkeypatch.setattr(f"portal.backup.{tools}.empty", changes)
    damaged = tmp_path / "damaged"
    shutil.copytree(copy, damaged)
    path = next(p for p in damaged.rglob("*") if str(p.relative_to(damaged)).startswith(name))
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
    with pytest.raises(BackupError, match="is not what was backed up"):
        restore(damaged, nobody, force=True)
    path.unlink()
    with pytest.raises(BackupError, match="is missing from the backup"):
        restore(damaged, nobody, force=True)
