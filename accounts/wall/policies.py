"""What each table lets through: derived from the models, so that a new one is behind the wall by itself."""

from __future__ import annotations

from django.apps import apps as installed
from django.apps.registry import Apps
from django.db.models import ForeignKey, Model

from accounts.models import Agency, Membership
from accounts.wall.base import SETTING

BEFORE = {Membership}
"""Tables that name an agency and are read to find out which: a page asks whose a person is before it has one."""

# Once for each statement, and not for each row. The planner takes it for half of the rows, whatever it is; as a plain
# comparison it would count the agency's share twice, once for the manager's condition and once for this.
_OWN = (
    f"COALESCE((SELECT NULLIF(current_setting('{SETTING}', true), '')::bigint) "
    "= ANY (ARRAY[0, {column}]), false)"
)


def conditions(apps: Apps = installed, agency: type[Model] = Agency) -> dict[str, str]:
    """By table: when a row of it is there, in SQL. A table without an agency hangs on one that is in here."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    found: dict[type[Model], str] = {}
    for model in models:
        for key in _keys(model):
            if key.related_model is agency and model not in BEFORE:
                found[model] = _OWN.format(column=f'"{key.column}"')
    while more := {
        model: condition
        for model in models
        if model not in found and (condition := _of_parents(model, found))
    }:
        found |= more
    return {model._meta.db_table: condition for model, condition in found.items()}


def _of_parents(model: type[Model], found: dict[type[Model], str]) -> str:
    """A row is there where all that it hangs on is."""
    return " AND ".join(
        _exists(model, key) for key in _keys(model) if key.related_model in found and model not in BEFORE
    )


def _exists(model: type[Model], key: ForeignKey[Model, Model]) -> str:
    column = f'"{model._meta.db_table}"."{key.column}"'
    parent = key.target_field
    looked = f'EXISTS (SELECT FROM "{parent.model._meta.db_table}" parent WHERE parent."{parent.column}" = {column})'
    return f"({column} IS NULL OR {looked})" if key.null else looked


def _keys(model: type[Model]) -> list[ForeignKey[Model, Model]]:
    return [field for field in model._meta.local_fields if isinstance(field, ForeignKey)]
