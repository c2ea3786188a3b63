"""`manage.py restore SOURCE`: database and files become what `backup` copied."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.wall.owner import as_owner
from estates.connections.checks import stored_keys
from estates.remotes.errors import RemoteError
from portal.backup.errors import BackupError
from portal.backup.progress import bar
from portal.backup.take_back import restore

OTHER_KEYS = 3
"""What the command exits with where all is restored but the vault's keys are others."""


class Command(BaseCommand):
    help = "Fills an empty database and media storage from a backup. Stop the portal's processes first."
    # Checks of the database would look for tables that are not there yet.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help="a folder that `backup` has written")
        parser.add_argument(
            "--force", action="store_true", help="delete all rows and files that are here first"
        )

    @as_owner()
    def handle(self, *args: Any, source: Path, force: bool, **options: Any) -> None:
        try:
            found = restore(source, bar(self.stderr), force=force)
        except (BackupError, RemoteError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored what was backed up at {found.made_at} by version {found.version}: {len(found.files):,} files. "
            "Next: manage.py migrate, manage.py verify_audit."
        )
        if unreadable := stored_keys(databases=["default"]):
            raise CommandError(
                f"All is restored, but {len(unreadable)} stored keys cannot be read with these VAULT_KEYS.",
                returncode=OTHER_KEYS,
            )
