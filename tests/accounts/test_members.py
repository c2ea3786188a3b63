import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse

from accounts import members
from accounts.models import AuditEntry, Membership
from accounts.roles import Role


def membership(user, agency):
    return Membership.objects.get(user=user, agency=agency)


def last_entry(agency):
    return AuditEntry.objects.for_agency(agency).order_by("-number").first()


def owners(agency):
    return Membership.objects.filter(agency=agency, role=Role.OWNER).count()


class TestChangeRole:
    def test_is_done_and_traced(self, agency, member):
        boss, agent = member(agency), member(agency, Role.AGENT)
        members.change_role(membership(agent, agency), boss, Role.MANAGER)
        assert membership(agent, agency).role == Role.MANAGER
        entry = last_entry(agency)
        assert (entry.actor, entry.action, entry.subject) == (boss, "member.role_changed", str(agent))
        assert entry.detail == {"before": "agent", "after": "manager"}

    def test_to_the_same_role_leaves_no_trace(self, agency, member):
        members.change_role(membership(member(agency, Role.AGENT), agency), member(agency), Role.AGENT)
        assert last_entry(agency) is None

    def test_never_takes_the_last_owner(self, agency, member):
        boss = member(agency)
        with pytest.raises(ValidationError) as refusal:
            members.change_role(membership(boss, agency), boss, Role.VIEWER)
        assert refusal.value.code == "last_owner"
        assert membership(boss, agency).role == Role.OWNER
        assert last_entry(agency) is None

    def test_closed_accounts_are_no_owners(self, agency, member, person):
        boss, gone = member(agency), person()
        gone.is_active = False
        gone.save()
        Membership.objects.create(agency=agency, user=gone, role=Role.OWNER)
        with pytest.raises(ValidationError, match="always has an owner"):
            members.change_role(membership(boss, agency), boss, Role.AGENT)

    def test_asks_again_whether_the_actor_still_owns(self, agency, member):
        """The page's check is older than the lock."""
        manager, agent = member(agency, Role.MANAGER), member(agency, Role.AGENT)
        member(agency)
        with pytest.raises(PermissionDenied):
            members.change_role(membership(agent, agency), manager, Role.OWNER)
        assert membership(agent, agency).role == Role.AGENT

    def test_of_somebody_who_left_meanwhile(self, agency, member):
        stale = membership(member(agency, Role.AGENT), agency)
        Membership.objects.filter(pk=stale.pk).delete()
        with pytest.raises(ValidationError) as refusal:
            members.change_role(stale, member(agency), Role.OWNER)
        assert refusal.value.code == "gone"


class TestRemoveAndLeave:
    def test_removal_closes_the_door_at_once(self, agency, member, browser):
        boss, agent = member(agency), browser(agency, Role.AGENT)
        page = reverse("accounts:members", args=[agency.slug])
        assert agent.get(page).status_code == 200
        members.remove_member(membership(member(agency, Role.AGENT), agency), boss)
        assert agent.get(page).status_code == 404
        assert last_entry(agency).detail == {"email": "agent@martin.example"}

    def test_the_last_owner_stays(self, agency, member):
        boss = member(agency)
        with pytest.raises(ValidationError):
            members.remove_member(membership(boss, agency), boss)
        with pytest.raises(ValidationError):
            members.leave(membership(boss, agency))
        assert owners(agency) == 1

    def test_leaving_is_traced_as_ones_own_deed(self, agency, member):
        member(agency)
        agent = member(agency, Role.AGENT)
        members.leave(membership(agent, agency))
        assert not Membership.objects.filter(user=agent).exists()
        assert (last_entry(agency).actor, last_entry(agency).action) == (agent, "member.left")


class TestTransfer:
    def test_swaps_owner_and_manager(self, agency, member):
        boss, agent = member(agency), member(agency, Role.AGENT)
        members.transfer_ownership(membership(agent, agency), boss)
        assert membership(agent, agency).role == Role.OWNER
        assert membership(boss, agency).role == Role.MANAGER
        assert last_entry(agency).action == "ownership.transferred"

    def test_to_oneself_changes_nothing(self, agency, member):
        boss = member(agency)
        members.transfer_ownership(membership(boss, agency), boss)
        assert membership(boss, agency).role == Role.OWNER

    def test_not_to_a_closed_account(self, agency, member):
        agent = member(agency, Role.AGENT)
        agent.is_active = False
        agent.save()
        with pytest.raises(ValidationError) as refusal:
            members.transfer_ownership(membership(agent, agency), member(agency))
        assert refusal.value.code == "inactive"
        assert owners(agency) == 1


