from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import TruncDate


def take_it_from_the_event(apps: Any, schema_editor: Any) -> None:
    """By the day in UTC, for two weeks of a picture. Messages of a process of before have none, and are left out there."""
    events = apps.get_model("webhooks", "Event")._base_manager.filter(pk=OuterRef("event"))
    deliveries = apps.get_model("webhooks", "Delivery")._base_manager.filter(day=None)
    deliveries.update(day=Subquery(events.values(on=TruncDate("at"))))


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.AddField("delivery", "day", models.DateField(null=True)),
        migrations.RunPython(take_it_from_the_event, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            "delivery",
            models.Index(fields=["agency", "subscription", "day", "state"], name="webhook_delivery_days"),
        ),
        migrations.AddIndex(
            "delivery", models.Index(fields=["subscription", "-delivered_at"], name="webhook_delivery_last")
        ),
    ]
