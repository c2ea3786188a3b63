"""Operators in somebody's place: who may, where it leads, what stays shut, what the trail says, and when it ends."""

import re
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import audit, impersonation
from accounts.models import AuditEntry, Impersonation, Membership, PartnerKey, User
from accounts.people import create_person
from accounts.roles import Role
from accounts.tracing import stand_in
from estates.jobs.kinds import KINDS
from estates.jobs.models import Job
from estates.jobs.start import start
from estates.jobs.work import work
from portal.impersonation.limits import LEADS_HOME, OWN_HANDS
from portal.tasks import end_lapsed_impersonations
from tests import canaries
from tests.accounts.conftest import PASSWORD, confirm_access
from tests.jobs import kinds  # noqa: F401
from tests.test_isolation import FORM, OF_A_PERSON, OF_AN_AGENCY, address, body, routes

STOP = "/impersonation/stop/"
WHY = "Ticket 4711: the inbox looks empty"


def staff(email: str, name: str, **flags: bool) -> User:
    person = create_person(email, name, PASSWORD, language="en")
    User.objects.filter(pk=person.pk).update(is_staff=True, **flags)
    return User.objects.get(pk=person.pk)


def at_desk(person: User) -> Client:
    """The browser of somebody whose password was typed just now."""
    client = Client()
    answer = client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return confirm_access(client)


@pytest.fixture
def operator(db) -> User:
    return staff("odile@passerelle.example", "Odile", is_superuser=True)


@pytest.fixture
def desk(operator) -> Client:
    return at_desk(operator)


@pytest.fixture
def membership(agency, member) -> Membership:
    return Membership.objects.select_related("user", "agency").get(agency=agency, user=member(agency))


@pytest.fixture
def there(desk, membership) -> Client:
    """The operator in the owner's place."""
    answer = desk.post(door(membership), {"reason": WHY})
    assert answer["Location"] == home(membership.agency)
    return desk


def door(membership: Membership) -> str:
    return reverse("admin:impersonate", args=[membership.pk])


def home(agency) -> str:
    return reverse("dashboard", args=[agency.slug])


def trail(agency, action: str = ""):
    entries = AuditEntry.objects.for_agency(agency).order_by("number")
    return entries.filter(action=action) if action else entries


def grant(person: User) -> None:
    person.user_permissions.add(Permission.objects.get(codename="impersonate"))


class TestWhoMay:
    def test_an_operator_is_asked_why_and_sees_what_the_person_sees(self, desk, membership):
        page = desk.get(door(membership)).content.decode()
        assert "Owner Agence Martin" in page
        assert "60 minutes" in page
        answer = desk.post(door(membership), {"reason": WHY}, follow=True)
        assert answer.context["request"].user == membership.user
        assert answer.redirect_chain == [(home(membership.agency), 302)]

    @pytest.mark.parametrize("reason", ["", "   ", "why", "x" * 301])
    def test_there_must_be_a_reason(self, desk, membership, reason):
        assert desk.post(door(membership), {"reason": reason}).status_code == 400
        assert not Impersonation.objects.across_agencies().exists()

    def test_the_operators_own_password_is_asked_for_again(self, operator, membership):
        client = Client()
        client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")
        for answer in (client.get(door(membership)), client.post(door(membership), {"reason": WHY})):
            assert answer.status_code == 302
            assert answer["Location"].startswith(reverse("account_reauthenticate"))
        assert not Impersonation.objects.across_agencies().exists()

    @pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
    def test_nobody_takes_the_place_of_an_operator(self, desk, operator, membership, flag):
        User.objects.filter(pk=membership.user_id).update(**{flag: True})
        assert desk.post(door(membership), {"reason": WHY}).status_code == 403
        membership.user.refresh_from_db()
        with pytest.raises(PermissionDenied):
            impersonation.begin(operator, membership, WHY)

    def test_nor_of_who_has_no_account_any_more(self, desk, membership):
        User.objects.filter(pk=membership.user_id).update(is_active=False)
        assert desk.post(door(membership), {"reason": WHY}).status_code == 403

    @pytest.mark.parametrize("allowed", [False, True])
    def test_an_operator_needs_the_permission(self, db, membership, allowed):
        helper = staff("h@passerelle.example", "Hugo")
        if allowed:
            grant(helper)
        answer = at_desk(helper).post(door(membership), {"reason": WHY})
        assert answer.status_code == (302 if allowed else 403)
        assert Impersonation.objects.across_agencies().exists() is allowed

    @pytest.mark.parametrize("role", Role)
    def test_people_of_agencies_never_may(self, browser, agency, other_agency, member, membership, role):
        grant(member(other_agency, role))
        for client in (browser(other_agency, role), browser(agency, role)):
            answer = client.post(door(membership), {"reason": WHY})
            assert answer["Location"].startswith(reverse("admin:login"))
        assert not Impersonation.objects.across_agencies().exists()

    def test_who_is_no_member_has_no_place(self, desk):
        assert desk.post(reverse("admin:impersonate", args=[0]), {"reason": WHY}).status_code == 404


