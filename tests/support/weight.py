"""How much memory a worker takes to send large files, in a process of its own.

`python -m tests.support.weight` prints JSON: what has arrived, and the most that the worker's process held, in kB.
"""

import json
import os
import re
import tempfile
import time
from pathlib import Path

from portal.sandbox import sandbox
from tests.jobs import drill as jobs

FILES, SIZE = 2, 25 * 1024 * 1024


def send_large_files(box, setup: jobs.Setup) -> dict[str, object]:
    from django.core.files.base import File
    from django.core.files.storage import default_storage

    from accounts.models import User
    from support import writing
    from support.models import Attachment, Delivery, Draft, Message
    from tests.support import making

    account = box.create_account("weight")
    agency = jobs.new_agency("weight")
    site = making.site(making.connection(agency, key=account.key), "www.weight.example")
    person = User.objects.create_user("ana@weight.example", name="Ana")
    draft = Draft.objects.create(agency=agency, user=person, subject="Large", text="Files")
    with tempfile.TemporaryFile() as body:
        body.write(os.urandom(SIZE))
        for number in range(FILES):
            Attachment.objects.create(
                agency=agency,
                draft=draft,
                uploaded_by=person,
                name=f"plan-{number}.pdf",
                mime_type="application/pdf",
                size=SIZE,
                sha256=str(number),
                stored_as=default_storage.save(f"support/{agency.pk}/{number}.pdf", File(body)),
            )
    writing.open_ticket(draft, site)
    setup.start_worker(1)
    sent = Message.objects.for_agency(agency).filter(delivery=Delivery.SENT)
    ends = time.monotonic() + 90
    while time.monotonic() < ends and not sent.exists():
        time.sleep(0.2)
    return {
        "sent": sent.count(),
        "sizes": [file["size"] for ticket in account.tickets.values() for file in ticket.attachments],
        "peaks": [peak(child) for child in setup.children()],
    }


def peak(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found, "only Linux says it"
    return int(found[1])


if __name__ == "__main__":
    with sandbox(estates=0) as box:
        os.environ["TS_IMMO_URL"] = f"{box.url}{box.ts_immo.base}"
        setup = jobs.Setup(modules=())
        try:
            print(json.dumps(send_large_files(box, setup)))
        finally:
            setup.end()
