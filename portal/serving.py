"""How gunicorn serves the portal: `gunicorn --config python:portal.serving portal.wsgi`.

WEB_CONCURRENCY, gunicorn's own setting, says how many processes there are: one for each core.
"""

import gc
from logging.config import dictConfig
from pathlib import Path
from typing import TYPE_CHECKING

from django.urls import get_resolver

from portal.settings import LOGGING

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

MEMORY = Path("/dev/shm")  # noqa: S108  # where a sign of life costs no disk

worker_class = "gthread"
threads = 8
# For a process that hangs. One whose threads all wait for slow uploads goes on telling that it lives.
timeout = 60
graceful_timeout = 30
# Longer than a proxy in front keeps an idle connection, or it would meet one that was just closed.
keepalive = 75
worker_tmp_dir = str(MEMORY) if MEMORY.is_dir() else None
control_socket_disable = True


def on_starting(server: "Arbiter") -> None:
    """What gunicorn itself says looks like all other lines. Who asked for what, the portal tells, by routes."""
    dictConfig(LOGGING)
    server.log.error_log.handlers.clear()
    server.log.error_log.propagate = True


on_reload = on_starting


def post_worker_init(worker: "Worker") -> None:
    """Loads all pages before the first is asked for, and has the garbage collector leave alone what is loaded.

    To look at these 200,000 objects takes a tenth of a second, which a request now and then would wait for.
    """
    warm_up()


def warm_up() -> None:
    get_resolver().url_patterns  # noqa: B018  # imports the views
    gc.collect()
    gc.freeze()
