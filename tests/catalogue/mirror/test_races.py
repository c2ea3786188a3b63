"""What several at once, or a death at any moment, must not spoil."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from functools import partial

import pytest
from django.db import connection as db
from django.db import connections
from django.utils import timezone

from estates.catalogue import writing
from estates.catalogue.merge import merge
from estates.catalogue.models import Estate, EstateChange, EstatePayload
from estates.catalogue.plan import start_sync
from estates.jobs.work import work
from portal.sandbox import sandbox
from tests.catalogue.mirror.conftest import latest, payload, remote
from tests.catalogue.mirror.killed import digest

parallel = pytest.mark.skipif("db.vendor == 'sqlite'", reason="SQLite in memory knows one writer")


def at_once(*tasks):
    """Runs the tasks in threads that start together; gives their results, raises the first error."""
    barrier, results = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(number, task):
        try:
            barrier.wait(10)
            results[number] = task()
        except BaseException as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


@parallel
@pytest.mark.django_db(transaction=True)
def test_two_who_merge_the_same_page_at_once_write_it_once(connection):
    for attempt in range(5):
        page = [remote(number, price=attempt, reference=f"R{attempt}") for number in range(400)]
        other = random.Random(attempt).sample(page, len(page))
        tasks = [partial(merge, connection, estates, timezone.now()) for estates in (page, other)]
        merged = at_once(*tasks)
        assert sum(one.stored + one.changed for one in merged) == 400
    assert Estate.objects.for_agency(connection.agency).count() == EstatePayload.objects.count() == 400
    assert EstateChange.objects.for_agency(connection.agency).filter(field="price").count() == 4 * 400


@parallel
@pytest.mark.django_db(transaction=True)
def test_two_writers_beside_the_reader_do_the_same(connection, box, sync, monkeypatch):
    monkeypatch.setattr(writing, "WRITERS_FROM", 0)
    monkeypatch.setattr("estates.catalogue.mirror.BATCH", 20)
    run = sync(connection)
    assert (run.status, run.received, run.stored) == ("done", 250, 250)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("writer")]
    assert sync(connection).unchanged == 250


@parallel
@pytest.mark.django_db(transaction=True)
def test_what_goes_wrong_in_a_writer_rises_in_the_job(connection, listing, monkeypatch):
    monkeypatch.setattr(writing, "WRITERS_FROM", 0)
    monkeypatch.setattr("estates.catalogue.mirror.BATCH", 20)
    monkeypatch.setattr(writing, "merge", lambda *_: 1 / 0)
    listing([payload(number) for number in range(500)])
    job = start_sync(connection)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, latest(connection).error) == ("waiting", "ZeroDivisionError")
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("writer")]


DATABASE = {
    "sqlite": lambda folder: {"VAR_DIR": str(folder)},
    "postgresql": lambda folder: {
        "VAR_DIR": str(folder),
        "DATABASE_URL": "{}/{}".format(
            os.environ.get("DATABASE_URL", "").rpartition("/")[0], db.settings_dict["NAME"]
        ),
    },
}


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_sync_that_is_killed_again_and_again_ends_with_the_right_tables(tmp_path):
    """Processes die at random moments; a last one comes through, and nothing is missing or there twice."""
    environment = os.environ | DATABASE[db.vendor](tmp_path) | {"JOB_SLICE_SECONDS": "0.2"}

    def start(code, **options):
        setup = "import django; django.setup(); from tests.catalogue.mirror import killed; "
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", f"{setup}killed.{code}"],
            env=environment | {"DJANGO_SETTINGS_MODULE": "portal.settings"}, text=True, **options,
        )  # fmt: skip

    with sandbox(estates=1500, latency=60) as box:
        environment["TS_IMMO_URL"] = f"{box.url}/ts-immo/v1"
        assert start("prepare()").wait(60) == 0
        chance = random.Random(7)
        for _ in range(6):
            process = start("work_on()")
            time.sleep(chance.uniform(0.7, 1.6))
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert start("take_back()").wait(60) == 0
            stock = box.account("martin").stock
            stock.change(stock.all()[chance.randrange(1500)].id, price=chance.randrange(10**6))
        process = start("work_on()", stdout=subprocess.PIPE)
        said, _ = process.communicate(timeout=120)
        listed = sorted(estate.id for estate in box.account("martin").stock.all())
    assert said.split() == ["done", "1500", "1500", digest(listed), "0"]
