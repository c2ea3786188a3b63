"""`manage.py backup TARGET`: database and files in one folder that `restore` takes back."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.wall.owner import as_owner
from estates.remotes.errors import RemoteError
from portal.backup.errors import BackupError
from portal.backup.make import back_up
from portal.backup.progress import bar


class Command(BaseCommand):
    help = "Copies database and media into a folder, while the portal goes on. VAULT_KEYS are not in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", type=Path, help="a folder that is empty or not there yet")
        parser.add_argument("--force", action="store_true", help="replace what is in the folder")

    @as_owner()
    def handle(self, *args: Any, target: Path, force: bool, **options: Any) -> None:
        # What is copied is for nobody else on this machine.
        os.umask(0o077)
        try:
            made = back_up(target, bar(self.stderr), force=force)
        except (BackupError, RemoteError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{target}: {made.vendor} {made.database.size:,} bytes, {len(made.files):,} files, "
            f"{made.size:,} bytes in all. Keep VAULT_KEYS elsewhere: without them no stored key can be read."
        )
