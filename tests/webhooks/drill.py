"""Messages go out while workers die, in a process of its own: `python -m tests.webhooks.drill` prints JSON."""

import json
import os
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.jobs import drill as jobs
from tests.websites import by_hand, websites, with_body

HOST = "hooks.partner.example"
AGENCIES, EVENTS, KILLS, SECONDS = 3, 200, 8, 200


def under_fire(site, setup: jobs.Setup) -> dict[str, object]:
    """Every so often the receiver hangs up too, without a word, having taken the message."""
    from django.utils import timezone

    from estates.webhooks import subscribing
    from estates.webhooks.kinds import EventType
    from estates.webhooks.models import Attempt, Delivery, Event
    from estates.webhooks.tell import tell

    agencies = [jobs.new_agency(f"drill{number}") for number in range(AGENCIES)]
    for agency in agencies:
        url = f"https://{HOST}/{agency.slug}"
        site.answers(f"/{agency.slug}", with_body(b"taken", wait=0.01))
        subscribing.subscribe(agency, None, url=url, events=EventType.values)
    setup.start_worker(2)
    waiting = Delivery.objects.across_agencies().filter(state=Delivery.State.WAITING)
    begun = timezone.now()
    told, killed, ends, next_kill = 0, 0, time.monotonic() + SECONDS, time.monotonic() + 4
    while time.monotonic() < ends and (told < EVENTS or waiting.exists()):
        if told < EVENTS:
            for agency in agencies:
                tell(agency, EventType.LEAD_CREATED, range(told, told + 10))
            told += 10
        if random.random() < 0.05:
            path = f"/{random.choice(agencies).slug}"
            site.answers(path, by_hand())
            time.sleep(0.2)
            site.answers(path, with_body(b"taken", wait=0.01))
        if time.monotonic() > next_kill and killed < KILLS:
            setup.kill_worker()
            killed, next_kill = killed + 1, time.monotonic() + random.uniform(0.5, 3)
        setup.supervise()
        # A message that was hung up on twice would rest for five minutes, which are more than there are.
        jobs.change(waiting.filter(tries__gt=1), due_at=begun)
        time.sleep(0.2)
    arrived = Counter(asked.headers["webhook-id"] for asked in site.asked)
    expected = {f"msg_{name}" for name in Event.objects.across_agencies().values_list("public_id", flat=True)}
    return {
        "told": len(expected),
        "killed": killed,
        "lost": len(expected - arrived.keys()),
        "unknown": len(arrived.keys() - expected),
        "states": dict(Counter(Delivery.objects.across_agencies().values_list("state", flat=True))),
        "noted_as_taken": Attempt.objects.filter(status=200).count(),
        "sent_again": sum(times - 1 for times in arrived.values()),
        "strangers": sum(not asked.path.startswith("/drill") for asked in site.asked),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, websites(Path(folder)) as web:
        site = web.site(HOST)
        os.environ.update(SITE_ADDRESSES=web.setting, SITE_CA_FILE=web.ca_file)
        setup = jobs.Setup(modules=())
        try:
            print(json.dumps(under_fire(site, setup)))
        finally:
            setup.end()


if __name__ == "__main__":
    main()
