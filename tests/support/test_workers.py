"""The promise of support, on real workers that are killed while Ts-Immo loses its answers."""

import json
import subprocess
import sys

import pytest

from tests.jobs.drill import ROOT

pytestmark = pytest.mark.workers


def test_no_message_is_lost_or_sent_twice_while_workers_are_killed():
    run = subprocess.run(
        [sys.executable, "-m", "tests.support.drill"], cwd=ROOT, capture_output=True, text=True, timeout=200
    )
    assert run.returncode == 0, run.stderr[-4000:]
    came = json.loads(run.stdout.splitlines()[-1])
    assert came["written"] >= 100
    assert came["killed"] + sum(came["deaths"].values()) >= 8, "somebody must have died"
    assert came["lost"] == []
    assert came["doubled"] == []
    assert came["not_closed"] == []
    assert came["deliveries"] == {"sent": came["written"]}
    assert (came["unnumbered"], came["tickets"]) == (0, 40)
