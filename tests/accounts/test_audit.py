import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts import actions, audit
from accounts.audit import Break, Fault
from accounts.models import Agency, AuditChain, AuditEntry, PartnerKey
from accounts.roles import Role
from accounts.tracing import calling_key
from tests.accounts.conftest import tamper


@pytest.fixture
def trail(agency, member):
    """Five entries, numbered 1 to 5."""
    return [audit.record(agency, member(agency), "test.done", f"thing {n}", n=n) for n in range(1, 6)]


def found(agency):
    return list(audit.breaks(agency))


class TestRecord:
    def test_chains_each_agency_by_itself(self, agency, other_agency, trail):
        foreign = audit.record(other_agency, None, "test.done")
        assert (foreign.number, foreign.previous_hash) == (1, "")
        assert [entry.number for entry in trail] == [1, 2, 3, 4, 5]
        assert [entry.previous_hash for entry in trail[1:]] == [entry.hash for entry in trail[:-1]]
        assert found(agency) == found(other_agency) == []

    def test_stands_or_falls_with_the_deed(self, agency, trail):
        class Change(Exception):
            pass

        def undo():
            with transaction.atomic():
                audit.record(agency, None, "test.undone")
                raise Change

        with pytest.raises(Change):
            undo()
        assert AuditEntry.objects.for_agency(agency).count() == 5
        assert found(agency) == []

    @pytest.mark.parametrize(
        "detail",
        [
            {"text": "é€😀 \" ' \\ \\u0000 \n"},
            {"nul": "a\0b", "surrogate": "a\ud800b", "key\0": 1},
            {"fractions": [1.0, 1e20, 1e-7, 0.1 + 0.2, -0.0]},
            {"numbers": [0, -1, 2**70], "none": None, "yes": True},
            {"nested": {"b": [{"z": 1, "a": 2}], "a": {}}},
            {"money": Decimal("1234.50"), "lazy": gettext_lazy("Role"), "role": Role.OWNER},
            {"when": datetime(2026, 3, 3, 12, 0, 0, 123456, tzinfo=UTC), "span": timedelta(days=1)},
        ],
    )
    def test_what_was_hashed_survives_the_database(self, agency, detail):
        audit.record(agency, None, "test.done", "sub\0ject " + "x" * 300, **detail)
        assert found(agency) == []

    def test_survives_hostile_and_deleted_names(self, agency, member):
        boss = member(agency)
        boss.name = "Zoë\0 <b>\ud800"
        audit.record(agency, boss, "test.done")
        assert AuditEntry.objects.for_agency(agency).get().actor_name == "Zoë <b>?"
        boss.name = "Somebody else"
        assert found(agency) == []

    def test_refuses_what_is_no_json(self, agency):
        with pytest.raises(TypeError):
            audit.record(agency, None, "test.done", thing=object())
        assert not AuditEntry.objects.for_agency(agency).exists()


