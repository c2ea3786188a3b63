from django.db import migrations


def move(apps, schema_editor):
    """A wish for the digest is a choice among all mails now."""
    choices = apps.get_model("accounts", "MailChoice")
    wishes = apps.get_model("leads", "DigestWish")._base_manager.all()
    choices._base_manager.bulk_create(
        [
            choices(agency_id=wish.agency_id, user_id=wish.user_id, kind="digest", wanted=wish.wanted)
            for wish in wishes.iterator()
        ],
        ignore_conflicts=True,
    )


def move_back(apps, schema_editor):
    wishes = apps.get_model("leads", "DigestWish")
    choices = apps.get_model("accounts", "MailChoice")._base_manager.filter(kind="digest")
    wishes._base_manager.bulk_create(
        [
            wishes(agency_id=choice.agency_id, user_id=choice.user_id, wanted=choice.wanted)
            for choice in choices.iterator()
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_mail_choices"), ("leads", "0009_buyers_of_partners")]

    operations = [migrations.RunPython(move, move_back)]
