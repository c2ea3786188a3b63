from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import Mock

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts import prepared
from accounts.models import AuditEntry, PartnerKey, PartnerKeyDay, Scope
from accounts.partners import keys, uses
from accounts.partners.forms import PartnerKeyForm
from accounts.partners.page import DAYS, cards
from accounts.roles import Role

FORM = {"name": "Call centre", "scopes": [Scope.LEADS_WRITE]}


@pytest.fixture
def made(agency, member):
    """A key that may create leads, and the whole of it."""
    return keys.make(agency, member(agency), name="Call centre", scopes=[Scope.LEADS_WRITE])


def actions(agency):
    rows = AuditEntry.objects.for_agency(agency).order_by("number")
    return list(rows.values_list("action", "subject"))


class TestMake:
    def test_only_the_hash_is_kept(self, agency, made):
        key, token = made
        row = str(PartnerKey.objects.for_agency(agency).values().get())
        assert token not in row
        assert token.startswith(key.prefix)
        assert token.removeprefix(key.prefix) not in row

    def test_no_two_are_alike(self, agency, member):
        tokens = {keys.make(agency, None, name="x", scopes=[])[1] for _ in range(20)}
        assert len(tokens) == 20
        assert all(keys.TOKEN.fullmatch(token) for token in tokens)

    def test_leaves_a_trace_without_the_key(self, agency, made):
        key, token = made
        assert actions(agency) == [("partner_key.created", str(key))]
        assert token not in str(AuditEntry.objects.for_agency(agency).values().get())


class TestFound:
    def test_the_second_time_in_one_small_query(
        self, agency, member, made, monkeypatch, django_assert_num_queries
    ):
        key, token = made
        assert keys.found(token).agency == agency
        # What it asks is not among the queries that Django counts.
        small = Mock(return_value=[(1,)])
        with monkeypatch.context() as patch, django_assert_num_queries(0):
            patch.setattr(prepared, "ask", small)
            assert keys.found(token).agency == agency
        assert [call.args[0].split(" FROM")[0] for call in small.call_args_list] == ["SELECT 1"]
        keys.revoke(key, member(agency))
        assert keys.found(token) is None

    def test_what_is_remembered_is_read_again_before_long(self, agency, made):
        _key, token = made
        keys.found(token)
        PartnerKey.objects.for_agency(agency).update(name="Renamed")
        assert keys.found(token).name == "Call centre"
        with time_machine.travel(timezone.now() + keys.REMEMBERED):
            assert keys.found(token).name == "Renamed"

    def test_what_is_deleted_opens_nothing(self, agency, made):
        _key, token = made
        assert keys.found(token)
        PartnerKey.objects.for_agency(agency).delete()
        assert keys.found(token) is None

    def test_by_the_whole_key_alone(self, made):
        key, token = made
        assert keys.found(token) == key
        for other in (
            "",
            token[:-1],
            token + "x",
            token[:-1] + ("x" if token[-1] != "x" else "y"),
            key.prefix,
        ):
            assert keys.found(other) is None

    def test_not_after_its_end(self, agency):
        end = timezone.now() + timedelta(days=2)
        _key, token = keys.make(agency, None, name="x", scopes=[], ends_at=end)
        assert keys.found(token)
        with time_machine.travel(end):
            assert keys.found(token) is None

    def test_not_once_it_is_revoked(self, agency, member, made):
        key, token = made
        assert keys.revoke(key, member(agency))
        assert keys.found(token) is None
        assert not keys.revoke(key, member(agency))
        assert actions(agency)[-1] == ("partner_key.revoked", str(key))
        assert len(actions(agency)) == 2

    @pytest.mark.parametrize(
        ("networks", "address", "lets_in"),
        [
            ([], "203.0.113.9", True),
            (["192.0.2.0/24"], "192.0.2.200", True),
            (["192.0.2.0/24"], "192.0.3.1", False),
            (["198.51.100.7/32", "2001:db8::/32"], "2001:db8::1", True),
            (["2001:db8::/32"], "192.0.2.1", False),
            (["192.0.2.0/24"], "no address", False),
        ],
    )
    def test_networks(self, agency, networks, address, lets_in):
        key, _token = keys.make(agency, None, name="x", scopes=[], networks=networks)
        assert keys.lets_in(key, address) is lets_in


