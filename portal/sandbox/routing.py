"""From a request to an operation. Paths are literal: a trailing slash more or less is another path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from portal.sandbox.messages import Answer, Refusal, Request


def _always(request: Request) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Route:
    """`path` below the system's base, with `{name}` for one segment; `handler(request, account, **names)`.

    Where several operations share method and path, `when` tells them apart.
    """

    operation: str
    method: str
    path: str
    handler: Callable[..., Answer]
    when: Callable[[Request], bool] = _always


class Router:
    """All routes of one system."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._patterns = [(re.compile(_pattern(route.path)), route) for route in self.routes]

    def match(self, request: Request, base: str = "") -> tuple[Route, dict[str, str]]:
        """The first route that fits, and percent-decoded names; `base` is what the path begins with.

        Raises `Refusal` 404, or 405 if only the method is wrong.
        """
        method, path, allowed = request.method, request.path.removeprefix(base), []
        for pattern, route in self._patterns:
            found = pattern.fullmatch(path)
            if found and route.method == method and route.when(request):
                return route, {name: unquote(value) for name, value in found.groupdict().items()}
            if found:
                allowed.append(route.method)
        if allowed:
            raise Refusal(405, f"Method {method} not allowed, only {', '.join(sorted(allowed))}")
        raise Refusal(404, f"Cannot {method} {path}")


def _pattern(path: str) -> str:
    return re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
