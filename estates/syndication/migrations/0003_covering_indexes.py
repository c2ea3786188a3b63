from django.db import migrations, models

from accounts.indexes import AddIndexInUse, RemoveIndexInUse


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
        RemoveIndexInUse(model_name="listing", name="listing_lapse"),
        AddIndexInUse(
            model_name="listing",
            index=models.Index(fields=["plan", "live_until", "agency", "wanted", "id"], name="listing_lapse"),
        ),
        RemoveIndexInUse(model_name="listing", name="listing_stopped"),
        AddIndexInUse(
            model_name="listing",
            index=models.Index(
                condition=models.Q(("stage__in", ("held", "refused")), ("wanted", True)),
                fields=["plan", "stage", "agency", "id"],
                name="listing_stopped",
            ),
        ),
    ]
