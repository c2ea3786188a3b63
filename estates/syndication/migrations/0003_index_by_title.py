from django.db import migrations, models

from accounts.indexes import AddIndexInUse


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("syndication", "0002_index_stopped_listings"),
    ]

    operations = [
        AddIndexInUse(
            model_name="listing",
            index=models.Index(fields=["plan", "title", "id"], name="listing_by_title"),
        ),
    ]
