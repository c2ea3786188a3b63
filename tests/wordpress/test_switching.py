"""A site's way through its states, with the simulated Ts-Immo and the jobs that ask it."""

import threading

import pytest
from django.db import connection as database
from django.utils import timezone

from accounts.audit import breaks
from accounts.models import AuditEntry
from estates.connections.models import Connection
from estates.jobs.control import cancel
from estates.jobs.control import try_again as job_again
from estates.jobs.models import Job, Status
from estates.wordpress import switching
from estates.wordpress.models import Site, State
from estates.wordpress.sites import remove_site
from estates.wordpress.states import BUSY, CHANGED, NotNow
from tests.wordpress.conftest import DOMAIN, WRONG_KEY, calls, fresh, in_days, told, worked, worn_out


def activated(site, manager) -> Site:
    worked(switching.activate(site, manager))
    found = fresh(site)
    assert found.state == State.ACTIVE
    return found


def test_activation_is_asked_for_done_and_kept_with_the_plan(site, manager, account, box):
    job = switching.activate(site, manager)
    assert fresh(site).state == State.ACTIVATING
    assert (job.kind, job.subject, job.asked_by) == ("wordpress.activate", f"site:{site.pk}", manager)
    assert DOMAIN not in account.sites, "nothing is sent in a request of a person"
    assert worked(job).status == Status.DONE
    now = fresh(site)
    assert (now.state, now.plan, now.max_properties, now.words) == (State.ACTIVE, "professional", 500, "")
    assert (now.expires_at.month, now.expires_at.day) == (12, 31)
    assert now.expires_at.year == timezone.now().year + 1
    assert (timezone.now() - now.answered_at).total_seconds() < 60
    assert account.sites[DOMAIN].active
    assert told(now) == ["added", "activation_asked", "activated"]
    assert now.events.first().actor == manager


def test_the_theme_goes_along_when_there_is_one(site, manager, account):
    Site.objects.for_agency(site.agency).update(theme_id="theme-7")
    activated(fresh(site), manager)
    assert account.sites[DOMAIN].theme_id == "theme-7"


def test_every_deed_is_in_the_audit_trail(site, manager, agency):
    worked(switching.deactivate(activated(site, manager), manager))
    actions = AuditEntry.objects.for_agency(agency).order_by("number").values_list("action", flat=True)
    assert list(actions) == [
        "site.added",
        "site.activation_asked",
        "site.activated",
        "site.deactivation_asked",
        "site.deactivated",
    ]
    assert list(breaks(agency)) == []


def test_a_wrong_plugin_key_is_refused_in_the_remotes_words(agency, add, manager, account):
    site = add(agency, key=WRONG_KEY)
    job = worked(switching.activate(site, manager))
    now = fresh(site)
    assert (now.state, now.words) == (State.REFUSED, "Invalid plugin authentication key")
    assert (job.status, job.error) == (Status.FAILED, "Invalid plugin authentication key")
    assert not now.in_doubt
    assert told(now) == ["added", "activation_asked", "refused"]
    assert now.events.first().words == "Invalid plugin authentication key"
    assert account.sites == {}


def test_a_refused_site_can_be_tried_once_more(agency, add, manager, account):
    site = add(agency, key=account.plugin_auth_key, state=State.REFUSED, words="no")
    assert activated(site, manager).words == ""


def test_the_key_of_another_account_is_refused(agency, add, manager, box):
    site = add(agency, key=box.account("riviera").plugin_auth_key)
    worked(switching.activate(site, manager))
    assert fresh(site).state == State.REFUSED


def test_a_400_is_a_refusal_too(site, manager, box):
    box.fault("message_list", operation="activate_site", times=1)
    worked(switching.activate(site, manager))
    now = fresh(site)
    assert now.state == State.REFUSED
    assert "One or more fields are invalid" in now.words


def test_deactivation(site, manager, account):
    active = activated(site, manager)
    job = switching.deactivate(active, manager)
    assert fresh(site).state == State.DEACTIVATING
    assert worked(job).status == Status.DONE
    now = fresh(site)
    assert (now.state, now.in_doubt) == (State.INACTIVE, False)
    assert now.plan == "professional", "what the plan was stays known"
    assert not account.sites[DOMAIN].active


def test_a_site_that_the_account_does_not_have_counts_as_inactive(agency, add, manager, account):
    """Of a foreign site, or one that somebody deleted at Ts-Immo, the answer is 404."""
    site = add(agency, domain="www.somebody-else.example", state=State.ACTIVE)
    job = worked(switching.deactivate(site, manager))
    now = fresh(site)
    assert (job.status, now.state, now.words) == (Status.DONE, State.INACTIVE, "Site not found")


def test_a_refused_deactivation_leaves_the_site_active(site, manager, account, box):
    active = activated(site, manager)
    box.fault("message_string", operation="deactivate_site", times=1)
    job = worked(switching.deactivate(active, manager))
    now = fresh(site)
    assert (job.status, now.state) == (Status.FAILED, State.ACTIVE)
    assert now.words == "One or more fields are invalid"
    assert told(now)[-1] == "kept"
    assert account.sites[DOMAIN].active


