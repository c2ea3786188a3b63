"""One range of bytes, as a download that goes on asks for it (RFC 9110, section 14)."""

import re

_ONE = re.compile(r"bytes=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*", re.ASCII | re.IGNORECASE)


class Unsatisfiable(Exception):
    """The range lies beyond the end: the answer is 416."""


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte that are asked for, counted from 0; None where all are, or several ranges.

    What is no range is as if nothing were said. Raises `Unsatisfiable`.
    """
    asked = _ONE.fullmatch(header.strip())
    if asked is None or not (asked[1] or asked[2]):
        return None
    if not asked[1]:
        start, end = max(0, size - int(asked[2])), size - 1
    else:
        start, end = int(asked[1]), int(asked[2]) if asked[2] else size - 1
        if end < start and asked[2]:
            return None
    if start >= size:
        raise Unsatisfiable
    return start, min(end, size - 1)