class TestRenew:
    def test_both_work_for_a_week(self, agency, member, made):
        key, token = made
        new, fresh = keys.renew(key, member(agency))
        assert (new.name, new.scopes, new.replaces) == (key.name, key.scopes, key)
        assert keys.found(token) == key
        assert keys.found(fresh) == new
        with time_machine.travel(timezone.now() + keys.OVERLAP + timedelta(seconds=1)):
            assert keys.found(token) is None
            assert keys.found(fresh) == new

    def test_an_end_that_was_set_stays(self, agency, member):
        end = timezone.now() + timedelta(days=60)
        key, _token = keys.make(agency, None, name="x", scopes=[], ends_at=end)
        assert keys.renew(key, member(agency))[0].ends_at == end

    def test_a_near_end_is_not_put_off(self, agency, member):
        end = timezone.now() + timedelta(days=2)
        key, _token = keys.make(agency, None, name="x", scopes=[], ends_at=end)
        assert keys.renew(key, member(agency))[0].ends_at == end
        key.refresh_from_db()
        assert key.ends_at == end

    def test_not_what_is_revoked(self, agency, member, made):
        key, _token = made
        keys.revoke(key, member(agency))
        assert keys.renew(key, member(agency)) is None
        assert PartnerKey.objects.for_agency(agency).count() == 1


class TestUse:
    def test_calls_are_counted_by_day(self, made):
        key, _token = made
        for _ in range(3):
            keys.note_use(key)
        with time_machine.travel(timezone.now() + timedelta(days=1)):
            keys.note_use(key)
        assert list(PartnerKeyDay.objects.order_by("day").values_list("calls", flat=True)) == [3, 1]
        key.refresh_from_db()
        assert key.last_used_at

    def test_calls_of_a_few_seconds_are_written_together(
        self, made, settings, monkeypatch, django_assert_num_queries
    ):
        key, _token = made
        settings.API_COUNT_SECONDS = 5
        clock, timers = [100.0], []
        monkeypatch.setattr("accounts.partners.uses.time.monotonic", lambda: clock[0])
        monkeypatch.setattr(
            "accounts.partners.uses.threading.Timer", lambda *args: timers.append(args) or Mock()
        )
        tally = uses.Tally()
        tally.note(key)
        assert PartnerKeyDay.objects.get().calls == 1
        with django_assert_num_queries(0):
            tally.note(key)
            tally.note(key)
        assert [seconds for seconds, _write in timers] == [5.0]
        clock[0] += 5
        tally.note(key)
        assert PartnerKeyDay.objects.get().calls == 4

    def test_the_last_calls_are_written_by_themselves(self, made, settings, monkeypatch):
        key, _token = made
        settings.API_COUNT_SECONDS = 5
        timers = []
        monkeypatch.setattr(
            "accounts.partners.uses.threading.Timer", lambda *args: timers.append(args) or Mock()
        )
        monkeypatch.setattr("accounts.partners.uses.connection.close", lambda: None)
        tally = uses.Tally()
        for _ in range(3):
            tally.note(key)
        ((_seconds, write),) = timers
        write()
        write()
        assert PartnerKeyDay.objects.get().calls == 3
        tally.note(key)
        assert len(timers) == 2

    @pytest.mark.parametrize("threads", [8])
    def test_threads_lose_none(self, made, settings, monkeypatch, threads):
        key, _token = made
        settings.API_COUNT_SECONDS = 3600
        monkeypatch.setattr("accounts.partners.uses.threading.Timer", lambda *args: Mock())
        tally = uses.Tally()
        tally.note(key)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda _: [tally.note(key) for _ in range(200)], range(threads)))
        tally.write()
        assert PartnerKeyDay.objects.get().calls == 200 * threads + 1

    def test_an_exposure_is_noted_once(self, agency, made):
        key, token = made
        keys.note_exposure(token)
        keys.note_exposure(token)
        keys.note_exposure("psl_unknown1_" + "x" * 32)
        key.refresh_from_db()
        assert key.exposed_at
        assert [action for action, _ in actions(agency)].count("partner_key.exposed") == 1


class TestForm:
    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"scopes": []}, "scopes"),
            ({"scopes": ["everything"]}, "scopes"),
            ({"name": "  "}, "name"),
            ({"ends_at": "2020-01-01"}, "ends_at"),
            ({"ends_at": "9999-12-31"}, "ends_at"),
            ({"networks": "192.0.2.1/24"}, "networks"),
            ({"networks": "example.com"}, "networks"),
            ({"networks": "192.0.2.1 " * 51}, "networks"),
        ],
    )
    def test_refuses(self, fields, wrong):
        assert list(PartnerKeyForm(FORM | fields).errors) == [wrong]

    def test_the_last_day_counts(self):
        with time_machine.travel("2026-11-28T12:00:00Z"), timezone.override("Europe/Paris"):
            form = PartnerKeyForm(FORM | {"ends_at": "2026-11-28"})
            assert form.is_valid(), form.errors
            assert form.cleaned_data["ends_at"].isoformat() == "2026-11-29T00:00:00+01:00"

    def test_networks_one_by_one(self):
        form = PartnerKeyForm(FORM | {"networks": "192.0.2.7\n198.51.100.0/24, 2001:db8::/32"})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["networks"] == ["192.0.2.7/32", "198.51.100.0/24", "2001:db8::/32"]


