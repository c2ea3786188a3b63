from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("leads", "0010_move_digest_wishes")]

    operations = [migrations.DeleteModel(name="DigestWish")]
