import io
import json
import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from accounts import audit
from accounts.models import Agency, AuditChain, Invitation
from accounts.roles import Role
from tests.accounts.conftest import link_in, tamper


class TestCreateAgency:
    def run(self, *args, **options):
        out = io.StringIO()
        call_command("create_agency", *args, stdout=out, **options)
        return out.getvalue()

    def test_invites_the_owner(self, db, client):
        out = self.run("martin", name="Agence Martin", owner="boss@example.org", time_zone="Indian/Reunion")
        assert "martin is created" in out
        agency = Agency.objects.get(slug="martin")
        assert (agency.name, agency.time_zone) == ("Agence Martin", "Indian/Reunion")
        assert Invitation.objects.for_agency(agency).get().role == Role.OWNER
        assert client.get(link_in(mail.outbox[0])).status_code == 200
        assert list(audit.breaks(agency)) == []

    @pytest.mark.parametrize(
        ("slug", "options", "words"),
        [
            ("Bad Slug", {}, "slug"),
            ("taken", {}, "slug"),
            ("fine", {"owner": "nobody"}, "email"),
            ("fine", {"name": "see http://x"}, "web address"),
            ("fine", {"name": " "}, "name"),
            ("fine", {"time_zone": "Mars"}, "time_zone"),
        ],
    )
    def test_refusals_are_clear_and_leave_nothing(self, db, slug, options, words):
        Agency.objects.create(name="Taken", slug="taken")
        with pytest.raises(CommandError, match=words):
            self.run(slug, **{"name": "Agence", "owner": "boss@example.org", **options})
        assert Agency.objects.count() == 1
        assert mail.outbox == []

    def test_says_when_the_mail_did_not_leave(self, db, monkeypatch):
        def refuse(*args):
            raise ConnectionRefusedError

        monkeypatch.setattr(mail.EmailMessage, "send", refuse)
        with pytest.raises(CommandError, match="did not take its mail"):
            self.run("martin", name="Agence Martin", owner="boss@example.org")
        assert Invitation.objects.across_agencies().get().sent_at is None


class TestVerifyAudit:
    def run(self, *args, **options):
        out = io.StringIO()
        call_command("verify_audit", *args, stdout=out, **options)
        return out.getvalue()

    @pytest.fixture(autouse=True)
    def entries(self, agency, other_agency):
        for one in [agency, other_agency]:
            for number in range(3):
                audit.record(one, None, "test.done", n=number)

    def test_all_hold(self):
        out = self.run()
        assert "martin: 3 entries, the chain holds" in out
        assert "riviera: 3 entries, the chain holds" in out
        assert not re.search(r"\x1b|█", out)

    def test_a_break_is_printed_and_fails(self, agency):
        tamper("DELETE FROM accounts_auditentry WHERE number = 2 AND agency_id = %s", agency.pk)
        out = io.StringIO()
        with pytest.raises(CommandError, match="1 of 2") as failure:
            call_command("verify_audit", stdout=out)
        assert failure.value.returncode == 1
        assert "martin: Entry 2 is missing." in out.getvalue()
        assert AuditChain.objects.get(agency=agency).breaks_found == 1

    def test_one_agency_as_json(self, agency, other_agency):
        tamper("DELETE FROM accounts_auditentry WHERE number = 2 AND agency_id = %s", agency.pk)
        verdict = json.loads(self.run("riviera", json=True))
        assert verdict == {"agencies": [{"agency": "riviera", "entries": 3, "breaks": []}]}
        out = io.StringIO()
        with pytest.raises(CommandError):
            call_command("verify_audit", "martin", json=True, stdout=out)
        (broken,) = json.loads(out.getvalue())["agencies"][0]["breaks"]
        assert broken == {"number": 2, "fault": "missing", "text": "Entry 2 is missing."}

    def test_an_agency_without_entries_holds(self, db):
        Agency.objects.create(name="New", slug="new")
        assert "new: 0 entries" in self.run("new")

    def test_an_unknown_agency(self):
        with pytest.raises(CommandError, match="no agency nowhere"):
            self.run("nowhere")

    def test_progress_on_a_terminal_only(self):
        class Terminal(io.StringIO):
            def isatty(self):
                return True

        err = Terminal()
        call_command("verify_audit", stdout=io.StringIO(), stderr=err)
        assert "1/2 martin" in err.getvalue()
        assert err.getvalue().endswith("\r\x1b[K")
        silent = io.StringIO()
        call_command("verify_audit", stdout=io.StringIO(), stderr=silent)
        assert silent.getvalue() == ""
