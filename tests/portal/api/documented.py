"""Which answers of the API no document tells of."""

import re

from portal.api.api import api

UNTOLD = {405, 500}
"""A method that there is not, and a failure of ours, which no operation promises."""


def undocumented(method: str, path: str, status: int) -> bool:
    """Whether the OpenAPI document has such an operation, but not this answer of it."""
    if status in UNTOLD:
        return False
    for template, item in api.get_openapi_schema()["paths"].items():
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
        if re.fullmatch(pattern, path) and method.lower() in item:
            return status not in {int(code) for code in item[method.lower()]["responses"]}
    return False
