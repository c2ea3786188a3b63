"""`manage.py verify_audit [SLUG] [--json]`: finds changed and missing rows of the audit trail."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import audit
from accounts.models import Agency, AuditChain
from accounts.scope import across


class Command(BaseCommand):
    help = "Checks the audit chain of one agency or of all; exits with 1 where one does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="only this agency")
        parser.add_argument("--json", action="store_true", help="prints the verdicts as JSON")

    @across()
    def handle(self, *args: Any, **options: Any) -> None:
        agencies = Agency.objects.order_by("slug")
        if options["slug"]:
            agencies = agencies.filter(slug=options["slug"])
            if not agencies:
                raise CommandError(f"There is no agency {options['slug']}.")
        total, verdicts = agencies.count(), []
        for done, agency in enumerate(agencies, 1):
            self.progress(done, total, agency.slug)
            verdicts.append(verdict_on(agency))
        self.progress(0, 0, "")
        if options["json"]:
            self.stdout.write(json.dumps({"agencies": verdicts}))
        else:
            self.tell(verdicts)
        broken = sum(1 for verdict in verdicts if verdict["breaks"])
        if broken:
            raise CommandError(f"{broken} of {total} audit chains do not hold.", returncode=1)

    def progress(self, done: int, total: int, slug: str) -> None:
        """One line that rewrites itself, on a terminal only; no total clears it."""
        if self.stderr.isatty():
            line = f"{'█' * (20 * done // total):░<20} {done}/{total} {slug}" if total else ""
            self.stderr.write(f"\r\x1b[K{line}", ending="")

    def tell(self, verdicts: list[dict[str, Any]]) -> None:
        for verdict in verdicts:
            if not verdict["breaks"]:
                self.stdout.write(f"{verdict['agency']}: {verdict['entries']} entries, the chain holds")
            for broken in verdict["breaks"]:
                self.stdout.write(f"{verdict['agency']}: {broken['text']}")


def verdict_on(agency: Agency) -> dict[str, Any]:
    found = audit.check(agency)
    return {
        "agency": agency.slug,
        "entries": AuditChain.objects.get(agency=agency).length,
        "breaks": [
            {"number": broken.number, "fault": broken.fault.value, "text": str(broken)} for broken in found
        ],
    }
