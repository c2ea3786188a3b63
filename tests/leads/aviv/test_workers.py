"""Equal sets on real workers that are killed while AVIV's calls are dropped, doubled and reordered."""

import json
import subprocess
import sys

import pytest

from tests.jobs.drill import ROOT

pytestmark = pytest.mark.workers


def test_every_lead_is_here_once_whoever_dies_and_whatever_calls_get_lost():
    run = subprocess.run(
        [sys.executable, "-m", "tests.leads.aviv.drill"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    came = json.loads(run.stdout.splitlines()[-1])
    assert came["given"] >= 1_500
    assert came["called"] > 100
    assert sum(came["deaths"].values()) + came["killed"] >= 4, "somebody must have died"
    assert (came["lost"], came["invented"], came["doubled"]) == ([], [], [])
    assert came["waiting"] == 0
    assert came["violations"] == 0