@pytest.mark.skipif(
    not connection.features.has_select_for_update,
    reason="SQLite lets one writer in at a time: its transactions start as IMMEDIATE",
)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["demote", "remove", "leave"])
def test_two_owners_who_end_each_other_leave_one(agency, member, person, deed):
    """Both look, both see two owners, both act: the lock makes the second one look again."""
    first, second = member(agency), person()
    Membership.objects.create(agency=agency, user=second, role=Role.OWNER)
    start, refused = threading.Barrier(2), []

    def act(actor, other):
        target = membership(other, agency)
        start.wait()
        try:
            if deed == "demote":
                members.change_role(target, actor, Role.VIEWER)
            elif deed == "remove":
                members.remove_member(target, actor)
            else:
                members.leave(membership(actor, agency))
        except (ValidationError, PermissionDenied) as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in [(first, second), (second, first)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert owners(agency) == 1
    assert len(refused) == 1


class TestPages:
    def test_everybody_sees_the_list_and_only_owners_its_buttons(self, agency, member, browser):
        member(agency, Role.AGENT)
        page = reverse("accounts:members", args=[agency.slug])
        seen = browser(agency, Role.VIEWER).get(page).content.decode()
        assert "agent@martin.example" in seen
        assert "/role/" not in seen
        assert "invitations/" not in seen
        assert "/role/" in browser(agency).get(page).content.decode()

    def test_changing_a_role(self, agency, member, browser):
        agent = membership(member(agency, Role.AGENT), agency)
        url = reverse("accounts:change_role", args=[agency.slug, agent.pk])
        answer = browser(agency).post(url, {"role": "viewer"}, follow=True)
        assert "now has the role “Viewer”" in answer.content.decode()
        agent.refresh_from_db()
        assert agent.role == Role.VIEWER

    @pytest.mark.parametrize("role", ["", "god", "owner\0", "OWNER"])
    def test_unknown_roles_are_refused(self, agency, member, browser, role):
        agent = membership(member(agency, Role.AGENT), agency)
        url = reverse("accounts:change_role", args=[agency.slug, agent.pk])
        answer = browser(agency).post(url, {"role": role}, follow=True)
        assert "There is no such role." in answer.content.decode()
        agent.refresh_from_db()
        assert agent.role == Role.AGENT

    def test_the_last_owners_page_says_why_not(self, agency, member, browser):
        boss = membership(member(agency), agency)
        url = reverse("accounts:change_role", args=[agency.slug, boss.pk])
        answer = browser(agency).post(url, {"role": "viewer"}, follow=True)
        assert "make somebody else an owner first" in answer.content.decode()
        answer = browser(agency).post(reverse("accounts:leave", args=[agency.slug]), follow=True)
        assert "make somebody else an owner first" in answer.content.decode()

    def test_dangerous_pages_name_the_person_and_act_on_post_only(self, agency, member, browser):
        agent = membership(member(agency, Role.AGENT), agency)
        for name in ["remove_member", "transfer_ownership"]:
            page = browser(agency).get(reverse(f"accounts:{name}", args=[agency.slug, agent.pk]))
            assert "Agent Agence Martin" in page.content.decode()
        assert owners(agency) == 1
        url = reverse("accounts:remove_member", args=[agency.slug, agent.pk])
        assert "is no longer a member" in browser(agency).post(url, follow=True).content.decode()

    def test_handing_over(self, agency, member, browser):
        agent = membership(member(agency, Role.AGENT), agency)
        url = reverse("accounts:transfer_ownership", args=[agency.slug, agent.pk])
        answer = browser(agency).post(url, follow=True)
        assert "is now an owner" in answer.content.decode()
        assert "/role/" not in answer.content.decode()

    def test_leaving_leads_to_ones_other_agencies(self, agency, browser):
        answer = browser(agency, Role.AGENT).post(reverse("accounts:leave", args=[agency.slug]), follow=True)
        assert answer.request["PATH_INFO"] == reverse("agencies")
        assert "You are not in an agency yet" in answer.content.decode()

    def test_a_name_is_text_wherever_it_stands(self, agency, member, browser):
        agent = member(agency, Role.AGENT)
        agent.name = "<script>alert(1)</script>"
        agent.save()
        target = membership(agent, agency)
        pages = ["members"], ["remove_member", target.pk], ["transfer_ownership", target.pk]
        for name, *pk in pages:
            page = browser(agency).get(reverse(f"accounts:{name}", args=[agency.slug, *pk])).content.decode()
            assert "<script>alert" not in page
            assert "&lt;script&gt;alert(1)" in page
