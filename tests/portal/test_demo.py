"""The demo, as a person starts it: real processes on loopback."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from environ import Env

from portal.management.commands import demo

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.workers


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    ours = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")
    return {name: value for name, value in os.environ.items() if name not in ours} | {
        "VAR_DIR": str(tmp_path)
    }


def processes_of(folder: Path) -> list[str]:
    """The processes that still run with this folder as their VAR_DIR."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if (
                entry.name.isdecimal()
                and f"VAR_DIR={folder}/demo".encode() in (entry / "environ").read_bytes()
            ):
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it ended while we looked, or is not ours to look at
    return found


def test_check_does_the_main_job_once_and_prints_what_came_in(environment, tmp_path):
    run = subprocess.run(
        [sys.executable, "manage.py", "demo", "--check", "--estates", "120", "--port", "8300"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    assert run.returncode == 0, run.stderr
    lines = [re.split(r"\s{2,}", line.strip()) for line in run.stdout.splitlines()]
    assert lines[0][:4] == ["agency", "status", "received", "stored"]
    assert [line[:4] for line in lines[1:]] == [
        ["Agence Martin", "done", "120", "120"],
        ["Riviera Patrimoine", "done", "120", "120"],
    ]
    assert processes_of(tmp_path) == []


def test_it_prints_address_and_logins_and_ctrl_c_ends_every_process(environment, tmp_path):
    demo = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--estates", "60", "--port", "8400"],
        cwd=ROOT,
        env=environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        printed = ""
        while "Ctrl-C" not in printed:
            line = demo.stdout.readline()
            assert line, "the demo ended before it was ready"
            printed += line
        address = re.search(r"Passerelle\s+(http://127\.0\.0\.1:\d+/)", printed)[1]
        assert requests.get(f"{address}account/login/", timeout=5).status_code == 200
        host, port = re.search(r"Website\s+http://(\S+):(\d+)/", printed).groups()
        website = requests.get(f"http://127.0.0.1:{port}/", headers={"Host": host}, timeout=5)
        assert "Agence Martin" in website.text
        assert (tmp_path / "demo" / "sandbox" / "websites-ca.pem").exists()
        for role in ("owner", "manager", "agent", "viewer", "admin"):
            assert len(re.findall(rf"{role}\s+\S+@\S+", printed)) >= 1
        assert len(processes_of(tmp_path)) >= 6
        demo.send_signal(signal.SIGINT)
        assert demo.wait(20) == 0
    finally:
        demo.kill()
        demo.stdout.close()
    time.sleep(0.5)
    assert processes_of(tmp_path) == []


def test_the_portal_is_told_where_the_websites_are(tmp_path):
    told = demo.environment(tmp_path, 8000, 8801, (8880, 8843))
    assert "https://www.agence-martin.example=127.0.0.1:8843" in told["SITE_ADDRESSES"].split(",")
    assert "http://www.agence-martin.example=127.0.0.1:8880" in told["SITE_ADDRESSES"].split(",")
    assert told["SITE_CA_FILE"] == str(tmp_path / "sandbox" / "websites-ca.pem")


def test_mail_lands_where_the_demo_says(tmp_path):
    url = demo.environment(tmp_path / "demo", 8000, 8801, (8880, 8843))["EMAIL_URL"]
    assert Env.email_url_config(url)["EMAIL_FILE_PATH"] == str(tmp_path / "demo" / "mail")
