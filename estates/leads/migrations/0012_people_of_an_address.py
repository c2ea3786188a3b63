from django.db import migrations, models

from accounts.indexes import AddIndexInUse, RemoveIndexInUse


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("leads", "0011_no_digest_wishes")]
    operations = [
        AddIndexInUse(
            "lead",
            models.Index(
                fields=["agency", "email_key", "person"],
                condition=~models.Q(email_key=""),
                name="lead_by_mail_and_person",
            ),
        ),
        AddIndexInUse(
            "lead",
            models.Index(
                fields=["agency", "phone_key", "person"],
                condition=~models.Q(phone_key=""),
                name="lead_by_phone_and_person",
            ),
        ),
        RemoveIndexInUse("lead", "lead_by_mail"),
        RemoveIndexInUse("lead", "lead_by_phone"),
    ]
