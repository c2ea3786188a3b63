from django.db import migrations, models

from accounts.indexes import AddIndexInUse


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalogue", "0004_saved_search_page")]
    operations = [
        AddIndexInUse("estate", models.Index(fields=["agency", "changed_at"], name="estate_by_change")),
    ]
