"""`manage.py doctor [SLUG] [--json]`: a verdict on every connection."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation

from accounts.models import Agency
from accounts.scope import across
from estates.connections.doctor import Diagnosis, Finding, examine
from estates.connections.models import Connection


class Command(BaseCommand):
    help = "Asks every remote system about its connections; exits with 1 where one is not in order."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="one agency (default: all)")
        parser.add_argument("--json", action="store_true", help="prints the verdicts as JSON")

    @across()
    def handle(self, *args: Any, **options: Any) -> None:
        rows, found = self.connections(options["slug"]), []
        with translation.override("en"):
            for done, connection in enumerate(rows):
                self.progress(done, len(rows), str(connection))
                found.append(examine(connection))
            self.progress(0, 0, "")
            if options["json"]:
                told_all = {"connections": [told(each) for each in found]}
                self.stdout.write(json.dumps(told_all, cls=DjangoJSONEncoder))
            else:
                for each in found:
                    self.tell(each)
        ill = [each for each in found if each.finding != Finding.HEALTHY]
        if ill:
            raise CommandError(f"{len(ill)} of {len(found)} connections are not in order.", returncode=1)

    def connections(self, slug: str | None) -> list[Connection]:
        rows = Connection.objects.across_agencies().filter(removed_at=None).select_related("agency")
        if slug is None:
            return list(rows.order_by("agency__slug", "system", "pk"))
        agency = Agency.objects.filter(slug=slug).first()
        if agency is None:
            raise CommandError(f"There is no agency {slug}.")
        return list(rows.filter(agency=agency).order_by("system", "pk"))

    def progress(self, done: int, total: int, words: str) -> None:
        if self.stderr.isatty():
            line = f"{'█' * (20 * done // total):░<20} {done}/{total} {words}" if total else ""
            self.stderr.write(f"\r\x1b[K{line}", ending="")

    def tell(self, diagnosis: Diagnosis) -> None:
        connection = diagnosis.connection
        mark = "✓" if diagnosis.finding == Finding.HEALTHY else "✗"
        doubt = "" if diagnosis.certain else " (seen once; it may be the system's own mishap)"
        self.stdout.write(f"{mark} {connection.agency.slug}: {connection}: {diagnosis.finding.label}{doubt}")
        if diagnosis.words:
            self.stdout.write(f"    in its words: {diagnosis.words}")
        for name, value in diagnosis.evidence.items():
            self.stdout.write(f"    {name.replace('_', ' ')}: {value}")


def told(diagnosis: Diagnosis) -> dict[str, Any]:
    connection = diagnosis.connection
    return {
        "agency": connection.agency.slug,
        "connection": str(connection),
        "system": connection.system,
        "finding": diagnosis.finding.value,
        "sentence": str(diagnosis.finding.label),
        "certain": diagnosis.certain,
        "words": diagnosis.words,
        "at": diagnosis.at,
        "evidence": diagnosis.evidence,
    }
