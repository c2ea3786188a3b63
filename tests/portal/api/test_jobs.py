import pytest

from accounts.models import Scope
from estates.jobs.models import Job, Status


@pytest.fixture
def job(agency):
    return Job.objects.create(
        agency=agency,
        kind="catalogue.sync",
        status=Status.FAILED,
        error="no",
        error_kind="refused",
        evidence=b"raw",
    )


def test_how_a_job_stands(agency, job, partner):
    answer = partner(agency, Scope.FEEDS_WRITE).get(f"/api/v1/jobs/{job.pk}")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["id"], told["status"], told["error"], told["errorKind"]) == (
        job.pk,
        "failed",
        "no",
        "refused",
    )
    assert "raw" not in answer.content.decode()


def test_foreign_and_unknown_ones_do_not_exist(agency, other_agency, job, partner):
    for client, pk in ((partner(other_agency), job.pk), (partner(agency), 2**62), (partner(agency), 0)):
        assert client.get(f"/api/v1/jobs/{pk}").status_code == 404


@pytest.mark.parametrize("pk", ["x", "1e3", "99999999999999999999999"])
def test_what_is_no_number(agency, partner, pk):
    answer = partner(agency).get(f"/api/v1/jobs/{pk}")
    assert answer.status_code in (404, 422)
    assert answer.json()["statusCode"] == answer.status_code
