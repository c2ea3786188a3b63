"""What the search walks: one covering index, one for each order, and the words of the texts.

None of it is in the models, for each database has its own. On PostgreSQL `estate_walk` holds all that filters
look at, so that a page is found without touching the estates that are not on it. The words of an estate carry
their agency's number: the word list of one agency is never longer for what the others have.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

COLUMNS = ("surface", "city", "updated_at", "postal_code")
ORDERS = [
    f"CREATE INDEX estate_order_{column} ON catalogue_estate (agency_id, {column}, id) WHERE gone_at IS NULL"
    for column in COLUMNS
]
POSTGRESQL = [
    """
    CREATE INDEX estate_walk ON catalogue_estate (agency_id, created_at DESC, id DESC)
    INCLUDE (type, sub_type, offer_type, status, price, surface, bedrooms, bathrooms, city, postal_code, country,
             region, featured, is_project)
    WHERE gone_at IS NULL
    """,
    # What a town has is often asked for together with these, and a rare subtype is far to walk to.
    """
    CREATE INDEX estate_city ON catalogue_estate (agency_id, city, created_at DESC, id DESC)
    INCLUDE (type, offer_type, status, price)
    WHERE gone_at IS NULL
    """,
    """
    CREATE INDEX estate_sub_type ON catalogue_estate (agency_id, sub_type, created_at DESC, id DESC)
    WHERE gone_at IS NULL
    """,
    """
    CREATE INDEX estate_words ON catalogue_estate USING gin (array_to_tsvector(string_to_array(
        'a' || agency_id::text || 'x' || replace(search_text, ' ', ' a' || agency_id::text || 'x'), ' ')))
    """,
]
POSTGRESQL_BACK = [
    "DROP INDEX estate_walk",
    "DROP INDEX estate_city",
    "DROP INDEX estate_sub_type",
    "DROP INDEX estate_words",
]
SQLITE = [
    """
    CREATE VIRTUAL TABLE catalogue_words USING fts5 (
        agency_id, search_text, content='catalogue_estate', content_rowid='id', tokenize='unicode61'
    )
    """,
    """
    CREATE TRIGGER catalogue_words_added AFTER INSERT ON catalogue_estate BEGIN
        INSERT INTO catalogue_words (rowid, agency_id, search_text) VALUES (new.id, new.agency_id, new.search_text);
    END
    """,
    """
    CREATE TRIGGER catalogue_words_removed AFTER DELETE ON catalogue_estate BEGIN
        INSERT INTO catalogue_words (catalogue_words, rowid, agency_id, search_text)
        VALUES ('delete', old.id, old.agency_id, old.search_text);
    END
    """,
    """
    CREATE TRIGGER catalogue_words_changed AFTER UPDATE ON catalogue_estate
    WHEN old.search_text IS NOT new.search_text OR old.agency_id IS NOT new.agency_id OR old.id IS NOT new.id BEGIN
        INSERT INTO catalogue_words (catalogue_words, rowid, agency_id, search_text)
        VALUES ('delete', old.id, old.agency_id, old.search_text);
        INSERT INTO catalogue_words (rowid, agency_id, search_text) VALUES (new.id, new.agency_id, new.search_text);
    END
    """,
    "INSERT INTO catalogue_words (catalogue_words) VALUES ('rebuild')",
]
SQLITE_BACK = [
    "DROP TRIGGER catalogue_words_added",
    "DROP TRIGGER catalogue_words_removed",
    "DROP TRIGGER catalogue_words_changed",
    "DROP TABLE catalogue_words",
]


def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in [*ORDERS, *(POSTGRESQL if on_postgresql else SQLITE)]:
        schema_editor.execute(statement)


def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    indexes = [f"DROP INDEX estate_order_{column}" for column in COLUMNS]
    for statement in [*indexes, *(POSTGRESQL_BACK if on_postgresql else SQLITE_BACK)]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
