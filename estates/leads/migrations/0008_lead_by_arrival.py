from django.db import migrations, models

from accounts.indexes import AddIndexInUse


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("leads", "0007_aviv")]
    operations = [
        AddIndexInUse("lead", models.Index(fields=["agency", "received_at"], name="lead_by_arrival")),
    ]
