"""A bare WSGI view to compare with: one INSERT by the same driver, on a connection for each thread."""

import os
import threading
from collections.abc import Iterable

import psycopg

with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as first:
    first.execute(
        "CREATE TABLE IF NOT EXISTS bench_bare (id bigserial PRIMARY KEY, at timestamptz, body bytea)"
    )

own = threading.local()


def application(environ: dict, start_response) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    if not hasattr(own, "line"):
        own.line = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    own.line.execute("INSERT INTO bench_bare (at, body) VALUES (now(), %s)", [body])
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
