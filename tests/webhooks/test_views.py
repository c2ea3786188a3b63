import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Scope
from accounts.partners import keys
from estates.webhooks.kinds import TEST, EventType
from estates.webhooks.models import Delivery, Subscription
from estates.webhooks.subscribing import MOST, signing_secrets
from estates.webhooks.views import subscriptions
from tests.webhooks.making import URL, attempt, message, webhook
from tests.websites import with_body

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
State = Delivery.State
FORM = {"url": URL, "events": ["lead.created", "estate.gone"], "whole": "no"}


def at(agency, name, *ids) -> str:
    return reverse(f"partner_webhooks:{name}", args=[agency.slug, *ids])


def text(answer) -> str:
    """What the page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def actions(agency) -> list[tuple]:
    rows = AuditEntry.objects.for_agency(agency).order_by("number")
    return list(rows.values_list("action", "actor_name", "detail"))


class TestIndex:
    def test_without_any_it_says_what_they_are_for(self, agency, browser):
        page = browser(agency).get(at(agency, "index"))
        assert "Nobody is told what happens here" in text(page)
        assert reverse("developers:start") in page.content.decode()

    def test_it_stands_beside_the_keys(self, agency, browser):
        owner = browser(agency)
        assert (
            at(agency, "index")
            in owner.get(reverse("accounts:partner_keys", args=["martin"])).content.decode()
        )
        page = owner.get(at(agency, "index")).content.decode()
        assert page.count('aria-current="page"') == 2
        assert f'href="{reverse("accounts:partner_keys", args=["martin"])}"' in page

    def test_a_card_says_what_it_is_told_and_by_whom_it_was_made(self, agency, member, browser):
        key, _token = keys.make(agency, None, name="Call centre", scopes=[Scope.WEBHOOKS, Scope.LEADS_READ])
        webhook(agency, member(agency), whole=True)
        webhook(agency, partner_key=key)
        said = text(browser(agency).get(at(agency, "index")))
        assert said.count(URL) == 2
        assert said.count("A lead came in") == 2
        assert "the whole content, with personal data" in said
        assert "Owner Agence Martin" in said
        assert f"with the key {key}" in said
        assert "nothing in 30 days" in said

    def test_the_picture_has_a_table_behind_it(self, agency, browser):
        made = webhook(agency)
        for state in (State.DELIVERED, State.DELIVERED, State.FAILED, State.WAITING):
            message(made, state)
        page = browser(agency).get(at(agency, "index")).content.decode()
        assert "4 messages about the last 14 days" in page
        rows = re.findall(r"<tr>(?:<td[^>]*>[^<]*</td>){4}</tr>", page)
        assert len(rows) == 14
        assert re.findall(r">(\d+)<", rows[-1]) == ["2", "1", "1"]

    def test_the_number_of_queries_does_not_grow_with_the_messages(
        self, agency, browser, django_assert_num_queries
    ):
        owner, made = browser(agency), [webhook(agency) for _ in range(3)]
        with django_assert_num_queries(6):
            owner.get(at(agency, "index"))
        for each in made:
            for state in State:
                message(each, state)
        with django_assert_num_queries(6):
            owner.get(at(agency, "index"))


class TestAdd:
    def test_it_is_made_and_its_secret_shown_once(self, agency, browser):
        owner = browser(agency)
        answer = owner.post(at(agency, "add"), FORM)
        assert answer.status_code == 201
        assert "no-store" in answer["Cache-Control"]
        made = Subscription.objects.for_agency(agency).get()
        assert (made.url, made.events, made.whole) == (URL, ["estate.gone", "lead.created"], False)
        (secret,) = set(SECRET.findall(answer.content.decode()))
        assert [each.reveal() for each in signing_secrets(made)] == [secret]
        for page in (at(agency, "index"), at(agency, "detail", made.pk)):
            assert secret not in owner.get(page).content.decode()
        assert actions(agency)[-1][:2] == ("webhook.added", "Owner Agence Martin")

    def test_what_was_typed_stays(self, agency, browser):
        answer = browser(agency).post(
            at(agency, "add"), FORM | {"url": "http://inner.example/x", "whole": "yes"}
        )
        page = answer.content.decode()
        assert answer.status_code == 400
        assert 'value="http://inner.example/x"' in page
        assert "Messages go to https only" in page
        assert re.findall(r'value="([a-z.]+)"[^>]*checked', page) == ["lead.created", "estate.gone", "yes"]
        assert not Subscription.objects.for_agency(agency).exists()

    def test_too_many_are_refused_in_words(self, agency, browser):
        for _ in range(MOST):
            webhook(agency)
        answer = browser(agency).post(at(agency, "add"), FORM)
        assert answer.status_code == 400
        assert f"An agency has {MOST} webhooks at most" in text(answer)
        assert Subscription.objects.for_agency(agency).count() == MOST


class TestChange:
    def test_it_may_be_paused_and_told_other_things(self, agency, browser):
        made = webhook(agency)
        page = at(agency, "change", made.pk)
        assert "checked" in browser(agency).get(page).content.decode()
        asked = FORM | {"events": ["job.failed"], "whole": "yes", "status": "INACTIVE"}
        assert browser(agency).post(page, asked)["Location"] == at(agency, "detail", made.pk)
        made.refresh_from_db()
        assert (made.events, made.whole, made.status) == (["job.failed"], True, "INACTIVE")
        said = text(browser(agency).get(at(agency, "detail", made.pk)))
        assert "what happens meanwhile is not kept" in said
        assert "Send a test message" not in said

    def test_a_keys_webhook_is_not_told_what_the_key_may_not_read(self, agency, browser):
        key, _token = keys.make(agency, None, name="Call centre", scopes=[Scope.WEBHOOKS, Scope.LEADS_READ])
        made = webhook(agency, partner_key=key)
        asked = FORM | {"events": ["lead.created", "estate.gone"], "status": "ACTIVE"}
        answer = browser(agency).post(at(agency, "change", made.pk), asked)
        assert answer.status_code == 400
        assert "may not read all of this: estates:read." in text(answer)
        made.refresh_from_db()
        assert made.events == ["lead.created"]


class TestSecret:
    def test_a_new_one_is_shown_once_and_the_old_one_signs_for_a_day(self, agency, browser):
        made, owner = webhook(agency), browser(agency)
        (before,) = signing_secrets(made)
        page = at(agency, "renew_secret", made.pk)
        assert "signed with both" in text(owner.get(page))
        answer = owner.post(page)
        assert "no-store" in answer["Cache-Control"]
        (secret,) = set(SECRET.findall(answer.content.decode()))
        assert [each.reveal() for each in signing_secrets(made)] == [secret, before.reveal()]
        detail = owner.get(at(agency, "detail", made.pk))
        assert secret not in detail.content.decode()
        for shown in (secret, before.reveal()):
            assert f"…{shown[-4:]}" in text(detail)
        with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
            assert before.reveal()[-4:] not in text(browser(agency).get(at(agency, "detail", made.pk)))


class TestStanding:
    def test_one_that_fails_says_since_when_and_what_comes_next(self, agency, browser):
        now = timezone.now()
        with time_machine.travel(now, tick=False):
            made = webhook(
                agency,
                failures=7,
                failing_since=now - timedelta(days=2),
                rests_until=now + timedelta(minutes=4, seconds=30),
            )
            message(made, State.WAITING)
            said = text(browser(agency).get(at(agency, "detail", made.pk)))
        assert "This address has failed 7 times in a row since" in said
        assert "It is tried again in 4 minutes." in said
        assert said.count("4 minutes") == 2, "the log says so too"
        assert "Nothing is lost" in said

    def test_one_that_was_switched_off_is_switched_on_again(self, agency, browser):
        long_ago = timezone.now() - timedelta(days=6)
        made = webhook(agency, failures=99, failing_since=long_ago, disabled_at=timezone.now())
        owner, detail = browser(agency), at(agency, "detail", made.pk)
        page = owner.get(detail)
        assert "The portal sends nothing there since" in text(page)
        assert at(agency, "switch_on", made.pk) in page.content.decode()
        assert owner.post(at(agency, "switch_on", made.pk))["Location"] == detail
        made.refresh_from_db()
        assert (made.disabled_at, made.failing_since, made.failures) == (None, None, 0)
        assert "What waits is sent now" in text(owner.get(detail))
        assert actions(agency)[-1][:2] == ("webhook.changed", "Owner Agence Martin")

    def test_switching_on_what_is_on_changes_nothing(self, agency, browser):
        made = webhook(agency, failures=1, failing_since=timezone.now())
        before = len(actions(agency))
        browser(agency).post(at(agency, "switch_on", made.pk))
        made.refresh_from_db()
        assert made.failures == 1
        assert len(actions(agency)) == before

    def test_one_whose_key_was_revoked_sends_nothing(self, agency, member, browser):
        key, _token = keys.make(agency, None, name="Call centre", scopes=[Scope.WEBHOOKS])
        made = webhook(agency, partner_key=key)
        keys.revoke(key, member(agency))
        said = text(browser(agency).get(at(agency, "detail", made.pk)))
        assert "The key “Call centre” asked for this webhook and does not work any more" in said


class TestTest:
    def test_it_is_sent_and_waited_for(self, agency, browser):
        made, owner = webhook(agency), browser(agency)
        answer = owner.post(at(agency, "test", made.pk))
        sent = Delivery.objects.for_agency(agency).select_related("event").get()
        assert (sent.event.type, sent.state) == (TEST, State.WAITING)
        assert answer["Location"] == f"{at(agency, 'detail', made.pk)}?test={sent.pk}"
        assert actions(agency)[-1] == ("webhook.tested", "Owner Agence Martin", {})
        page = owner.get(answer["Location"]).content.decode()
        assert "data-reload-when-finished" in page
        assert f'hx-get="{at(agency, "arrival", sent.pk)}"' in page

    def test_the_page_says_what_the_receiver_answered(self, agency, browser, receiver, subscribed, deliver):
        made, owner = subscribed(agency), browser(agency)
        page = owner.post(at(agency, "test", made.pk))["Location"]
        receiver.answers("/passerelle", with_body(b"no room", status=507))
        deliver()
        said = text(owner.get(page))
        assert "507 Insufficient Storage" in said
        assert "The receiver reports an error of its own." in said
        assert "This address has failed 1 time" in said
        sent = Delivery.objects.for_agency(agency).get()
        assert "no room" in owner.get(at(agency, "message", sent.pk)).content.decode()

    @pytest.mark.parametrize("fields", [{"status": "INACTIVE"}, {"disabled_at": timezone.now()}])
    def test_where_nothing_is_sent_no_test_is(self, agency, browser, fields):
        made = webhook(agency, **fields)
        answer = browser(agency).post(at(agency, "test", made.pk), follow=True)
        assert "and no test either" in text(answer)
        assert not Delivery.objects.for_agency(agency).exists()

    @pytest.mark.parametrize("asked", ["", "x", "0", "9" * 30, "²", "-1"])
    def test_an_impossible_number_shows_none(self, agency, browser, asked):
        made = webhook(agency)
        page = browser(agency).get(at(agency, "detail", made.pk), {"test": asked})
        assert page.status_code == 200
        assert "delivery-" not in page.content.decode()

    def test_another_webhooks_message_is_not_shown(self, agency, browser):
        made, other = webhook(agency), message(webhook(agency))
        page = browser(agency).get(at(agency, "detail", made.pk), {"test": other.pk})
        assert "delivery-" not in page.content.decode()


class TestArrival:
    def fragment(self, browser, delivery):
        answer = browser(delivery.agency).get(at(delivery.agency, "arrival", delivery.pk))
        return "hx-get" in answer.content.decode(), answer.get("HX-Trigger"), text(answer)

    def test_it_asks_for_itself_until_it_was_tried(self, agency, browser):
        waiting = message(webhook(agency), State.WAITING)
        polls, told, said = self.fragment(browser, waiting)
        assert (polls, told) == (True, None)
        assert "It is sent within seconds" in said

    def test_once_it_has_arrived_the_page_is_told(self, agency, browser):
        polls, told, said = self.fragment(browser, message(webhook(agency)))
        assert (polls, told) == (False, "job-finished")
        assert "204 No Content · 0.25 s" in said
        assert "The receiver has taken the message." in said

    def test_a_first_failure_is_an_answer_too(self, agency, browser):
        later = timezone.now() + timedelta(minutes=5, seconds=30)
        tried = message(webhook(agency), State.WAITING, tries=1, due_at=later)
        attempt(tried, status=None, reason="certificate-expired")
        polls, told, said = self.fragment(browser, tried)
        assert (polls, told) == (False, "job-finished")
        assert "certificate has expired" in said
        assert "It is tried again in 5 minutes." in said

    def test_while_paused_nobody_waits(self, agency, browser):
        waiting = message(webhook(agency, status="INACTIVE"), State.WAITING)
        polls, told, said = self.fragment(browser, waiting)
        assert (polls, told) == (False, "job-finished")
        assert "the message waits" in said

    def test_one_that_is_sent_again_forgets_what_came_before(self, agency, browser):
        again = message(webhook(agency), State.WAITING)
        attempt(again, status=500)
        polls, _told, said = self.fragment(browser, again)
        assert polls
        assert "500" not in said


class TestLog:
    def rows(self, answer):
        return re.findall(r"messages/(\d+)/\">", answer.content.decode())

    def test_newest_first_a_page_at_a_time(self, agency, browser):
        made = webhook(agency)
        pks = [message(made).pk for _ in range(33)]
        page = browser(agency).get(at(agency, "detail", made.pk))
        assert self.rows(page) == [str(pk) for pk in reversed(pks[3:])]
        assert f"?before={pks[3]}#log" in page.content.decode()
        older = browser(agency).get(at(agency, "detail", made.pk), {"before": pks[3]})
        assert self.rows(older) == [str(pk) for pk in reversed(pks[:3])]
        assert "Older messages" not in text(older)

    def test_by_state_and_by_event(self, agency, browser):
        made = webhook(agency)
        failed = message(made, State.FAILED, kind=EventType.ESTATE_GONE)
        gone = message(made, kind=EventType.ESTATE_GONE)
        message(made)
        message(webhook(agency), State.FAILED)
        page = at(agency, "detail", made.pk)
        assert self.rows(browser(agency).get(page, {"state": "failed"})) == [str(failed.pk)]
        both = self.rows(browser(agency).get(page, {"type": "estate.gone"}))
        assert both == [str(gone.pk), str(failed.pk)]
        assert "No message matches" in text(browser(agency).get(page, {"type": "job.failed"}))
        assert len(self.rows(browser(agency).get(page, {"state": "nonsense"}))) == 3

    def test_the_number_of_queries_does_not_grow(self, agency, browser, django_assert_num_queries):
        made, owner = webhook(agency), browser(agency)
        for number in (1, 20):
            for _ in range(number):
                message(made)
            with django_assert_num_queries(8):
                owner.get(at(agency, "detail", made.pk))


class TestMessage:
    def test_it_shows_what_was_sent_and_each_try_in_words(self, agency, browser):
        failed = message(
            webhook(agency), State.FAILED, tries=8, body='{"type":"lead.created","data":{"id":"é<"}}'
        )
        attempt(failed, status=None, reason="time", seconds=15.0)
        attempt(failed, status=503, answer="<h1>Down & out</h1>")
        page = browser(agency).get(at(agency, "message", failed.pk))
        said = text(page)
        assert "&lt;h1&gt;Down &amp; out&lt;/h1&gt;" in page.content.decode()
        assert "&quot;id&quot;: &quot;é&lt;&quot;" in page.content.decode()
        assert said.index("503 Service Unavailable") < said.index("No answer 15.00 s")
        assert "No whole answer came in time" in said
        assert f"msg_{failed.event.public_id}" in said
        assert "It was tried for the last time" in said

    def test_it_is_sent_again(self, agency, browser):
        failed = message(webhook(agency), State.FAILED, tries=8)
        answer = browser(agency).post(at(agency, "again", failed.pk), follow=True)
        failed.refresh_from_db()
        assert (failed.state, failed.tries) == (State.WAITING, 0)
        assert "It is sent within seconds" in text(answer)
        assert "Send again" not in text(answer)
        assert actions(agency)[-1] == ("webhook.replayed", "Owner Agence Martin", {"messages": 1})

    def test_one_that_waits_is_not_sent_twice(self, agency, browser):
        waiting = message(webhook(agency), State.WAITING)
        answer = browser(agency).post(at(agency, "again", waiting.pk), follow=True)
        assert "This message is about to be sent already." in text(answer)

    def test_what_waits_for_its_next_try_is_sent_now(self, agency, browser):
        made, later = webhook(agency), timezone.now() + timedelta(hours=5)
        late = [message(made, State.WAITING, due_at=later, tries=4) for _ in range(3)]
        page = browser(agency).get(at(agency, "message", late[0].pk))
        assert "Send now" in text(page)
        browser(agency).post(at(agency, "again", late[0].pk))
        page = browser(agency).get(at(agency, "detail", made.pk))
        assert "Send the 2 messages that wait now" in text(page)
        answer = browser(agency).post(at(agency, "send_waiting", made.pk), follow=True)
        assert "2 messages are sent now." in text(answer)
        assert "that wait now" not in text(answer)
        assert "No message waits." in text(
            browser(agency).post(at(agency, "send_waiting", made.pk), follow=True)
        )

    def test_one_that_another_owner_removed_is_not_found(self, agency, browser, monkeypatch):
        made = webhook(agency)
        monkeypatch.setattr(subscriptions, "subscription_of", lambda *_: made)
        Subscription.objects.for_agency(agency).delete()
        for name, form in (("change", FORM | {"status": "ACTIVE"}), ("renew_secret", {}), ("remove", {})):
            assert browser(agency).post(at(agency, name, made.pk), form).status_code == 404

    def test_nothing_was_sent_yet(self, agency, browser):
        waiting = message(webhook(agency), State.WAITING)
        assert "Nothing yet" in text(browser(agency).get(at(agency, "message", waiting.pk)))

    def test_what_was_erased_is_said_to_be(self, agency, browser):
        erased = message(webhook(agency), body="")
        assert "somebody who has been erased" in text(browser(agency).get(at(agency, "message", erased.pk)))


class TestReplay:
    @pytest.fixture
    def made(self, agency):
        agency.time_zone = "Europe/Paris"
        agency.save()
        return webhook(agency)

    def asked(self, which="yes", since="2026-11-27T10:00", until="2026-11-27T12:00"):
        return {"since": since, "until": until, "failed_only": which}

    @time_machine.travel("2026-11-28T08:00:00Z", tick=False)
    def test_in_the_agencys_time_first_counted_then_sent(self, agency, made, browser):
        inside = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
        lost = message(made, State.FAILED, at=inside)
        message(made, State.DELIVERED, at=inside)
        message(made, State.WAITING, at=inside)
        message(made, State.FAILED, at=inside + timedelta(hours=2))
        message(webhook(agency), State.FAILED, at=inside)
        owner, page = browser(agency), at(agency, "replay", made.pk)
        assert "Send 1 message again" in text(owner.get(page, self.asked()))
        assert "Send 2 messages again" in text(owner.get(page, self.asked("no")))
        answer = owner.post(page, self.asked(), follow=True)
        assert answer.redirect_chain == [(at(agency, "detail", made.pk), 302)]
        assert "1 message is sent again." in text(answer)
        waiting = Delivery.objects.for_agency(agency).filter(state=State.WAITING, tries=0, subscription=made)
        assert lost.pk in waiting.values_list("pk", flat=True)
        assert waiting.count() == 2
        trail = text(owner.get(reverse("accounts:trail", args=[agency.slug])))
        window = "Of what happened: Nov. 27, 2026, 10 a.m. → Nov. 27, 2026, 12:00 p.m."
        assert window in trail.replace("noon", "12:00 p.m.")

    @time_machine.travel("2026-11-28T08:00:00Z", tick=False)
    def test_where_there_is_none_it_says_so(self, agency, made, browser):
        owner, page = browser(agency), at(agency, "replay", made.pk)
        counted = owner.get(page, self.asked())
        assert "There is no such message of that time" in text(counted)
        assert counted.content.decode().count("<form") == owner.get(page).content.decode().count("<form")
        before = len(actions(agency))
        assert "There was no message to send again." in text(owner.post(page, self.asked(), follow=True))
        assert len(actions(agency)) == before


class TestRemove:
    def test_it_says_what_is_lost_and_does_it(self, agency, browser):
        made, owner = webhook(agency), browser(agency)
        message(made, State.WAITING)
        page = owner.get(at(agency, "remove", made.pk))
        assert "1 message that waits is never sent." in text(page)
        assert f"Remove {URL}" in text(page)
        answer = owner.post(at(agency, "remove", made.pk), follow=True)
        assert "nothing is sent there any more" in text(answer)
        assert not Subscription.objects.for_agency(agency).exists()
        assert actions(agency)[-1][0] == "webhook.removed"
        assert owner.post(at(agency, "remove", made.pk)).status_code == 404
