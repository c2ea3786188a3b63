"""Routers whose operations refuse query parameters that they do not know, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.operation import Operation

from portal.api.errors import Refusal


class StrictRouter(Router):
    """A misspelt filter would otherwise answer with everything, and nobody would notice."""

    def add_api_operation(self, path: str, *args: Any, **options: Any) -> None:
        super().add_api_operation(path, *args, **options)
        operation = self.path_operations[path].operations[-1]
        operation.view_func = _strict(operation.view_func, _query_names(operation))


def _query_names(operation: Operation) -> set[str]:
    return {
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    }


def _strict(view: Callable[..., Any], known: set[str]) -> Callable[..., Any]:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        unknown = sorted(request.GET.keys() - known)
        if unknown:
            raise Refusal(422, [f"{name[:60]}: there is no such parameter" for name in unknown])
        return view(request, *args, **kwargs)

    return checked