class TestBreaks:
    @pytest.mark.parametrize(
        "change",
        [
            "subject = 'other'",
            "action = 'nothing.done'",
            "actor_name = 'Eve'",
            "actor_id = NULL",
            "detail = '{\"n\": 4}'",
            "at = '2020-01-01 00:00:00+00'",
        ],
    )
    def test_a_changed_row(self, agency, trail, change):
        tamper(f"UPDATE accounts_auditentry SET {change} WHERE id = %s", trail[2].pk)  # noqa: S608 (our own words)
        assert found(agency) == [Break(3, Fault.CHANGED)]

    def test_a_changed_row_with_a_new_hash_detaches_the_next(self, agency, trail):
        forged = trail[2]
        forged.subject = "other"
        tamper(
            "UPDATE accounts_auditentry SET subject = 'other', hash = %s WHERE id = %s",
            audit.fingerprint(forged),
            forged.pk,
        )
        assert found(agency) == [Break(4, Fault.DETACHED)]

    def test_a_missing_row(self, agency, trail):
        tamper("DELETE FROM accounts_auditentry WHERE id = %s", trail[1].pk)
        assert found(agency) == [Break(2, Fault.MISSING)]

    def test_a_missing_first_row(self, agency, trail):
        tamper("DELETE FROM accounts_auditentry WHERE id = %s", trail[0].pk)
        assert found(agency) == [Break(1, Fault.MISSING)]

    def test_a_cut_tail(self, agency, trail):
        tamper("DELETE FROM accounts_auditentry WHERE number >= 4 AND agency_id = %s", agency.pk)
        assert found(agency) == [Break(4, Fault.MISSING)]

    def test_everything_gone(self, agency, trail):
        tamper("DELETE FROM accounts_auditentry WHERE agency_id = %s", agency.pk)
        assert found(agency) == [Break(1, Fault.MISSING)]

    def test_a_cut_tail_with_a_shortened_chain(self, agency, trail):
        tamper("DELETE FROM accounts_auditentry WHERE number = 5 AND agency_id = %s", agency.pk)
        AuditChain.objects.filter(agency=agency).update(length=4)
        assert found(agency) == [Break(4, Fault.ENDING)]

    def test_a_row_slipped_in_behind_the_chain(self, agency, trail):
        last = trail[-1]
        slipped = AuditEntry(
            agency=agency, number=6, at=last.at, action="test.forged", previous_hash=last.hash
        )
        slipped.hash = audit.fingerprint(slipped)
        slipped.save()
        assert found(agency) == [Break(6, Fault.ENDING)]

    def test_two_rows_that_changed_places(self, agency, trail):
        for number, row in [(90, trail[1]), (2, trail[2]), (3, trail[1])]:
            tamper("UPDATE accounts_auditentry SET number = %s WHERE id = %s", number, row.pk)
        assert {broken.number for broken in found(agency)} >= {2, 3}

    def test_another_agencys_row_does_not_fit(self, agency, other_agency, trail):
        foreign = audit.record(other_agency, None, "test.done")
        tamper(
            "UPDATE accounts_auditentry SET agency_id = %s, number = 6 WHERE id = %s", agency.pk, foreign.pk
        )
        assert Break(6, Fault.CHANGED) in found(agency)
        assert found(other_agency) == [Break(1, Fault.MISSING)]

    def test_an_entry_appended_after_the_walk_began_is_no_break(self, agency, trail, monkeypatch):
        ends = []

        def end_then_append(of):
            ends.append(original(of))
            if len(ends) == 1:
                audit.record(agency, None, "test.late")
            return ends[-1]

        original = audit._end
        monkeypatch.setattr(audit, "_end", end_then_append)
        assert found(agency) == []
        assert [length for length, _head in ends] == [5, 6]

    def test_check_keeps_the_verdict(self, agency, trail):
        with time_machine.travel("2026-05-04 08:00:00Z", tick=False):
            assert audit.check(agency) == []
        chain = AuditChain.objects.get(agency=agency)
        assert (chain.checked_at, chain.breaks_found) == (datetime(2026, 5, 4, 8, tzinfo=UTC), 0)
        tamper("DELETE FROM accounts_auditentry WHERE id = %s", trail[1].pk)
        audit.check(agency)
        chain.refresh_from_db()
        assert chain.breaks_found == 1
        assert chain.length == 5


class TestAppendOnly:
    def test_by_the_models(self, agency, trail):
        entry = trail[0]
        entry.subject = "other"
        rows = AuditEntry.objects.for_agency(agency)
        for deed in [
            entry.save,
            entry.delete,
            rows.delete,
            lambda: rows.update(subject="other"),
            lambda: rows.bulk_update([entry], ["subject"]),
        ]:
            with pytest.raises(ValidationError), transaction.atomic():
                deed()
        assert found(agency) == []

    @pytest.mark.parametrize("verb", ["update", "delete"])
    def test_by_the_database(self, agency, trail, verb):
        """A query set that doesn't know of the rule still meets it (SQLite guards only against changes)."""
        if verb == "delete" and connection.vendor == "sqlite":
            pytest.skip("Django empties SQLite's test databases with DELETE")
        rows = models.QuerySet(AuditEntry).filter(agency=agency)
        with pytest.raises(DatabaseError, match="only ever appended to"), transaction.atomic():
            rows.update(subject="other") if verb == "update" else rows._raw_delete("default")
        assert found(agency) == []

    def test_keeps_the_agency_and_the_people_it_names(self, agency, member, trail):
        for row in [agency, member(agency)]:
            with pytest.raises(models.ProtectedError):
                row.delete()


@pytest.mark.skipif(
    not connection.features.has_select_for_update, reason="SQLite lets one writer in at a time"
)
@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain(agency):
    def write():
        try:
            for _ in range(10):
                audit.record(Agency.objects.get(pk=agency.pk), None, "test.done")
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditChain.objects.get(agency=agency).length == 50
    assert found(agency) == []


