"""Office hours, and what the inbox walks: covering indexes and the words of the texts.

The indexes are not in the models, for each database has its own. On PostgreSQL they hold all that filters look at.
The words of a lead carry their agency's number: the word list of one agency is never longer for what others have.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import estates.leads.models.hours

WALKS = {
    "lead_walk": ("agency_id, happened_at DESC, id DESC", "state, source, portal, category, assignee_id"),
    "lead_walk_state": ("agency_id, state, happened_at, id", "source, portal, category, assignee_id"),
    "lead_walk_assignee": (
        "agency_id, assignee_id, happened_at DESC, id DESC",
        "state, source, portal, category",
    ),
    # A portal or two bring few leads, which are far to walk to.
    "lead_walk_portal": (
        "agency_id, portal, happened_at DESC, id DESC",
        "state, source, category, assignee_id",
    ),
}
ERASED = "CREATE INDEX lead_erased ON leads_lead (agency_id, happened_at DESC, id DESC) WHERE erased_at IS NOT NULL"
POSTGRESQL = [
    ERASED,
    *(
        f"CREATE INDEX {name} ON leads_lead ({columns}) INCLUDE ({covered}) WHERE erased_at IS NULL"
        for name, (columns, covered) in WALKS.items()
    ),
    """
    CREATE INDEX lead_words ON leads_lead USING gin (array_to_tsvector(string_to_array(
        'a' || agency_id::text || 'x' || replace(search_text, ' ', ' a' || agency_id::text || 'x'), ' ')))
    """,
]
SQLITE = [
    ERASED,
    *(
        f"CREATE INDEX {name} ON leads_lead ({columns}) WHERE erased_at IS NULL"
        for name, (columns, _) in WALKS.items()
    ),
    """
    CREATE VIRTUAL TABLE leads_words USING fts5 (
        agency_id, search_text, content='leads_lead', content_rowid='id', tokenize='unicode61'
    )
    """,
    """
    CREATE TRIGGER leads_words_added AFTER INSERT ON leads_lead BEGIN
        INSERT INTO leads_words (rowid, agency_id, search_text) VALUES (new.id, new.agency_id, new.search_text);
    END
    """,
    """
    CREATE TRIGGER leads_words_removed AFTER DELETE ON leads_lead BEGIN
        INSERT INTO leads_words (leads_words, rowid, agency_id, search_text)
        VALUES ('delete', old.id, old.agency_id, old.search_text);
    END
    """,
    """
    CREATE TRIGGER leads_words_changed AFTER UPDATE ON leads_lead
    WHEN old.search_text IS NOT new.search_text OR old.agency_id IS NOT new.agency_id OR old.id IS NOT new.id BEGIN
        INSERT INTO leads_words (leads_words, rowid, agency_id, search_text)
        VALUES ('delete', old.id, old.agency_id, old.search_text);
        INSERT INTO leads_words (rowid, agency_id, search_text) VALUES (new.id, new.agency_id, new.search_text);
    END
    """,
    "INSERT INTO leads_words (leads_words) VALUES ('rebuild')",
]
POSTGRESQL_BACK = ["DROP INDEX lead_words"]
SQLITE_BACK = [
    "DROP TRIGGER leads_words_added",
    "DROP TRIGGER leads_words_removed",
    "DROP TRIGGER leads_words_changed",
    "DROP TABLE leads_words",
]


def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    own = POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK
    for statement in [*(f"DROP INDEX {name}" for name in (*WALKS, "lead_erased")), *own]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_append_only_trail"), ("leads", "0003_people_and_erasures")]

    operations = [
        migrations.CreateModel(
            name="OfficeHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week", models.JSONField(default=estates.leads.models.hours.usual_week)),
                ("holidays", models.BooleanField(default=True)),
                ("closed", models.JSONField(default=list)),
                ("target_minutes", models.PositiveSmallIntegerField(default=60)),
                (
                    "agency",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.agency"
                    ),
                ),
            ],
            options={"verbose_name": "office hours", "verbose_name_plural": "office hours"},
        ),
        migrations.RemoveIndex(model_name="lead", name="lead_by_date"),
        migrations.RemoveIndex(model_name="lead", name="lead_by_state"),
        migrations.RemoveIndex(model_name="lead", name="lead_by_assignee"),
        migrations.RunPython(forwards, backwards),
    ]
