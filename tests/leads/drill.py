"""Contacts that come in while they are pulled by workers that die, in a process of its own.

`python -m tests.leads.drill` prints JSON: what marketing-lab handed over against what is here.
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

CONTACTS, AT_ONCE = 4_200, 140
SECONDS, KILLS = 300, 12
CUTS = ("dropped", "truncated_json", "length_longer", "lost", "error_500")


def pull_under_fire(box, setup: jobs.Setup) -> dict[str, object]:
    from estates.connections.models import Connection, ConnectionKey, State
    from estates.connections.vault import seal
    from estates.jobs.models import OPEN, Job
    from estates.leads.models import Lead, LeadSource
    from estates.leads.sources import start_fetch
    from estates.remotes.secret import Secret

    account = box.marketing_lab.create_account("drill")
    agency = jobs.new_agency("drill")
    connection = Connection.objects.create(
        agency=agency, system="marketing_lab", label="drill", state=State.WORKING
    )
    ConnectionKey.objects.create(connection=connection, ciphertext=seal(Secret(account.key)), last_four="")
    LeadSource.objects.create(
        agency=agency, connection=connection, mode=LeadSource.Mode.PULL, next_at=connection.created_at
    )
    setup.start_worker(2)
    killed, came, ends, next_kill = 0, 0, time.monotonic() + SECONDS, time.monotonic() + 4
    open_jobs = Job.objects.across_agencies().filter(status__in=OPEN)
    while time.monotonic() < ends:
        quiet = came >= CONTACTS
        if not quiet:
            came += len(account.add_contacts(random.randrange(AT_ONCE)))
            if random.random() < 0.3:
                operation = random.choice(
                    ["read_contacts", "pull_contacts", "pull_contacts", "pulled_contacts"]
                )
                box.fault(random.choice(CUTS), operation=operation, times=1)
        if time.monotonic() > next_kill and killed < KILLS and not quiet:
            setup.kill_worker()
            killed, next_kill = killed + 1, time.monotonic() + random.uniform(1, 5)
        setup.supervise()
        # A failed fetch is followed by the next one, as the timer would do it.
        start_fetch(connection)
        jobs.change(open_jobs, not_before=connection.created_at)
        if quiet and not account.all_ready() and not open_jobs.filter(kind="leads.file").exists():
            box.clear_faults()
            # Asked last: what a fetch brings while the others are asked for waits to be filed.
            has_run = LeadSource.objects.for_agency(agency).get().run_at
            if has_run and settled(agency) and not unfiled(agency).exists():
                break
        time.sleep(0.3)
    held = Counter(Lead.objects.for_agency(agency).values_list("remote_id", flat=True))
    given = {str(contact.action_id) for contact in account.contacts if contact.pulled_at}
    deaths = Path(os.environ["DRILL_DEATHS"]).read_text().split("\n")
    return {
        "given": len(given),
        "ready": len(account.all_ready()),
        "lost": sorted(given - held.keys()),
        "doubled": sorted(name for name, times in held.items() if times > 1),
        "unfiled": unfiled(agency).count(),
        "killed": killed,
        "deaths": Counter(filter(None, deaths)),
    }


def unfiled(agency):
    from estates.leads.models import Lead

    return Lead.objects.for_agency(agency).filter(filed_at=None)


def settled(agency) -> bool:
    from estates.leads.models import Pull

    return not Pull.objects.for_agency(agency).exclude(stage=Pull.Stage.SETTLED).exists()


if __name__ == "__main__":
    with sandbox(estates=0) as box, tempfile.NamedTemporaryFile() as deaths:
        os.environ.update(
            MARKETING_LAB_URL=f"{box.url}{box.marketing_lab.base}",
            DRILL_CHANCE="0.03",
            DRILL_DEATHS=deaths.name,
        )
        setup = jobs.Setup(modules=("tests.leads.killing",))
        try:
            print(json.dumps(pull_under_fire(box, setup)))
        finally:
            setup.end()
