from django.db import NotSupportedError, migrations, transaction


def choose_lz4(apps, schema_editor):
    """lz4 reads and writes payloads several times faster than pglz. A server built without it keeps pglz."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(schema_editor.connection.alias):
            schema_editor.execute("ALTER TABLE catalogue_estatepayload ALTER COLUMN body SET COMPRESSION lz4")
    except NotSupportedError:
        pass  # pglz stays, which is slower but reads and writes the same


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_words")]
    operations = [migrations.RunPython(choose_lz4, migrations.RunPython.noop, elidable=True)]
