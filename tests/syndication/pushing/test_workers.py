"""The promise of sending, on real workers that are killed while Seeki loses its answers."""

import json
import subprocess
import sys

import pytest

from tests.jobs.drill import ROOT

pytestmark = pytest.mark.workers
LISTINGS = 1_500


def test_every_listing_is_online_once_while_workers_are_killed():
    run = subprocess.run(
        [sys.executable, "-m", "tests.syndication.pushing.drill"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    came = json.loads(run.stdout.splitlines()[-1])
    assert came["killed"] + sum(came["deaths"].values()) >= 5, "somebody must have died"
    assert came["lost"] > 0, "some answer must have been lost"
    assert came["stages"] == {"done": LISTINGS}
    assert (came["live"], came["there"]) == (LISTINGS, LISTINGS)
    assert came["differ"] == []
    assert came["published_twice"] == []
    assert came["without_refresh"] == 0
