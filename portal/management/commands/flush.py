"""`manage.py flush`: Django's, as the owner of the tables, who alone may empty them all."""

from typing import Any

from django.core.management.commands import flush

from accounts.wall.owner import as_owner


class Command(flush.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
