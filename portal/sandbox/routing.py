"""From method and path to an operation. Paths are literal: a trailing slash more or less is another path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from portal.sandbox.messages import Answer, Refusal


@dataclass(frozen=True, slots=True)
class Route:
    """`path` below the system's base, with `{name}` for one segment; `handler(request, account, **names)`."""

    operation: str
    method: str
    path: str
    handler: Callable[..., Answer]


class Router:
    """All routes of one system."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._patterns = [(re.compile(_pattern(route.path)), route) for route in self.routes]

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """Route and percent-decoded names; raises `Refusal` 404, or 405 if only the method is wrong."""
        allowed = []
        for pattern, route in self._patterns:
            found = pattern.fullmatch(path)
            if found and route.method == method:
                return route, {name: unquote(value) for name, value in found.groupdict().items()}
            if found:
                allowed.append(route.method)
        if allowed:
            raise Refusal(405, f"Method {method} not allowed, only {', '.join(sorted(allowed))}")
        raise Refusal(404, f"Cannot {method} {path}")


def _pattern(path: str) -> str:
    return re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
