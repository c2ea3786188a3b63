"""A static server to compare with: WhiteNoise, which sends files by sendfile, under the portal's own server."""

import os
from collections.abc import Iterable

from whitenoise import WhiteNoise


def nothing(environ: dict, start_response) -> Iterable[bytes]:
    start_response("404 Not Found", [])
    return [b""]


application = WhiteNoise(nothing, root=os.environ["BENCH_FILES"])
