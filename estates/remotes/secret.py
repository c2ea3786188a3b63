"""A key that does not show itself when something that holds it is printed."""

from __future__ import annotations

import re

from requests import PreparedRequest
from requests.auth import AuthBase

# What may stand in an HTTP header's value without being folded, split or re-encoded on the way.
HEADER_SAFE = re.compile(r"[!-~](?:[ -~]*[!-~])?")


class Secret:
    """A secret string; only `reveal()` gives it away. Raises ValueError, without quoting it, if unusable."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not HEADER_SAFE.fullmatch(value):
            raise ValueError("A key must be printable ASCII without spaces at its ends")
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    def __reduce__(self) -> str:
        raise TypeError("A secret is not pickled")


class HeaderKey(AuthBase):
    """Puts a secret into one header, after everything that could print the request has been prepared."""

    def __init__(self, header: str, secret: Secret, prefix: str = "") -> None:
        self.header = header
        self.secret = secret
        self.prefix = prefix

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers[self.header] = self.prefix + self.secret.reveal()
        return request
