"""The database itself refuses to change the audit trail, whatever program asks.

PostgreSQL refuses UPDATE and DELETE (TRUNCATE, which only the table's owner may, empties test databases).
SQLite refuses UPDATE only: Django empties its test databases with DELETE, which a trigger can't tell from an
attack. There, a deleted row is found by `manage.py verify_audit`.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FORWARDS = {
    "postgresql": [
        """
        CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'The audit trail is only ever appended to.';
        END $$
        """,
        """
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
        FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
        """,
    ],
    "sqlite": [
        """
        CREATE TRIGGER append_only BEFORE UPDATE ON accounts_auditentry
        BEGIN SELECT RAISE(ABORT, 'The audit trail is only ever appended to.'); END
        """,
    ],
}
BACKWARDS = {
    "postgresql": [
        "DROP TRIGGER append_only ON accounts_auditentry",
        "DROP FUNCTION refuse_audit_change()",
    ],
    "sqlite": ["DROP TRIGGER append_only"],
}


def add_trigger(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in FORWARDS.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement, params=None)


def drop_trigger(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in BACKWARDS.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(add_trigger, drop_trigger, elidable=False)]
