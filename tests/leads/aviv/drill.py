"""AVIV's leads come in by calls and by asking while workers die, in a process of its own.

`python -m tests.leads.aviv.drill` prints JSON: what AVIV has against what is here.
"""

import json
import os
import random
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from portal.sandbox import sandbox
from portal.sandbox.aviv.letters import Subscription
from tests.jobs import drill as jobs

OLD, NEW, AT_ONCE = 900, 600, 40
SECONDS, KILLS = 200, 8
CUTS = ("dropped", "truncated_json", "error_500")


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def listen() -> tuple[object, str]:
    """The portal's own door, for AVIV's calls."""
    from portal.wsgi import application

    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


def under_fire(box, setup: jobs.Setup) -> dict[str, object]:
    from django.conf import settings
    from django.utils import timezone

    from estates.connections.models import Connection, ConnectionKey, State
    from estates.connections.vault import seal
    from estates.jobs.models import OPEN, Job
    from estates.leads.aviv import hearing, importing, subscribing
    from estates.leads.models import Lead, LeadSource, WebhookCall, WebhookKey, WebhookSubscription
    from estates.leads.sources import start_fetch
    from estates.remotes.secret import Secret

    server, settings.PUBLIC_URL = listen()
    account = box.aviv.create_account("drill", leads=OLD)
    agency = jobs.new_agency("drill")
    connection = Connection.objects.create(agency=agency, system="aviv", label="drill", state=State.WORKING)
    ConnectionKey.objects.create(connection=connection, ciphertext=seal(Secret(account.token)), last_four="")
    LeadSource.objects.create(agency=agency, connection=connection, next_at=connection.created_at)
    subscription = WebhookSubscription.objects.create(
        agency=agency, connection=connection, opaque="drill-0123456789", state="ACTIVE"
    )
    key = "whk-drill-0123456789"
    WebhookKey.objects.create(subscription=subscription, ciphertext=seal(Secret(key)))
    account.subscriptions["drill"] = Subscription(
        "drill", subscribing.address_of(subscription), key, "ACTIVE"
    )
    since = timezone.localdate() - timedelta(days=32)
    importing.start_import(connection, since, None)
    setup.start_worker(2)
    killed, came, ends, next_kill = 0, 0, time.monotonic() + SECONDS, time.monotonic() + 4
    open_jobs = Job.objects.across_agencies().filter(status__in=OPEN)
    while time.monotonic() < ends:
        quiet = came >= NEW
        if not quiet:
            spoil = random.choice([account.webhooks.drop, account.webhooks.double, account.webhooks.reorder])
            spoil(random.randrange(1, 9))
            came += len(account.add_leads(random.randrange(1, AT_ONCE)))
            if random.random() < 0.3:
                box.fault(random.choice(CUTS), operation=random.choice(["leads", "lead"]), times=1)
        if time.monotonic() > next_kill and killed < KILLS and not quiet:
            setup.kill_worker()
            killed, next_kill = killed + 1, time.monotonic() + random.uniform(1, 4)
        setup.supervise()
        hearing.start_hearing()
        if not quiet:
            start_fetch(connection)
        jobs.change(open_jobs, not_before=connection.created_at)
        if quiet and not open_jobs.exists():
            account.webhooks.wait()
            box.clear_faults()
            begun = LeadSource.objects.for_agency(agency).get().polled_to
            if try_again():
                continue
            if begun and begun > last_of(account) and not waiting(WebhookCall):
                break
            start_fetch(connection)
        time.sleep(0.3)
    server.shutdown()
    held = Counter(Lead.objects.for_agency(agency).values_list("remote_id", flat=True))
    given = {lead.id for lead in account.leads.all()}
    return {
        "given": len(given),
        "lost": sorted(given - held.keys()),
        "invented": sorted(held.keys() - given),
        "doubled": sorted(name for name, times in held.items() if times > 1),
        "waiting": waiting(WebhookCall),
        "called": WebhookCall.objects.across_agencies().count(),
        "killed": killed,
        "violations": box.aviv.manners.violations,
        "deaths": Counter(filter(None, Path(os.environ["DRILL_DEATHS"]).read_text().split("\n"))),
    }


def last_of(account) -> datetime:
    return datetime.fromtimestamp(account.leads.all()[-1].ingested, UTC)


def waiting(calls) -> int:
    return calls.objects.across_agencies().filter(handled_at=None).count()


def try_again() -> int:
    """Tries what failed again, as a person would, so that the rest after a failure is not waited for."""
    from estates.jobs.models import Job

    failed = Job.objects.across_agencies().filter(status="failed")
    return failed.update(status="queued", attempts=0, finished_at=None)


if __name__ == "__main__":
    with sandbox(estates=0, leads=0) as box, tempfile.NamedTemporaryFile() as deaths:
        os.environ.update(AVIV_URL=box.aviv.url, DRILL_CHANCE="0.03", DRILL_DEATHS=deaths.name)
        setup = jobs.Setup(modules=("tests.leads.aviv.killing",))
        try:
            print(json.dumps(under_fire(box, setup)))
        finally:
            setup.end()
