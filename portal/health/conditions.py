"""What does not work although pages can be read: each condition is a function that says so in a few words."""

import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from redis.exceptions import RedisError

from estates.connections.clients import shared_redis
from estates.jobs.pulse import EVERY, silence
from portal.health.due import oldest_due

logger = logging.getLogger(__name__)

LONGEST_SILENCE = timedelta(seconds=4 * EVERY)
LONGEST_WAIT = 600
"""Seconds for which a due job may wait before it is said that work piles up."""
WRITTEN_EVERY = 30.0
"""Seconds between two files that are written to see whether one can be: anybody may ask, and storage costs."""
WRITTEN_WITHIN = 3.0
"""Seconds that are waited for one."""

_writer = ThreadPoolExecutor(1, thread_name_prefix="media")
_written: tuple[float, str] | None = None
_is_migrated = False


def conditions() -> dict[str, str]:
    """By name what does not work, and how; nothing where all is well."""
    return {name: words for name, look in LOOKS.items() if (words := _found(look))}


def _found(look: Callable[[], str]) -> str:
    """A table may be missing before its migration, which is a condition of its own."""
    try:
        return look()
    except Error:
        return "cannot be found out from this database"


def broker() -> str:
    client = shared_redis()
    if client is None:
        return ""
    try:
        client.ping()
    except RedisError as error:
        logger.warning("Redis does not answer: %s", type(error).__name__)
        return "Redis does not answer: work waits in the database until it does"
    return ""


def media() -> str:
    """Whether files can be stored, as it was found within the last half minute."""
    global _written
    if _written is None or _written[0] < time.monotonic():
        _written = time.monotonic() + WRITTEN_EVERY, _tried()
    return _written[1]


def _tried() -> str:
    """On a thread of its own: who asks gives up long before a storage elsewhere does that says nothing."""
    try:
        return _writer.submit(_write_and_delete).result(WRITTEN_WITHIN)
    except TimeoutError:
        return "the media storage does not answer"


def _write_and_delete() -> str:
    try:
        default_storage.delete(default_storage.save(f"readyz-{secrets.token_hex(8)}", ContentFile(b"readyz")))
    except Exception as error:
        # Each storage has errors of its own, and none of them may keep pages from being read.
        logger.warning("The media storage takes no files: %s", type(error).__name__)
        return "the media storage takes no files"
    return ""


def migrations() -> str:
    """What the code expects of the database and this has not. What is newer there is no fault."""
    global _is_migrated
    if not _is_migrated:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            return f"{len(missing)} migrations are to be applied"
        _is_migrated = True
    return ""


def timer() -> str:
    quiet = silence()
    if quiet is None:
        return "no timer has ever reached a worker"
    if quiet > LONGEST_SILENCE:
        return f"no timer has reached a worker for {int(quiet.total_seconds())} seconds"
    return ""


def jobs() -> str:
    waited = oldest_due()
    return f"a job has been due for {waited} seconds" if waited > LONGEST_WAIT else ""


LOOKS: dict[str, Callable[[], str]] = {
    "broker": broker,
    "media": media,
    "migrations": migrations,
    "timer": timer,
    "jobs": jobs,
}