class TestPages:
    def test_a_key_is_made_and_shown_once(self, agency, browser):
        owner = browser(agency)
        assert owner.get(reverse("accounts:add_partner_key", args=[agency.slug])).status_code == 200
        answer = owner.post(reverse("accounts:add_partner_key", args=[agency.slug]), FORM)
        assert answer.status_code == 201
        token = keys.TOKEN.search(answer.content.decode())[0]
        key = keys.found(token)
        assert key.scopes == [Scope.LEADS_WRITE]
        assert "no-store" in answer["Cache-Control"]
        # whoever loads the page again gets the list, not another key
        assert (
            f'data-shown-once="{reverse("accounts:partner_keys", args=[agency.slug])}"'
            in answer.content.decode()
        )
        listed = owner.get(reverse("accounts:partner_keys", args=[agency.slug])).content.decode()
        assert key.prefix in listed
        assert token not in listed

    def test_what_was_typed_stays(self, agency, browser):
        answer = browser(agency).post(
            reverse("accounts:add_partner_key", args=[agency.slug]), FORM | {"networks": "nonsense"}
        )
        assert answer.status_code == 400
        assert "nonsense" in answer.content.decode()
        assert not PartnerKey.objects.for_agency(agency).exists()

    def test_replace_and_revoke(self, agency, browser, made):
        owner, (key, token) = browser(agency), made
        for name, status in (("renew", 201), ("revoke", 302)):
            url = reverse(f"accounts:{name}_partner_key", args=[agency.slug, key.pk])
            assert key.name in owner.get(url).content.decode()
            assert owner.post(url).status_code == status
        assert keys.found(token) is None
        assert owner.post(url).status_code == 404

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENT, Role.VIEWER])
    @pytest.mark.parametrize("name", ["partner_keys", "add_partner_key"])
    def test_owners_only(self, agency, browser, role, name):
        url = reverse(f"accounts:{name}", args=[agency.slug])
        assert browser(agency, role).get(url).status_code == 403

    def test_the_list_says_how_much_a_key_is_used(self, agency, browser, made):
        key, _token = made
        PartnerKeyDay.objects.create(key=key, day=timezone.now().date(), calls=1234)
        (card,) = cards(agency)
        assert (card.calls, card.bars[-1].calls, len(card.bars)) == (1234, 1234, DAYS)
        assert (card.bars[-1].top, card.bars[0].tall) == (0, 0)
        page = browser(agency).get(reverse("accounts:partner_keys", args=[agency.slug])).content.decode()
        assert "1,234 calls in 14 days" in page

    def test_an_exposed_key_is_said_to_be(self, agency, browser, made):
        keys.note_exposure(made[1])
        page = browser(agency).get(reverse("accounts:partner_keys", args=[agency.slug])).content.decode()
        assert "others may have read it" in page

    def test_without_keys_it_says_what_they_are_for(self, agency, browser):
        page = browser(agency).get(reverse("accounts:partner_keys", args=[agency.slug])).content.decode()
        assert "No partner has a key" in page


class TestCommand:
    def test_prints_the_key_alone(self, agency, capsys):
        call_command(
            "create_partner_key",
            agency.slug,
            "--name",
            "CRM",
            "--scope",
            "feeds:write",
            "--from",
            "192.0.2.0/24",
        )
        said = capsys.readouterr()
        key = keys.found(said.out.strip())
        assert (key.agency, key.name, key.scopes) == (agency, "CRM", ["feeds:write"])
        assert key.networks == ["192.0.2.0/24"]
        assert said.out.strip() not in said.err

    @pytest.mark.parametrize("wrong", [("nobody", "2030-01-01"), ("martin", "2001-01-01")])
    def test_refuses(self, agency, wrong):
        with pytest.raises(CommandError):
            call_command(
                "create_partner_key",
                wrong[0],
                "--name",
                "x",
                "--scope",
                "feeds:write",
                "--last-day",
                wrong[1],
            )
        assert not PartnerKey.objects.for_agency(agency).exists()
