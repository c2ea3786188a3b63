"""Messages to support that are sent by workers that die, while Ts-Immo loses its answers, in a process of its own.

`python -m tests.support.drill` prints JSON: what was written here against what is at Ts-Immo.
"""

import json
import os
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from portal.sandbox import sandbox
from tests.jobs import drill as jobs

TICKETS, COMMENTS = 40, 2
SECONDS, KILLS, SETTLE = 80, 8, 2
CUTS = ("lost", "dropped", "truncated_json", "length_longer", "error_500", "throttled")
CALLS = ("open_ticket", "comment", "close_ticket", "tickets", "ticket")


def sites_of(account) -> list:
    from tests.support import making

    agencies = [jobs.new_agency(f"drill{n}") for n in range(3)]
    return [
        making.site(making.connection(agency, key=account.key), f"www.{agency.slug}.example")
        for agency in agencies
    ]


def write(site, person, number: int) -> None:
    """A ticket, two comments on it, and for every third the wish to close it."""
    from support import writing
    from support.models import Draft

    def draft(**fields) -> Draft:
        return Draft.objects.create(agency=site.agency, user=person, **fields)

    ticket = writing.open_ticket(draft(subject=f"Ticket {number}", text=f"Text {number}"), site)
    for at in range(COMMENTS):
        writing.comment(draft(ticket=ticket, text=f"Comment {number}/{at}"), ticket)
    if number % 3 == 0:
        writing.close(ticket, person)


def write_under_fire(box, setup: jobs.Setup) -> dict[str, object]:
    from accounts.models import User

    account = box.create_account("drill")
    person = User.objects.create_user("ana@drill.example", name="Ana")
    sites = sites_of(account)
    setup.start_worker(3)
    written, killed, begun = 0, 0, time.monotonic()
    next_kill, quiet = begun + 5, begun + SECONDS / 2
    while (now := time.monotonic()) < begun + SECONDS and (written < TICKETS or is_something_left()):
        if written < TICKETS:
            write(sites[written % len(sites)], person, written)
            written += 1
        if now > quiet:
            box.clear_faults()
            hasten()
        elif random.random() < 0.4:
            box.fault(random.choice(CUTS), operation=random.choice(CALLS), times=1, value="1")
        if now > next_kill and killed < KILLS:
            setup.kill_worker()
            killed, next_kill = killed + 1, now + random.uniform(1, 4)
        setup.supervise()
        time.sleep(0.2)
    return result(account, killed)


def is_something_left() -> bool:
    from estates.jobs.models import OPEN, Job
    from support.models import Message, Ticket

    pending = Message.objects.across_agencies().filter(delivery="pending")
    closing = Ticket.objects.across_agencies().filter(close_asked_at__isnull=False)
    open_jobs = Job.objects.across_agencies().filter(status__in=OPEN)
    return pending.exists() or closing.exists() or open_jobs.exists()


def hasten() -> None:
    """Nobody waits for the second try as long as people do; nor are jobs left that ended without success."""
    from django.utils import timezone

    from estates.jobs.models import Job, Status
    from support.delivery import waiting

    jobs_there = Job.objects.across_agencies()
    jobs.change(jobs_there.filter(status=Status.WAITING), not_before=timezone.now())
    jobs.change(jobs_there.filter(status=Status.FAILED), finished_at=None)
    waiting.start_waiting()


def result(account, killed: int) -> dict[str, object]:
    from support.models import Message, Ticket

    tickets = list(account.tickets.values())
    there = Counter(ticket.message for ticket in tickets)
    there += Counter(comment["comment"] for ticket in tickets for comment in ticket.comments)
    here = Message.objects.across_agencies()
    written = set(here.values_list("text", flat=True))
    closed = {ticket.message for ticket in tickets if ticket.status == "CLOSED"}
    wanted = {f"Text {number}" for number in range(0, TICKETS, 3)}
    deaths = Path(os.environ["DRILL_DEATHS"]).read_text().split("\n")
    return {
        "written": here.count(),
        "lost": sorted(written - there.keys()),
        "doubled": sorted(text for text, times in there.items() if times > 1),
        "not_closed": sorted(wanted - closed),
        "deliveries": dict(Counter(here.values_list("delivery", flat=True))),
        "unnumbered": Ticket.objects.across_agencies().filter(remote_id="").count(),
        "tickets": Ticket.objects.across_agencies().count(),
        "killed": killed,
        "deaths": Counter(filter(None, deaths)),
    }


if __name__ == "__main__":
    with sandbox(estates=0) as box, tempfile.NamedTemporaryFile() as deaths:
        os.environ.update(
            TS_IMMO_URL=f"{box.url}{box.ts_immo.base}",
            DRILL_CHANCE="0.03",
            DRILL_SETTLE=str(SETTLE),
            DRILL_DEATHS=deaths.name,
        )
        setup = jobs.Setup(modules=("tests.support.killing",))
        try:
            print(json.dumps(write_under_fire(box, setup)))
        finally:
            setup.end()
