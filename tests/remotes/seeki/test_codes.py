"""The codes and states of the guide, and those that nobody has heard of."""

import pytest

from estates.remotes.seeki_codes import CURES, Code, Cure, Progress, cure_of, progress_of

DOCUMENTED = """
    MISSING_AUTHORIZATION INVALID_KEY SUBSCRIPTION_INACTIVE PAYLOAD_TOO_LARGE TOO_MANY_ITEMS VALIDATION_FAILED
    GEOCODE_ADDRESS_NOT_FOUND GEOCODE_COORDINATES_INVALID INFRA_QUEUE_REJECTED INFRA_LOST INTERNAL_ERROR
"""


def test_every_documented_code_is_known_and_has_a_cure():
    assert set(Code) == set(DOCUMENTED.split()) == set(CURES)


@pytest.mark.parametrize(
    ("code", "cure"),
    [
        ("INFRA_QUEUE_REJECTED", Cure.RESEND),
        ("INTERNAL_ERROR", Cure.RESEND),
        ("INFRA_LOST", Cure.RETRY_BY_ID),
        ("VALIDATION_FAILED", Cure.PERSON),
        ("GEOCODE_ADDRESS_NOT_FOUND", Cure.PERSON),
        ("GEOCODE_COORDINATES_INVALID", Cure.PERSON),
        ("SUBSCRIPTION_INACTIVE", Cure.ACCOUNT),
        ("INVALID_KEY", Cure.ACCOUNT),
        ("MISSING_AUTHORIZATION", Cure.ACCOUNT),
        ("PAYLOAD_TOO_LARGE", Cure.SPLIT),
        ("TOO_MANY_ITEMS", Cure.SPLIT),
        ("DUPLICATE_IMAGES", Cure.PERSON),
        ("", Cure.PERSON),
    ],
)
def test_what_helps(code, cure):
    assert cure_of(code) is cure


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress.DONE, ["completed", "succeeded", "published", " Completed "]),
        (
            Progress.FAILED,
            ["failed", "rejected", "error", "infra_lost", "INFRA_LOST", "geocode-address-not-found"],
        ),
        (Progress.RUNNING, ["queued", "pending", "processing", "running", "In Progress", "in-progress"]),
        (Progress.UNKNOWN, ["", "paused", "complete-ish", "completed?", "7"]),
    ],
)
def test_how_far_a_status_has_come(progress, words):
    assert {progress_of(word) for word in words} == {progress}


@pytest.mark.parametrize("code", Code)
def test_an_error_code_as_a_status_is_a_failure(code):
    assert progress_of(code.lower()) is Progress.FAILED
