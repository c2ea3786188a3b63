import json
import subprocess
import sys

import pytest

from tests.jobs.drill import ROOT

pytestmark = pytest.mark.workers


def test_every_message_arrives_whoever_is_killed_and_is_noted_once():
    run = subprocess.run(
        [sys.executable, "-m", "tests.webhooks.drill"], cwd=ROOT, capture_output=True, text=True, timeout=280
    )
    assert run.returncode == 0, run.stderr[-4000:]
    came = json.loads(run.stdout.splitlines()[-1])
    assert came["killed"] >= 5
    assert (came["lost"], came["unknown"], came["strangers"]) == (0, 0, 0)
    assert came["states"] == {"delivered": came["told"]}
    assert came["noted_as_taken"] == came["told"], "what was taken was noted once and only once"
    assert came["sent_again"] <= came["told"] / 10, "a message goes twice only where a death left it open"
