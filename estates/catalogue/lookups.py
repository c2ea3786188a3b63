"""Asking for many names at once."""

from typing import Any

from django.db.models import CharField
from django.db.models.lookups import In


@CharField.register_lookup
class AnyOf(In):
    """`remote_id__any_of=names`: as `in`, but PostgreSQL gets the names as one parameter. To write out two hundred
    of them costs more than to find them.
    """

    lookup_name = "any_of"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*params, list(self.rhs)]
