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
