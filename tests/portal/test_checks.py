"""Mistakes in the settings are told before anything starts, with what to do about them."""

import pytest
from django.core.checks import run_checks


def found(check_id: str) -> list:
    return [message for message in run_checks() if message.id == check_id]


@pytest.mark.parametrize("given", ["json", "line"])
def test_formats_of_the_log_that_there_are(settings, given):
    settings.LOG_FORMAT = given
    assert found("portal.E001") == []


def test_a_format_of_the_log_that_there_is_not(settings):
    settings.LOG_FORMAT = "xml"
    (error,) = found("portal.E001")
    assert error.is_serious()
    assert "json, line" in error.hint


@pytest.mark.parametrize("given", ["", "k" * 20])
def test_no_key_to_the_metrics_or_a_long_one(settings, given):
    settings.METRICS_KEY = given
    assert found("portal.E002") == []


def test_a_key_to_the_metrics_that_can_be_guessed_is_an_error_that_does_not_quote_it(settings):
    settings.METRICS_KEY = "prom123"
    (error,) = found("portal.E002")
    assert error.is_serious()
    assert "token_urlsafe" in error.hint
    assert "prom123" not in f"{error.msg}{error.hint}"


@pytest.mark.parametrize("given", ["", "https://0123456789abcdef@sentry.example/12"])
def test_no_sentry_or_a_usable_one(settings, given):
    settings.SENTRY_DSN = given
    assert found("portal.E003") == []


def test_an_address_that_no_error_could_be_reported_to(settings):
    settings.SENTRY_DSN = "sentry.example/12"
    (error,) = found("portal.E003")
    assert error.is_serious()
    assert "Client Keys" in error.hint
