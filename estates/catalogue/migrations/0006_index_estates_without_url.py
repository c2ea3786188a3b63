from django.db import migrations, models

from accounts.indexes import AddIndexInUse


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("catalogue", "0005_estate_by_change"),
    ]

    operations = [
        AddIndexInUse(
            model_name="estate",
            index=models.Index(
                condition=models.Q(("gone_at", None), ("public_url", "")),
                fields=["connection", "agency"],
                name="estate_without_url",
            ),
        ),
    ]
