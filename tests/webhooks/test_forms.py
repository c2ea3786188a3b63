from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from estates.webhooks.forms import LogForm, WebhookForm, WindowForm
from estates.webhooks.kinds import TEST, EventType
from tests.webhooks.making import URL, webhook

FORM = {"url": URL, "events": [EventType.LEAD_CREATED], "whole": "no"}
WINDOW = {"since": "2026-11-27T10:00", "until": "2026-11-27T12:00", "failed_only": "no"}


class TestWebhook:
    def test_cleaned_to_what_subscribe_takes(self):
        form = WebhookForm(FORM | {"url": f" {URL} ", "whole": "yes", "status": "INACTIVE"})
        assert form.is_valid(), form.errors
        assert form.cleaned_data == {"url": URL, "events": ["lead.created"], "whole": True}

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"url": ""}, "url"),
            ({"url": "nowhere"}, "url"),
            ({"url": "ftp://hooks.example.com/"}, "url"),
            ({"url": "http://hooks.example.com/"}, "url"),
            ({"url": "https://127.0.0.1/hooks"}, "url"),
            ({"url": "https://0x7f000001/"}, "url"),
            ({"url": "https://[::ffff:10.0.0.1]/"}, "url"),
            ({"url": "https://169.254.169.254/latest"}, "url"),
            ({"url": f"{URL}#part"}, "url"),
            ({"url": f"{URL}?{'x' * 500}"}, "url"),
            ({"events": []}, "events"),
            ({"events": ["lead.created", "lead.sold"]}, "events"),
            ({"events": [TEST]}, "events"),
            ({"whole": "perhaps"}, "whole"),
            ({"whole": ""}, "whole"),
        ],
    )
    def test_refuses(self, fields, wrong):
        assert list(WebhookForm(FORM | fields).errors) == [wrong]

    def test_what_an_operator_named_may_be_without_https(self, settings):
        settings.SITE_ADDRESSES = "http://hooks.example=127.0.0.1:8908"
        assert WebhookForm(FORM | {"url": "http://hooks.example/x"}).is_valid()

    def test_a_public_number_is_an_address(self):
        assert WebhookForm(FORM | {"url": "https://93.184.215.14/hooks"}).is_valid()

    def test_one_that_is_changed_has_a_status(self, agency):
        form = WebhookForm.of(webhook(agency), FORM | {"status": "INACTIVE"})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["status"] == "INACTIVE"
        assert list(WebhookForm.of(webhook(agency), FORM).errors) == ["status"]

    def test_every_event_stands_under_its_noun(self):
        groups = dict(WebhookForm().events_by_noun())
        assert {str(noun): len(boxes) for noun, boxes in groups.items()} == {
            "Leads": 3,
            "Estates": 3,
            "Sites": 1,
            "Support tickets": 1,
            "Jobs": 1,
        }
        assert sum(map(len, groups.values())) == len(EventType)


class TestLog:
    def test_nothing_asked_filters_nothing(self):
        form = LogForm({})
        assert (form.conditions(), form.before_id) == ({}, None)

    def test_look_ups(self):
        form = LogForm({"state": "failed", "type": TEST, "before": "9"})
        assert form.conditions() == {"state": "failed", "event__type": TEST}
        assert form.before_id == 9

    def test_what_cannot_be_read_filters_nothing(self):
        form = LogForm({"state": "x", "type": "lead.sold", "before": str(2**63)})
        assert (form.conditions(), form.before_id) == ({}, None)


class TestWindow:
    @pytest.fixture(autouse=True)
    def today(self):
        with time_machine.travel("2026-11-28T08:00:00Z", tick=False):
            yield

    def clean(self, **fields):
        with timezone.override("Europe/Paris"):
            form = WindowForm(WINDOW | fields)
            form.full_clean()
            return form

    def test_the_agencys_time_with_its_last_minute(self):
        found = self.clean().cleaned_data
        assert found["since"] == datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
        assert found["until"] == datetime(2026, 11, 27, 11, 0, 59, 999_999, tzinfo=UTC)
        assert found["failed_only"] is False

    def test_the_future_ends_now(self):
        assert self.clean(until="9999-12-31T23:59").cleaned_data["until"] == timezone.now()

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"since": "2026-10-20T00:00"}, "since"),
            ({"since": "0001-01-01T00:00"}, "since"),
            ({"since": "2026-11-27T13:00"}, "until"),
            ({"until": "0001-01-01T00:00"}, "until"),
            ({"until": "tomorrow"}, "until"),
            ({"failed_only": "some"}, "failed_only"),
        ],
    )
    def test_refuses(self, fields, wrong):
        assert list(self.clean(**fields).errors) == [wrong]
