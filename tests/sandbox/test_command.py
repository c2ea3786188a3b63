"""`manage.py sandbox` as a process: addresses, signals, exit codes."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]


def start(*arguments):
    command = [sys.executable, "-u", str(ROOT / "manage.py"), "sandbox", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_addresses_serves_and_stops_with_0(number, tmp_path):
    ports = ("--port", "0", "--http-port", "0", "--https-port", "0", "--websites", str(tmp_path))
    amounts = ("--estates", "3", "--contacts", "5", "--latency", "1", "--seed", "4", "--clerk", "0.05")
    with start(*ports, *amounts) as process:
        lines = [process.stdout.readline().strip() for _ in range(17)]
        address = lines[0].split()[-1]
        assert lines[1] == f"Ts-Immo        {address}ts-immo/v1"
        assert lines[2] == "Agence Martin: tsi_demo_martin_4f7c2a, 3 estates"
        assert lines[3] == "Riviera Patrimoine: tsi_demo_riviera_9b1e5d, 3 estates"
        assert lines[4] == f"marketing-lab  {address}marketing-lab/api/v1"
        assert lines[5] == "Agence Martin: mlab_demo_martin_c81e4b, 5 contacts"
        assert lines[6] == "Riviera Patrimoine: mlab_demo_riviera_7d20fa, 5 contacts"
        token = f"{address}aviv/oauth/token"
        assert lines[7] == f"AVIV           {address}aviv/seeker-leads/v1, token from {token}"
        assert lines[8] == "Agence Martin: aviv_demo_martin_134063, 60 leads"
        assert lines[9] == "Riviera Patrimoine: aviv_demo_riviera_d2fdbb, 60 leads"
        assert lines[10] == f"Seeki          {address}seeki/v1"
        assert lines[11] == "Agence Martin: seeki_live_demo_martin_5ac91e"
        assert lines[12] == "Riviera Patrimoine: seeki_live_demo_riviera_e04f18"
        assert lines[13] == f"Seeki staging  {address}seeki-staging/v1"
        assert lines[14] == "Agence Martin: seeki_test_demo_martin_0d77b2"
        origins = re.fullmatch(r"SITE_ADDRESSES=https://(\S+)=(\S+),http://\1=(\S+)", lines[15])
        assert origins[1] == "www.agence-martin.example"
        assert requests.get(f"http://{origins[3]}/", headers={"Host": "x"}, timeout=10).status_code == 404
        assert lines[16] == f"SITE_CA_FILE={tmp_path / 'websites-ca.pem'}"
        key = {"X-TS-IMMO-KEY": "tsi_demo_martin_4f7c2a"}
        answer = requests.get(f"{address}ts-immo/v1/estates", headers=key, timeout=10)
        assert answer.json()["total"] == 3
        state = requests.get(f"{address}__sandbox/state", timeout=10).json()
        assert state["clerk"] == 0.05
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert out == "Sandbox stopped.\n"
        assert err == ""
        assert process.returncode == 0


def failed(*arguments):
    with start(*arguments) as process:
        out, err = process.communicate(timeout=30)
        assert out == ""
        assert process.returncode not in (0, None)
        return err


@pytest.mark.parametrize("host", ["192.0.2.1", "example.com", "::"])
def test_it_refuses_hosts_that_are_not_loopback(host):
    assert "loopback only" in failed("--host", host)


def test_a_port_in_use_is_a_failure(box):
    port = box.url.rsplit(":", 1)[1]
    assert "cannot listen" in failed("--port", port)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--estates", "-1"),
        ("--contacts", "-1"),
        ("--latency", "-5"),
        ("--clerk", "-1"),
        ("--port", "70000"),
        ("--http-port", "-1"),
        ("--port", "x"),
    ],
)
def test_bad_numbers_are_a_failure(arguments):
    assert "--" in failed(*arguments)


def test_help_names_every_option():
    with start("--help") as process:
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert all(
        option in out
        for option in (
            *("--host", "--port", "--http-port", "--websites"),
            *("--estates", "--contacts", "--latency", "--clerk", "--seed"),
        )
    )
