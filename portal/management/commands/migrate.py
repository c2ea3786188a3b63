"""`manage.py migrate`: Django's, as the owner of the tables; then the wall between agencies is put in order."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from accounts.wall.owner import as_owner
from accounts.wall.raising import WallError, settle


class Command(migrate.Command):
    @as_owner()
    def execute(self, *args: Any, **options: Any) -> None:
        """The checks before it read the database too, in which the portal's role may not be yet."""
        super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["plan"]:
            return
        try:
            said = settle()
        except WallError as error:
            raise CommandError(str(error)) from error
        for line in said:
            self.stdout.write(line)
