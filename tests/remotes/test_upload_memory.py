"""Files are never whole in memory: measured in a process that does nothing else."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SIZE = 25_000_000
MEGABYTE = 1024  # kilobytes


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "plan.pdf"
    path.write_bytes(os.urandom(1000) * (SIZE // 1000))
    return path


def grown(box, file, how):
    """By how many kilobytes the sender grew, and what the sandbox kept of its files."""
    account = box.account("martin")
    command = [sys.executable, "-m", "tests.remotes.sender", f"{box.url}{box.ts_immo.base}", account.key]
    done = subprocess.run([*command, str(file), how], cwd=ROOT, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    said = json.loads(done.stdout)
    return said["after"] - said["before"], account.tickets[said["ticket"]].attachments


def test_three_files_of_25_mb_are_sent_without_being_held(box, file):
    kilobytes, kept = grown(box, file, "streamed")
    assert kilobytes < 16 * MEGABYTE
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert [(each["size"], each["sha256"]) for each in kept] == [(SIZE, digest)] * 3


def test_the_measure_sees_what_is_held(box, file):
    kilobytes, kept = grown(box, file, "whole")
    assert kilobytes > 40 * MEGABYTE
    assert [each["size"] for each in kept] == [SIZE]
