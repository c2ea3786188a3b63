import re
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.admin_base import AgencyFilter, TenantAdmin, across_agencies
from accounts.invitations import invite
from accounts.models import Agency, AuditEntry, Invitation, Membership, User
from accounts.roles import Role


@pytest.fixture
def operator(person, logged_in):
    boss = person("operator@example.org", "Operator")
    boss.is_staff = boss.is_superuser = True
    boss.save()
    return logged_in(boss)


@pytest.fixture(autouse=True)
def things(agency, other_agency, member):
    for one in [agency, other_agency]:
        invite(one, member(one), "new@example.org", Role.AGENT)


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", [User, Agency, Membership, Invitation, AuditEntry])
class TestEveryModel:
    def rows(self, model):
        manager = model._default_manager
        return manager.across_agencies() if hasattr(manager, "across_agencies") else manager.all()

    def test_lists_and_searches_across_agencies(self, operator, model):
        page = operator.get(url(model, "changelist")).content.decode()
        assert "riviera" in page.lower()
        assert "martin" in page.lower()
        assert operator.get(url(model, "changelist"), {"q": "riviera"}).status_code == 200

    def test_shows_a_row_without_its_secrets(self, operator, model):
        row = self.rows(model).first()
        page = operator.get(url(model, "change", row.pk)).content.decode()
        for secret in [getattr(row, "token_hash", None), getattr(row, "password", None)]:
            assert not secret or secret not in page

    def test_adds_and_deletes_nothing(self, operator, model):
        row = self.rows(model).first()
        assert operator.get(url(model, "add")).status_code == 403
        assert operator.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403

    def test_is_closed_to_others(self, agency, browser, model):
        assert browser(agency).get(url(model, "changelist"), follow=True).status_code == 403


def test_tenants_rows_are_filtered_by_agency(operator, agency, other_agency):
    page = operator.get(url(AuditEntry, "changelist"), {"agency__id__exact": agency.pk}).content.decode()
    assert page.count('class="field-at') == AuditEntry.objects.for_agency(agency).count()


@pytest.mark.parametrize("chosen", [False, True])
def test_the_agencies_to_choose_from_are_folded_until_one_is_chosen(operator, agency, chosen):
    asked = {"agency__id__exact": agency.pk} if chosen else {}
    page = operator.get(url(AuditEntry, "changelist"), asked).content.decode()
    (folded,) = re.findall(r'<details data-filter-title="agency"( open)?>', page)
    assert bool(folded) == chosen


@pytest.mark.parametrize("model", [User, EmailAddress])
def test_people_are_found_by_their_agency(operator, agency, other_agency, member, model):
    for of in (agency, other_agency):
        EmailAddress.objects.get_or_create(user=member(of), email=member(of).email)
    page = operator.get(url(model, "changelist"), {"q": other_agency.name}).content.decode()
    assert member(other_agency).email in page
    assert member(agency).email not in page


@pytest.mark.parametrize("model", [Agency, Membership, Invitation, AuditEntry])
def test_rows_that_verbs_make_are_read_only(operator, agency, model):
    rows = TestEveryModel().rows(model)
    before = list(rows.order_by("pk").values())
    answer = operator.post(
        url(model, "change", rows.first().pk), {"name": "x", "role": "owner", "subject": "x"}
    )
    assert answer.status_code == 403
    assert list(rows.order_by("pk").values()) == before


def test_an_operator_closes_an_account_but_can_not_make_operators(person, logged_in, member, agency):
    helper = person("helper@example.org", "Helper")
    helper.is_staff = True
    helper.save()
    helper.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    client, target = logged_in(helper), member(agency)
    posted = {"name": "New name", "is_staff": "on", "is_active": ""}
    posted |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    assert client.post(url(User, "change", target.pk), posted).status_code == 302
    target.refresh_from_db()
    assert (target.name, target.is_staff, target.is_active) == ("New name", False, True)


def test_a_language_is_one_that_the_portal_speaks(operator, agency, member):
    posted = {"name": "x", "memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    for language, status in (("kling", 200), ("fr", 302), ("", 302)):
        answer = operator.post(url(User, "change", member(agency).pk), posted | {"language": language})
        assert answer.status_code == status
        assert member(agency).language == (language if status == 302 else "en")


def test_a_superuser_closes_an_account_at_once(operator, browser, member, agency):
    victim = browser(agency)
    posted = {"name": "x", "memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    operator.post(url(User, "change", member(agency).pk), posted)
    assert not User.objects.get(pk=member(agency).pk).is_active
    assert victim.get(reverse("profile")).status_code == 302


def test_the_admin_has_no_login_of_its_own(client, db):
    assert client.get(reverse("admin:index"), follow=True).redirect_chain[-1][0].startswith("/account/login/")


def test_the_trail_holds_after_the_operators_visit(operator, agency):
    operator.get(url(AuditEntry, "changelist"))
    assert list(audit.breaks(agency)) == []


def test_a_choice_among_tenants_rows_names_its_queryset(rf):
    """A foreign key to a tenant's row would otherwise meet the manager that refuses to list."""
    field = models.ForeignKey(Invitation, on_delete=models.CASCADE)
    field.set_attributes_from_name("invitation")
    form_field = TenantAdmin(Invitation, admin.site).formfield_for_foreignkey(field, rf.get("/"))
    assert form_field.queryset.count() == 2
    assert across_agencies(User).count() == User.objects.count()


def test_the_rooms_admins_start_from_one_base(rf):
    looked_at = TenantAdmin(Invitation, admin.site)
    assert looked_at.get_queryset(rf.get("/")).count() == 2
    assert looked_at.get_list_filter(rf.get("/")) == [("agency", AgencyFilter)]
    assert looked_at.get_search_fields(rf.get("/"))[:2] == ["agency__name", "agency__slug"]


def test_hours_are_those_of_most_agencies(operator, agency):
    Agency.objects.update(created_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    page = operator.get(url(Agency, "changelist")).content.decode()
    assert "July 2, 2026, 12:30 a.m." in page
    assert timezone.get_current_timezone_name() == "UTC"