def test_an_active_site_can_be_asked_for_its_plan_again(site, manager, box):
    active = activated(site, manager)
    Site.objects.for_agency(site.agency).update(expires_at=in_days(-1), plan="old")
    now = activated(fresh(active), manager)
    assert (now.plan, now.expires_at.month) == ("professional", 12)
    assert calls(box, "activate_site") == 2


def test_when_that_is_refused_the_site_may_still_run(agency, add, manager, account):
    site = add(agency, state=State.ACTIVE)
    worked(switching.activate(site, manager))
    now = fresh(site)
    assert (now.state, now.in_doubt) == (State.REFUSED, True)
    worked(switching.deactivate(now, manager))
    assert (fresh(site).state, fresh(site).in_doubt) == (State.INACTIVE, False)


# Several at once


@pytest.mark.parametrize("done_between", [False, True])
def test_a_double_click_makes_one_call(site, manager, box, done_between):
    """Both clicks carry the version of the page; it does not matter whether the first is done already."""
    first, second = fresh(site), fresh(site)
    job = switching.activate(first, manager)
    if done_between:
        worked(job)
    with pytest.raises(NotNow) as refused:
        switching.activate(second, manager)
    assert refused.value.words == (CHANGED if done_between else BUSY[State.ACTIVATING])
    if not done_between:
        worked(job)
    assert calls(box, "activate_site") == 1
    assert Job.objects.for_agency(site.agency).filter(kind="wordpress.activate").count() == 1
    assert fresh(site).state == State.ACTIVE


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_one_call(site, manager, box):
    outcomes, ready = [], threading.Barrier(4)

    def press() -> None:
        mine = fresh(site)
        try:
            ready.wait()
            outcomes.append(switching.activate(mine, manager))
        except NotNow as refusal:
            outcomes.append(refusal)
        finally:
            database.close()

    people = [threading.Thread(target=press) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    jobs = [outcome for outcome in outcomes if isinstance(outcome, Job)]
    assert len(outcomes) == 4
    assert len(jobs) == 1
    worked(jobs[0])
    assert calls(box, "activate_site") == 1
    assert told(site).count("activation_asked") == 1


def test_deactivating_while_activating_is_refused_with_a_sentence(site, manager):
    seen = activated(site, manager)
    switching.activate(seen, manager)
    for sight in (fresh(site), seen):
        with pytest.raises(NotNow) as refused:
            switching.deactivate(sight, manager)
        assert refused.value.words == BUSY[State.ACTIVATING]
    assert fresh(site).state == State.ACTIVATING


def test_nothing_else_happens_to_a_site_that_is_being_asked_about(site, manager):
    switching.activate(site, manager)
    for verb in (switching.activate, switching.try_again, switching.give_up, remove_site):
        with pytest.raises(NotNow) as refused:
            verb(fresh(site), manager)
        assert refused.value.words == BUSY[State.ACTIVATING]
    assert told(site) == ["added", "activation_asked"]
    assert fresh(site).state == State.ACTIVATING


def test_an_inactive_site_is_not_deactivated(site, manager, box):
    with pytest.raises(NotNow):
        switching.deactivate(site, manager)
    assert not Job.objects.for_agency(site.agency).exists()


def test_a_site_at_rest_has_nothing_to_try_again_or_to_give_up(site, manager):
    for verb in (switching.try_again, switching.give_up):
        with pytest.raises(NotNow) as refused:
            verb(site, manager)
        assert refused.value.words == CHANGED


def test_a_site_that_was_removed_meanwhile(site, manager):
    seen = fresh(site)
    remove_site(site, manager)
    with pytest.raises(NotNow) as refused:
        switching.activate(seen, manager)
    assert refused.value.words == CHANGED


def test_a_deleted_key_of_the_account_is_said_before_anything_is_asked(site, manager):
    Connection.objects.for_agency(site.agency).update(removed_at=timezone.now())
    with pytest.raises(NotNow, match="Choose another account"):
        switching.activate(site, manager)
    assert fresh(site).state == State.INACTIVE


def test_a_job_that_is_just_ending_does_not_swallow_the_next_one(site, manager):
    """Its effect is there already, its row still open: what starts now would be lost with it."""
    job = switching.activate(site, manager)
    Site.objects.for_agency(site.agency).update(state=State.INACTIVE)
    with pytest.raises(NotNow):
        switching.activate(fresh(site), manager)
    assert fresh(site).state == State.INACTIVE
    assert Job.objects.for_agency(site.agency).get() == job


# The remote is down in the middle


@pytest.mark.parametrize("fault", ["dropped", "error_500", "unavailable_503", "throttled", "not_json"])
def test_a_remote_in_trouble_leaves_the_site_between_and_the_job_goes_on_by_itself(
    site, manager, account, box, fault
):
    box.fault(fault, operation="activate_site", times=1)
    job = worked(switching.activate(site, manager))
    assert job.status == Status.WAITING
    assert fresh(site).state == State.ACTIVATING
    assert worked(job).status == Status.DONE
    assert fresh(site).state == State.ACTIVE
    assert account.sites[DOMAIN].active


def test_a_lost_answer_is_asked_for_again(site, manager, account, box):
    box.fault("lost", operation="activate_site", times=1)
    job = worked(switching.activate(site, manager))
    assert account.sites[DOMAIN].active
    assert fresh(site).state == State.ACTIVATING, "nobody has heard so"
    worked(job)
    assert fresh(site).state == State.ACTIVE


@pytest.fixture
def stuck(site, manager, box):
    """Eight attempts have failed."""
    box.fault("error_500", operation="activate_site")
    job = worn_out(switching.activate(site, manager))
    assert (job.status, job.attempts) == (Status.FAILED, 8)
    box.clear_faults()
    return fresh(site)


def test_a_final_failure_leaves_the_site_between_until_a_person_decides(stuck):
    assert stuck.state == State.ACTIVATING


def test_trying_again_goes_on_from_there(stuck, manager):
    job = switching.try_again(stuck, manager)
    with pytest.raises(NotNow):
        switching.try_again(fresh(stuck), manager)
    worked(job)
    assert fresh(stuck).state == State.ACTIVE
    assert told(stuck) == ["added", "activation_asked", "tried_again", "activated"]


def test_the_job_page_can_try_again_too(stuck, manager):
    failed = Job.objects.for_agency(stuck.agency).get()
    worked(job_again(failed, manager)[0])
    assert fresh(stuck).state == State.ACTIVE


def test_giving_up_leads_back_and_says_that_it_is_in_doubt(stuck, manager, account):
    switching.give_up(stuck, manager)
    now = fresh(stuck)
    assert (now.state, now.in_doubt) == (State.INACTIVE, True)
    assert told(now)[-1] == "given_up"
    worked(switching.deactivate(now, manager))
    assert (fresh(stuck).state, fresh(stuck).in_doubt) == (State.INACTIVE, False)


def test_giving_up_a_deactivation_leads_back_to_active(agency, add, manager, box):
    site = add(agency, state=State.ACTIVE)
    box.fault("error_500", operation="deactivate_site")
    worn_out(switching.deactivate(site, manager))
    switching.give_up(fresh(site), manager)
    assert (fresh(site).state, fresh(site).in_doubt) == (State.ACTIVE, True)


def test_a_job_cancelled_before_it_began_leaves_no_doubt(site, manager, box):
    job = switching.activate(site, manager)
    assert cancel(job, manager)
    switching.give_up(fresh(site), manager)
    assert (fresh(site).state, fresh(site).in_doubt) == (State.INACTIVE, False)
    assert calls(box, "activate_site") == 0


def test_an_old_job_that_is_tried_again_after_giving_up_does_nothing(stuck, manager, box):
    failed = Job.objects.for_agency(stuck.agency).get()
    switching.give_up(stuck, manager)
    before = calls(box, "activate_site")
    assert worked(job_again(failed, manager)[0]).status == Status.DONE
    assert fresh(stuck).state == State.INACTIVE
    assert calls(box, "activate_site") == before


def test_nobody_gives_up_behind_the_back_of_a_job(stuck, manager):
    job_again(Job.objects.for_agency(stuck.agency).get(), manager)
    with pytest.raises(NotNow):
        switching.give_up(stuck, manager)
    assert fresh(stuck).state == State.ACTIVATING
    assert not fresh(stuck).in_doubt


def test_a_key_of_the_account_that_is_refused_three_times_waits_for_a_person(site, manager, box):
    box.fault("wrong_key", operation="activate_site")
    job = worn_out(switching.activate(site, manager))
    assert (job.status, job.attempts, job.error_kind) == (Status.FAILED, 3, "unauthorised")
    assert fresh(site).state == State.ACTIVATING


def test_a_site_that_vanished_ends_its_job(site, manager, box):
    job = switching.activate(site, manager)
    Site.objects.for_agency(site.agency).delete()
    assert worked(job).status == Status.DONE
    assert calls(box, "activate_site") == 0


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ({"plan": None, "expires_at": None, "max_properties": None}, ("", None, None)),
        ({"plan": "x" * 900, "expires_at": "soon", "max_properties": -3}, ("x" * 255, None, None)),
        ({"plan": 7, "expires_at": "31/12/2031", "max_properties": "250"}, ("7", "2031-12-31", 250)),
        ({"plan": ["pro"], "expires_at": {}, "max_properties": 10**30}, ("", None, None)),
        ({"max_properties": 999_999_999_999}, ("", None, 999_999_999_999)),
    ],
)
def test_odd_answers_are_kept_as_far_as_they_can_be_read(site, manager, monkeypatch, answer, kept):

    says = {"success": True, **answer}
    monkeypatch.setattr(
        "portal.sandbox.ts_immo.site_calls._activation", lambda success, message: says if success else {}
    )
    now = activated(site, manager)
    ends = now.expires_at.isoformat() if now.expires_at else None
    assert (now.plan, ends, now.max_properties) == kept