class TestTheTrail:
    def test_tells_beginning_and_end_with_operator_person_and_reason(
        self, there, agency, operator, membership
    ):
        there.post(STOP)
        began, ended = trail(agency)
        assert (began.action, began.actor, began.subject) == (
            "impersonation.began", operator, str(membership.user),
        )  # fmt: skip
        assert began.detail["reason"] == WHY
        assert (ended.action, ended.actor, ended.subject) == (
            "impersonation.ended", operator, str(membership.user),
        )  # fmt: skip
        assert list(audit.breaks(agency)) == []

    def test_names_both_for_everything_that_is_done_meanwhile(self, there, agency, membership):
        form = {"name": "Agence M.", "language": "fr", "time_zone": "Europe/Paris"}
        there.post(reverse("accounts:settings", args=[agency.slug]), form)
        entry = trail(agency, "agency.changed").get()
        assert (entry.actor, entry.detail["operator"]) == (membership.user, "Odile")
        there.post(STOP)
        page = Client()
        page.force_login(membership.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        shown = page.get(reverse("accounts:trail", args=[agency.slug])).content.decode()
        assert "By an operator in this person’s place: Odile" in shown
        assert WHY in shown

    def test_what_has_no_entry_of_its_own_gets_one(self, there, agency, own, membership):
        path = reverse("connections:check", args=[agency.slug, own["connection"].pk])
        assert there.post(path).status_code == 302
        entry = trail(agency, "impersonation.acted").get()
        assert (entry.actor, entry.subject, entry.detail) == (membership.user, path, {"operator": "Odile"})

    def test_looking_leaves_no_entry(self, there, agency):
        there.get(home(agency))
        assert [entry.action for entry in trail(agency)] == ["impersonation.began"]

    def test_of_other_people_at_the_same_time_it_says_nothing_of_the_operator(self, there, browser, agency):
        form = {"name": "Agence M.", "language": "fr", "time_zone": "Europe/Paris"}
        browser(agency).post(reverse("accounts:settings", args=[agency.slug]), form)
        assert "operator" not in trail(agency, "agency.changed").get().detail
        assert stand_in.get() is None


class TestTheBanner:
    def test_is_on_every_page_of_the_agency(self, there, agency, own):
        without = []
        for name in OF_AN_AGENCY:
            answer = there.get(address(name, agency.slug, own))
            page = body(answer)
            if "<html" in page and (page.count('class="impersonation"') != 1 or STOP not in page):
                without.append((name, answer.status_code))
        assert without == []

    def test_is_on_the_page_of_what_does_not_exist(self, there, agency):
        assert 'class="impersonation"' in there.get(f"{home(agency)}no-such/").content.decode()

    def test_comes_back_with_no_page_from_memory(self, there, agency):
        assert "no-store" in there.get(home(agency))["Cache-Control"]

    def test_is_nowhere_else(self, browser, agency):
        assert 'class="impersonation"' not in browser(agency).get(home(agency)).content.decode()

    def test_says_the_hour_that_the_admin_lists(self, there, operator, agency):
        banner = re.search(r"until ([^.]+ [ap]\.m\.)", there.get(home(agency)).content.decode())
        listed = at_desk(operator).get(reverse("admin:accounts_impersonation_changelist")).content.decode()
        ends = re.search(r"field-ends_at[^>]*>[^<]*, ([^,<]+)</td>", listed)
        assert banner[1] == ends[1]

    def test_needs_no_style_or_script_of_its_own(self, there, agency):
        page = there.get(home(agency)).content.decode()
        banner = page[page.index('<aside class="impersonation"') :]
        banner = banner[: banner.index("</aside>")]
        assert not re.search(r"<script|\sstyle=|\son[a-z]+=", banner)


@pytest.fixture
def own(agency) -> dict:
    return canaries.fill(agency, "OWNWORD")


class TestWhatStaysShut:
    def test_everything_that_is_done_in_person_only(self, there, agency, own):
        before, wrong = canaries.dump(agency), []
        for name in OWN_HANDS:
            for answer in (
                there.get(address(name, agency.slug, own)),
                there.post(address(name, agency.slug, own), FORM),
            ):
                if answer.status_code != 403:
                    wrong.append((name, answer.status_code))
        assert wrong == []
        assert canaries.dump(agency) == before

    def test_is_not_offered_on_the_pages_of_members_and_partners(self, there, agency, own):
        for name in ("accounts:members", "accounts:partner_keys"):
            page = there.get(address(name, agency.slug, own)).content.decode()
            offered = [shut for shut in OWN_HANDS if f'"{address(shut, agency.slug, own)}"' in page]
            assert offered == [], name
            assert "never by an operator in their place" in page

    def test_whatever_is_named_after_keys_members_or_secrets_is_among_it(self):
        telling = re.compile(r"key|secret|renew|member|invit|owner|role|erase|:leave|:held")
        reading = {"accounts:members", "accounts:partner_keys", "leads:erasure", "leads:erasures"}
        found = {name for name in OF_AN_AGENCY if telling.search(name.replace("partner_webhooks", ""))}
        assert found - reading - OWN_HANDS == set()
        assert OF_AN_AGENCY.keys() >= OWN_HANDS

    def test_every_page_of_the_account_and_of_the_person(self, there, membership):
        names = [name for name in routes() if name.startswith(("account_", "mfa_", "usersessions_"))]
        names += sorted(OF_A_PERSON - LEADS_HOME - {"impersonation_stop"})
        names = [name for name in names if name != "account_logout" and not name.startswith("guide:")]
        assert len(names) > 25
        before = User.objects.filter(pk=membership.user_id).values().get()
        for name in names:
            path = plain(name)
            for answer in (there.get(path), there.post(path, {"password": PASSWORD, "email": "x@x.example"})):
                assert answer.status_code == 403, name
        assert User.objects.filter(pk=membership.user_id).values().get() == before

    def test_but_not_the_guide_which_is_the_same_for_everybody(self, there):
        assert there.get(reverse("guide:index")).status_code == 200

    def test_the_operators_password_just_now_is_not_the_persons(self, there):
        """The operator's session says that a password was typed a moment ago: it was another one."""
        for name in (
            "account_change_password",
            "mfa_view_recovery_codes",
            "mfa_activate_totp",
            "account_email",
        ):
            assert there.post(reverse(name), {"password": PASSWORD}).status_code == 403

    def test_the_admin_and_a_second_place(self, there, membership, member, agency):
        member(agency, Role.VIEWER)
        other = Membership.objects.get(agency=agency, role=Role.VIEWER)
        for path in ("/admin/", "/admin/operations/", door(other)):
            assert there.get(path).status_code == 403
            assert there.post(path, {"reason": WHY}).status_code == 403
        assert Impersonation.objects.across_agencies().count() == 1

    def test_the_role_is_the_persons(self, desk, agency, member):
        member(agency, Role.VIEWER)
        desk.post(door(Membership.objects.get(agency=agency, role=Role.VIEWER)), {"reason": WHY})
        assert desk.get(reverse("accounts:trail", args=[agency.slug])).status_code == 403
        assert desk.get(reverse("jobs:index", args=[agency.slug])).status_code == 200

    def test_no_new_key_comes_into_being(self, there, agency):
        path = reverse("accounts:add_partner_key", args=[agency.slug])
        assert there.post(path, {"name": "x", "scopes": ["leads:read"]}).status_code == 403
        assert not PartnerKey.objects.for_agency(agency).exists()


def plain(name: str) -> str:
    """A route's path, its parameters filled with something."""
    for arguments in ([], ["x"], [1], ["x", "y"], [1, "x"]):
        try:
            return reverse(name, args=arguments)
        except Exception:  # noqa: S112  # the next shape is tried
            continue
    raise AssertionError(name)


class TestTenancy:
    def test_other_agencies_do_not_exist_even_the_persons_own(self, there, other_agency, membership):
        """The person works in both; the operator came for one."""
        Membership.objects.create(agency=other_agency, user=membership.user, role=Role.OWNER)
        rows = canaries.fill(other_agency, canaries.WORD)
        before, wrong = canaries.dump(other_agency), []
        for name in OF_AN_AGENCY:
            foreign = address(name, other_agency.slug, rows)
            for answer in (there.get(foreign), there.post(foreign, FORM)):
                if answer.status_code != 404 or canaries.WORD in body(answer):
                    wrong.append((name, answer.status_code))
        assert wrong == []
        assert canaries.dump(other_agency) == before

    def test_pages_name_no_other_agency_of_the_person(self, there, agency, other_agency, membership):
        Membership.objects.create(agency=other_agency, user=membership.user, role=Role.OWNER)
        page = there.get(home(agency)).content.decode()
        assert other_agency.name not in page
        for name in LEADS_HOME:
            assert there.get(reverse(name))["Location"] == home(agency)

    def test_an_operator_who_is_a_member_elsewhere_does_not_mix(self, there, operator, other_agency):
        Membership.objects.create(agency=other_agency, user=operator, role=Role.OWNER)
        assert there.get(home(other_agency)).status_code == 404

    def test_another_operators_place_is_not_taken(self, there, membership):
        second = staff("olga@passerelle.example", "Olga", is_superuser=True)
        place = Impersonation.objects.across_agencies().get()
        assert impersonation.current(second, place.pk) is None
        assert impersonation.current(place.operator, place.pk) == place


class TestTheEnd:
    def test_the_button_leads_back_to_the_agency_in_the_admin(self, there, agency, operator):
        answer = there.post(STOP)
        assert answer["Location"] == reverse("admin:agency_overview", args=[agency.pk])
        page = there.get(answer["Location"])
        assert page.status_code == 200
        assert page.context["request"].user == operator
        assert there.get(home(agency)).status_code == 404, "operators are no members"

    def test_only_a_post_ends_it(self, there, agency):
        assert there.get(STOP).status_code == 405
        assert there.get(home(agency)).status_code == 200

    def test_after_an_hour_it_is_over_and_nothing_is_done_in_either_name(self, there, agency, operator):
        Membership.objects.create(agency=agency, user=operator, role=Role.OWNER)
        Impersonation.objects.across_agencies().update(ends_at=timezone.now() - timedelta(seconds=1))
        form = {"name": "Agence M.", "language": "fr", "time_zone": "Europe/Paris"}
        answer = there.post(reverse("accounts:settings", args=[agency.slug]), form)
        assert answer.status_code == 403
        assert "You are yourself again" in answer.content.decode()
        agency.refresh_from_db()
        assert agency.name == "Agence Martin"
        assert [entry.action for entry in trail(agency)] == ["impersonation.began", "impersonation.ended"]
        assert there.get(home(agency)).context["request"].user == operator

    def test_it_lasts_an_hour(self, there):
        place = Impersonation.objects.across_agencies().get()
        assert timedelta(minutes=59) < place.ends_at - timezone.now() <= timedelta(hours=1)

    def test_the_timer_ends_what_nobody_comes_back_to(self, there, agency):
        end_lapsed_impersonations()
        assert trail(agency, "impersonation.ended").count() == 0
        Impersonation.objects.across_agencies().update(ends_at=timezone.now())
        end_lapsed_impersonations()
        end_lapsed_impersonations()
        assert trail(agency, "impersonation.ended").count() == 1

    @pytest.mark.parametrize("change", ["left", "promoted", "closed", "demoted", "operator closed"])
    def test_it_ends_at_once_when_it_may_no_longer_be(self, there, agency, operator, membership, change):
        people = User.objects.filter(pk=membership.user_id)
        operators = User.objects.filter(pk=operator.pk)
        match change:
            case "left":
                membership.delete()
            case "promoted":
                people.update(is_staff=True)
            case "closed":
                people.update(is_active=False)
            case "demoted":
                operators.update(is_staff=False, is_superuser=False)
            case "operator closed":
                operators.update(is_active=False)
        answer = there.get(home(agency))
        assert answer.status_code in (302, 403)
        assert "Agence Martin" not in answer.content.decode()
        if change != "operator closed":
            assert trail(agency, "impersonation.ended").count() == 1

    def test_logging_out_ends_both(self, there, agency):
        there.post(reverse("account_logout"))
        assert trail(agency, "impersonation.ended").count() == 1
        assert there.get(home(agency))["Location"].startswith(reverse("account_login"))
        assert there.get("/admin/").status_code == 302

    def test_a_second_place_leaves_the_first(self, operator, agency, other_agency, member, membership):
        first = impersonation.begin(operator, membership, WHY)
        member(other_agency)
        there_too = Membership.objects.select_related("user", "agency").get(agency=other_agency)
        second = impersonation.begin(operator, there_too, WHY)
        assert impersonation.current(operator, first.pk) is None
        assert impersonation.current(operator, second.pk) == second
        with pytest.raises(IntegrityError), transaction.atomic():
            Impersonation.objects.across_agencies().update(ended_at=None)

    def test_who_is_in_nobodys_place_is_led_home(self, browser, agency):
        assert browser(agency).post(STOP)["Location"] == reverse("home")
        assert not Impersonation.objects.across_agencies().exists()


def test_work_that_was_asked_for_meanwhile_names_both_when_it_is_done(there, agency, membership, operator):
    job = start(agency, "test.steps", title="Villa")
    Job.objects.for_agency(agency).filter(pk=job.pk).update(status="failed")
    there.post(reverse("jobs:again", args=[agency.slug, job.pk]))
    entry = trail(agency, "job.tried_again").get()
    assert (entry.actor, entry.detail["operator"]) == (membership.user, "Odile")
    there.post(STOP)
    fresh = Job.objects.for_agency(agency).latest("pk")
    assert (fresh.asked_by, fresh.operator) == (membership.user, operator)
    seen = []
    handle = KINDS["test.steps"].handle
    with mock.patch.dict(
        KINDS,
        {
            "test.steps": replace(
                KINDS["test.steps"],
                handle=lambda run: (
                    seen.append(audit.record(run.agency, run.job.asked_by, "job.noted")),
                    handle(run),
                ),
            )
        },
    ):
        work(fresh.pk)
    assert [(entry.actor, entry.detail) for entry in seen] == [(membership.user, {"operator": "Odile"})]
    assert stand_in.get() is None


def test_work_that_the_person_asks_for_names_nobody_else(agency, member):
    assert start(agency, "test.steps", asked_by=member(agency)).operator is None
