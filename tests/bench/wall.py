"""What row-level security costs: two portals on one database, one behind the wall and one above it.

Judged is the processor time of a call, of the portal and of its database connection together, in rounds that take
turns: on a machine whose cores others share, it is what stays the same.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection as db
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from accounts.models import Agency, Membership, User
from accounts.roles import Role
from accounts.scope import across
from accounts.wall.owner import as_owner
from accounts.wall.raising import settle
from tests.bench.api import LIST, filled
from tests.bench.measure import Ratio, scaled, stopwatch

ROLE = "passerelle_bench"
GOAL, ROUNDS = 1.2, 7
Ask = tuple[str, dict[str, str], int]
"""An address, the headers that come along, and the status that is right."""


def run() -> list[Ratio]:
    with across():
        agency, token = filled()
        session = logged_in(agency)
    with override_settings(DATABASE_ROLE=ROLE), as_owner():
        settle()
    key, search = {"Authorization": f"Bearer {token}"}, reverse("catalogue:search", args=[agency.slug])
    tag = Client(SERVER_NAME="127.0.0.1").get(LIST, headers=key)["ETag"]
    asks: dict[str, tuple[Ask, int]] = {
        "list of 50": ((LIST, key, 200), 300),
        "list, unchanged (304)": ((LIST, key | {"If-None-Match": tag}, 304), 300),
        "dashboard": ((reverse("dashboard", args=[agency.slug]), session, 200), 20),
        "search by words": ((f"{search}?{urlencode({'query': 'ville 17'})}", session, 200), 20),
        "search by price": ((f"{search}?{urlencode({'min_price': 105_000})}", session, 200), 20),
    }
    with portal("") as plain, portal(ROLE) as walled:
        return [judged(name, plain, walled, ask, count) for name, (ask, count) in asks.items()]


def judged(name: str, plain: Any, walled: Any, ask: Ask, count: int) -> Ratio:
    """The median of the rounds' ratios, each of two that ran one after the other."""
    count = scaled(count, least=10)
    costs = []
    with stopwatch(f"{name}: {count} calls to each, {ROUNDS} rounds"):
        for one in (plain, walled):
            spent(one, ask, 10)
        for _ in range(ROUNDS):
            costs.append((spent(walled, ask, count), spent(plain, ask, count)))
    behind, without = (statistics.median(some) / count * 1e6 for some in zip(*costs, strict=True))
    ratio = statistics.median(one / other for one, other in costs)
    detail = f"{behind:,.0f} µs : {without:,.0f} µs"
    return Ratio(f"{name}: behind the wall : without", ratio, GOAL, at_most=True, detail=detail)


def spent(process: Any, ask: Ask, count: int) -> float:
    """Seconds of processor time."""
    process.stdin.write(json.dumps([*ask, count]) + "\n")
    process.stdin.flush()
    return float(process.stdout.readline())


@contextmanager
def portal(role: str) -> Iterator[Any]:
    known = db.settings_dict
    place = f"{known['HOST']}:{known['PORT'] or 5432}/{known['NAME']}"
    with tempfile.TemporaryDirectory(prefix="bench-wall-") as folder:
        environment = os.environ | {
            "DATABASE_URL": f"postgres://{known['USER'] or 'postgres'}@{place}",
            "DATABASE_ROLE": role,
            "API_CALLS_A_MINUTE": "10000000",
            "API_COUNT_SECONDS": "5",  # as every set-up has it; tests write each call down at once
            "VAR_DIR": folder,
            "COLLECTED_STATIC": "0",
            "LOG_LEVEL": "WARNING",
        }
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        command = [sys.executable, "-m", "tests.bench.wall_server"]
        with subprocess.Popen(command, env=environment, **pipes) as process:
            yield process
            process.stdin.close()


def logged_in(agency: Agency) -> dict[str, str]:
    """The header of a member's session."""
    user = User.objects.create_user("bench@bench.example", name="Bench")
    Membership.objects.create(agency=agency, user=user, role=Role.OWNER)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}
