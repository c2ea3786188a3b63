"""A bare WSGI view to compare with: the same row by the same driver, on a connection for each thread."""

import os
import threading
from collections.abc import Iterable

import psycopg

ROW = [int(part) for part in os.environ["BENCH_ROW"].split(",")]
SQL = "INSERT INTO leads_webhookcall (agency_id, subscription_id, at, body, lead_id) VALUES (%s, %s, now(), %s, '')"

own = threading.local()


def application(environ: dict, start_response) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    if not hasattr(own, "line"):
        own.line = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    own.line.execute(SQL, [*ROW, body])
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
