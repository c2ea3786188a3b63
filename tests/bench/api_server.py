"""What the partner API is compared with: a WSGI answer that is always the same."""

import os
from collections.abc import Iterable
from pathlib import Path

BYTES = Path(os.environ["BENCH_ANSWER"]).read_bytes()


def application(environ: dict, start_response) -> Iterable[bytes]:
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(BYTES)))]
    start_response("200 OK", headers)
    return [BYTES]
