from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Scope
from accounts.partners import keys
from estates.webhooks.giving_up import GIVE_UP_AFTER
from estates.webhooks.models import Delivery
from estates.webhooks.pages.cards import DAYS, HEIGHT, cards
from estates.webhooks.pages.standing import State as Stands
from estates.webhooks.pages.standing import standing_of
from tests.webhooks.making import message, webhook

State = Delivery.State


def card(subscription):
    (found,) = cards(subscription.agency, [subscription])
    return found


def numbers(day) -> dict:
    return {part.state: part.number for part in day.parts}


class TestStanding:
    def test_what_a_row_says(self, agency):
        now = timezone.now()
        assert standing_of(webhook(agency)).state == Stands.ACTIVE
        assert standing_of(webhook(agency, failing_since=now)).state == Stands.FAILING
        assert standing_of(webhook(agency, failing_since=now, disabled_at=now)).state == Stands.SWITCHED_OFF
        assert standing_of(webhook(agency, status="INACTIVE", disabled_at=now)).state == Stands.PAUSED

    def test_a_key_must_work_or_the_one_that_replaced_it(self, agency, member):
        key, _token = keys.make(agency, None, name="x", scopes=[Scope.WEBHOOKS])
        made = webhook(agency, partner_key=key)
        heir, _token = keys.renew(key, member(agency))
        keys.revoke(key, member(agency))
        assert standing_of(made).is_sending
        keys.revoke(heir, member(agency))
        assert standing_of(made).state == Stands.KEYLESS
        assert not standing_of(made).is_sending

    def test_when_it_is_tried_again_and_when_it_is_given_up(self, agency):
        now = timezone.now()
        rests = webhook(agency, failing_since=now, rests_until=now + timedelta(minutes=5))
        assert standing_of(rests).rests_until == rests.rests_until
        assert standing_of(rests).gives_up_at == now + GIVE_UP_AFTER
        with time_machine.travel(now + timedelta(minutes=6)):
            assert standing_of(rests).rests_until is None
        works = standing_of(webhook(agency))
        assert (works.rests_until, works.gives_up_at) == (None, None)


class TestCards:
    def test_days_are_the_agencys(self, agency, other_agency):
        other_agency.time_zone = "America/Martinique"
        made, elsewhere = webhook(agency), webhook(other_agency)
        late = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
        message(made, at=late)
        message(elsewhere, at=late)
        with time_machine.travel("2026-11-28T12:00:00Z", tick=False):
            with timezone.override("Europe/Paris"):
                days = card(made).days
            assert (len(days), days[-1].day.isoformat()) == (DAYS, "2026-11-28")
            assert numbers(days[-1])[State.DELIVERED] == 1
            assert numbers(card(elsewhere).days[-2])[State.DELIVERED] == 1

    def test_the_picture_ends_after_two_weeks_what_waits_does_not(self, agency):
        made, long_ago = webhook(agency), timezone.now() - timedelta(days=20)
        message(made, State.WAITING, at=long_ago)
        message(made, at=long_ago)
        found = card(made)
        assert (found.messages, found.waiting, found.delivered_at) == (0, 1, long_ago)

    @pytest.mark.parametrize(("delivered", "failed"), [(1, 1), (90, 1), (3, 40), (0, 2)])
    def test_bars_stand_on_each_other_within_the_picture(self, agency, delivered, failed):
        made = webhook(agency)
        for state, number in ((State.DELIVERED, delivered), (State.FAILED, failed)):
            for _ in range(number):
                message(made, state)
        ground, height = HEIGHT, 0
        for part in card(made).days[-1].parts:
            assert part.top + part.tall == ground
            assert bool(part.tall) == bool(part.number)
            ground, height = part.top, height + part.tall
        assert ground >= 0
        assert height >= HEIGHT - 3

    def test_what_needs_somebody_comes_first(self, agency):
        now = timezone.now()
        made = [
            webhook(agency),
            webhook(agency, status="INACTIVE"),
            webhook(agency, failing_since=now, disabled_at=now),
            webhook(agency, failing_since=now),
        ]
        states = [found.standing.state for found in cards(agency, made)]
        assert states == [Stands.SWITCHED_OFF, Stands.FAILING, Stands.ACTIVE, Stands.PAUSED]

    def test_another_agencys_messages_are_not_counted(self, agency, other_agency):
        message(webhook(other_agency))
        assert card(webhook(agency)).messages == 0
