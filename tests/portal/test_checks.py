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


def deployed(check_id: str, **kwargs) -> list:
    return [
        message for message in run_checks(include_deployment_checks=True, **kwargs) if message.id == check_id
    ]


def test_who_deploys_is_told_that_the_database_keeps_nobody_apart(settings):
    settings.DATABASE_ROLE = ""
    (warning,) = deployed("portal.W001")
    assert "migrate" in warning.hint
    assert found("portal.W001") == []
    settings.DATABASE_ROLE = "passerelle_portal"
    assert deployed("portal.W001") == []


@pytest.mark.parametrize(
    ("role", "gaps", "said"), [("r", ["jobs_job"], 1), ("r", [], 0), ("", ["jobs_job"], 0)]
)
def test_a_wall_with_a_gap_is_an_error_where_the_database_may_be_asked(
    settings, monkeypatch, db, role, gaps, said
):
    monkeypatch.setattr("portal.checks.gaps", lambda: gaps)
    settings.DATABASE_ROLE = role
    assert deployed("portal.E004") == []
    assert len(deployed("portal.E004", databases=["default"])) == said
