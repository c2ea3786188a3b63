"""A feed file of 200 MB on its whole way through the portal, in a process of its own.

`python -m tests.syndication.incoming.large FOLDER` prints JSON: how many listings the file holds, are in the rows
and in the chunks, and by how many MB the process grew on the way. All that it writes is in the folder.
"""

import json
import os
import re
import secrets
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.feeds import large

SIZE = 200_000_000
SELF = Path("/proc/self")


def held(what: str) -> int:
    """Kilobytes that the process holds now (`VmRSS`), or held at most (`VmHWM`)."""
    found = re.search(rf"{what}:\s+(\d+) kB", (SELF / "status").read_text())
    assert found
    return int(found[1])


def setup(folder: Path) -> None:
    """Django on an empty database in the folder."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ.update(
        VAR_DIR=str(folder / "var"), TMPDIR=str(folder), LOG_LEVEL="WARNING", JOB_SLICE_SECONDS="0"
    )
    os.environ.setdefault("SECRET_KEY", secrets.token_hex(32))
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def new_plan():
    from accounts.models import Agency
    from estates.connections.models import Connection
    from estates.syndication.models import Plan

    agency = Agency.objects.create(name="Agence Martin", slug="martin")
    connection = Connection.objects.create(agency=agency, system="seeki", label="Lyon")
    return Plan.objects.create(agency=agency, connection=connection, active=True)


def taken_in(plan, path: Path) -> dict[str, object]:
    """Receives the file and has it read, slice after slice as a worker does; then splits it."""
    from estates.feeds.source import opened
    from estates.feeds.splitting import split
    from estates.jobs.models import Job
    from estates.jobs.work import work
    from estates.syndication.incoming.files import local
    from estates.syndication.incoming.receiving import receive
    from estates.syndication.models import FeedItem

    with path.open("rb") as file:
        feed = receive(plan, file, path.name, None)
    job, slices = Job.objects.for_agency(plan.agency).get(), 0
    while job.is_open and slices < 60:
        assert work(job.pk)
        job.refresh_from_db()
        slices += 1
    feed.refresh_from_db()
    rows = FeedItem.objects.for_agency(plan.agency).filter(feed=feed)
    chunks, in_chunks = 0, 0
    with local(feed, lambda: None) as here, opened(here) as source, TemporaryDirectory() as into:
        for chunk in split(source, Path(into)):
            chunks, in_chunks = chunks + 1, in_chunks + len(chunk.ordinals)
            chunk.path.unlink()
    return {
        "size": feed.size,
        "job": [job.status, job.done, job.total],
        "state": feed.state,
        "rows": rows.filter(state=FeedItem.State.READ).count(),
        "last": rows.order_by("ordinal").values_list("ordinal", "line", "external_id", "pictures").last(),
        "chunks": chunks,
        "in_chunks": in_chunks,
        "slices": slices,
    }


def main(folder: Path) -> None:
    setup(folder)
    path = folder / "feed.xml"
    count, lines = large.xml(path, SIZE), 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            lines += block.count(b"\n")
    plan = new_plan()
    (SELF / "clear_refs").write_text("5")  # what it held at most is counted from here on
    before, began, used = held("VmRSS"), time.monotonic(), time.process_time()
    came = taken_in(plan, path)
    took = {"seconds": time.monotonic() - began, "cpu": time.process_time() - used}
    print(
        json.dumps({"count": count, "lines": lines, **came, "grew": (held("VmHWM") - before) / 1000, **took})
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
