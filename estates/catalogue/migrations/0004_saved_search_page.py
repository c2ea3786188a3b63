"""Saved searches of other pages than that of the estates."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_append_only_trail"),
        ("catalogue", "0003_payload_lz4"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="savedsearch", name="one_saved_search_per_name"),
        migrations.AddField(
            model_name="savedsearch",
            name="page",
            field=models.CharField(
                choices=[("estates", "Estates"), ("leads", "Leads")], default="estates", max_length=10
            ),
        ),
        migrations.AddConstraint(
            model_name="savedsearch",
            constraint=models.UniqueConstraint(
                fields=("agency", "user", "page", "name"), name="one_saved_search_per_name"
            ),
        ),
    ]