class TestPage:
    @pytest.fixture
    def page(self, agency, browser):
        def read(**asked):
            return browser(agency).get(reverse("accounts:trail", args=[agency.slug]), asked).content.decode()

        return read

    def test_shows_who_did_what(self, agency, member, page):
        audit.record(agency, member(agency), "agency.changed", "Agence Martin", name=["old", "<b>new"])
        audit.record(agency, None, "some.word")
        seen = page()
        assert "changed the agency&#x27;s settings" in seen
        assert "some.word" in seen
        assert "the portal" in seen
        assert "&lt;b&gt;new" in seen
        assert "<b>new" not in seen

    def test_speaks_no_machine_s_language(self, agency, page):
        audit.record(
            agency, None, "partner_key.created", "Call centre", scopes="estates:read webhooks", size=212754
        )
        seen = page()
        assert "Read estates and how they stand on portals, Be told what happens, by webhook" in seen
        assert "207.8\xa0KB" in seen
        assert "estates:read" not in seen

    def test_a_partner_who_did_it_is_named(self, agency, page):
        calling = calling_key.set(PartnerKey(name="Call centre", prefix="psl_1234"))
        audit.record(agency, None, "ticket.close_asked", "#7")
        calling_key.reset(calling)
        seen = page()
        assert seen.count("Call centre") == 1
        assert "the portal" not in seen

    def test_filters(self, agency, other_agency, member, page):
        with time_machine.travel("2026-03-03 22:30:00Z", tick=False):
            audit.record(agency, member(agency), "agency.changed", "first thing")
        with time_machine.travel("2026-03-03 23:30:00Z", tick=False):
            audit.record(agency, member(agency, Role.MANAGER), "member.left", "second thing")
        audit.record(other_agency, member(other_agency), "agency.changed", "foreign thing")
        shown = {
            "first": page(actor=member(agency).pk),
            "second": page(action="member.left"),
        }
        # The agency's own midnight: 23:30 in London is the next day in Paris.
        shown["first"] += page(until="2026-03-03")
        shown["second"] += page(since="2026-03-04", until="2026-03-04")
        assert "second thing" not in shown["first"]
        assert shown["first"].count("first thing") == 2
        assert "first thing" not in shown["second"]
        assert shown["second"].count("second thing") == 2
        assert "foreign thing" not in page()
        assert "Riviera" not in page()

    @pytest.mark.parametrize(
        "asked",
        [
            {"actor": "0"},
            {"actor": "' OR 1=1"},
            {"action": "no.such"},
            {"since": "yesterday"},
            {"until": "9999-12-31"},
            {"before": "-1"},
            {"before": "9" * 40},
            {"before": "x\0"},
        ],
    )
    def test_an_impossible_filter_is_no_error(self, trail, page, asked):
        assert "thing 5" in page(**asked)

    def test_a_foreign_persons_id_is_no_choice(self, agency, other_agency, member, trail, page):
        audit.record(other_agency, member(other_agency), "test.done")
        assert "invalid-feedback" in page(actor=member(other_agency).pk)

    def test_pages_by_number(self, agency, member, page, browser):
        for number in range(1, 106):
            audit.record(agency, None, "test.done", f"[{number}]")
        first = page()
        assert "[105]" in first
        assert "[56]" in first
        assert "[55]" not in first
        assert "?before=56" in first
        last = page(before=6)
        assert "[5]" in last
        assert "[6]" not in last
        assert "before=" not in last.split("</form>")[-1]

    def test_check_now(self, agency, trail, browser, page):
        assert "Not checked yet" in page()
        url = reverse("accounts:check_trail", args=[agency.slug])
        assert "complete and unchanged" in browser(agency).post(url, follow=True).content.decode()
        assert "Complete and unchanged" in page()
        tamper("DELETE FROM accounts_auditentry WHERE number = 2 AND agency_id = %s", agency.pk)
        tamper("UPDATE accounts_auditentry SET subject = 'x' WHERE number > 2 AND agency_id = %s", agency.pk)
        said = browser(agency).post(url, follow=True).content.decode()
        assert "Entry 2 is missing." in said
        assert "Entry 5 was changed." in said
        assert "4 places do not hold" in said

    def test_an_empty_trail_says_what_will_be_here(self, page):
        assert "Nothing has happened yet" in page()
        assert "No entry matches these filters" in page(action="member.left")


def test_every_action_of_the_room_has_a_label():
    known = dict(actions.choices())
    assert known["member.left"] == "left the agency"
    assert actions.label("no.such") == "no.such"
    actions.register_actions({"test.registered": "did a test"})
    assert actions.label("test.registered") == "did a test"
    del actions._labels["test.registered"]
