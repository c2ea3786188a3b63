"""A feed of 200 MB is received, examined, read into rows and split, and the process hardly grows on the way."""

import json
import os
import subprocess
import sys
from tempfile import TemporaryDirectory

import pytest

from tests.jobs.drill import ROOT

MOST_MEMORY = 40
"""MB. All of its listings at once are some 190."""


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="brings its own database: once, embedded, is enough")
def test_a_feed_of_200_mb_comes_in(tmp_path):
    with TemporaryDirectory(dir=tmp_path) as folder:  # 700 MB, which are not to outlive the test
        done = subprocess.run(
            [sys.executable, "-m", "tests.syndication.incoming.large", folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=1200,
        )
    assert done.returncode == 0, done.stderr[-4000:]
    came = json.loads(done.stdout.splitlines()[-1])
    count = came["count"]
    assert (came["size"] >= 200_000_000, count > 40_000) == (True, True)
    assert (came["job"], came["state"]) == (["done", count, count], "read")
    assert (came["rows"], came["in_chunks"], came["chunks"]) == (count, count, -(-count // 500))
    assert came["slices"] == 1 + count // 10_000, "a worker does not hold it for as long as it takes"
    ordinal, line, number, pictures = came["last"]
    assert (ordinal, number, pictures) == (count - 1, f"M-{count - 1}", 6)
    assert came["lines"] - 100 < line < came["lines"]
    assert came["grew"] < MOST_MEMORY
