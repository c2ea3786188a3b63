"""Pictures, asked for as anybody on the internet would."""

from datetime import timedelta

import pytest
from django.utils import timezone

from estates.catalogue.models import Estate
from estates.connections.web import web_client
from estates.jobs.models import Job
from estates.jobs.work import run_now
from estates.syndication.forecast import pictures
from estates.syndication.forecast.looks import digest_of, is_due, looks_of, start_pictures
from estates.syndication.models import Listing, PictureLook
from tests.syndication.judging.conftest import plan_of
from tests.websites import Answer, websites

pytestmark = pytest.mark.django_db
HOST = "https://photos.martin.example"


@pytest.fixture
def host(settings, tmp_path):
    """The server of the agency's pictures: 1.jpg answers, what is not scripted is 404."""
    with websites(tmp_path) as web:
        site = web.site("photos.martin.example")
        dialled = web.addresses.items()
        settings.SITE_ADDRESSES = ",".join(
            f"{scheme}://{name}:{port}={address}:{at}" for (scheme, name, port), (address, at) in dialled
        )
        settings.SITE_CA_FILE = web.ca_file
        site.answers("/1.jpg", Answer(headers={"Content-Type": "image/jpeg"}, body=b"\xff\xd8" + b"x" * 5000))
        yield site


def ask_for_pictures(agency):
    job = run_now(start_pictures(agency))
    assert (job.status, job.error) == ("done", "")


def looked(agency):
    rows = PictureLook.objects.for_agency(agency)
    return {row.address.removeprefix(HOST): (row.answers, row.words) for row in rows}


def test_pictures_that_answer_and_pictures_that_do_not(plan, agency, add_estate, look, host):
    host.answers("/page", Answer(headers={"Content-Type": "text/html"}, body=b"<p>Bonjour"))
    host.answers("/untyped", Answer(body=b"\xff\xd8"))
    paths = ("/1.jpg", "/2.jpg", "/page", "/untyped")
    add_estate(agency, images=[f"{HOST}{path}" for path in paths])
    look(plan)
    ask_for_pictures(agency)
    found = looked(agency)
    assert [found[path][0] for path in paths] == [True, False, False, True]
    assert found["/2.jpg"][1] == "HTTP 404"
    assert found["/page"][1] == "Not a picture: text/html"
    row = look(plan)["remote-1"]
    assert (row.verdict, row.reasons) == ("better", [["pictures_silent", "images", "2/4"]])


def test_what_is_not_public_is_never_asked(plan, agency, add_estate, look):
    add_estate(
        agency, images=["http://127.0.0.1/1.jpg", "http://169.254.169.254/latest/1.jpg", "http://a b/"]
    )
    look(plan)
    ask_for_pictures(agency)
    rows = PictureLook.objects.for_agency(agency)
    assert {row.answers for row in rows} == {False}
    assert len(rows) == 3
    assert all(row.words for row in rows)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://",
        "http://[::1",
        "http://a:99999999/",
        "https://a..b/",
        "https://\udcff/",
        "//a.example/1.jpg",
    ],
)
def test_no_address_is_too_odd_to_be_asked(address):
    with web_client() as client:
        answer = pictures.ask(client, address)
    assert not answer.answers
    assert answer.words


def test_a_change_of_answers_starts_a_look_and_no_change_starts_none(plan, agency, add_estate, look, host):
    add_estate(agency, images=[f"{HOST}/1.jpg"])
    look(plan)
    ask_for_pictures(agency)
    assert not open_looks(agency)
    add_estate(agency, images=[f"{HOST}/2.jpg"])
    look(plan)
    ask_for_pictures(agency)
    assert open_looks(agency)
    assert look(plan)["remote-2"].verdict == "better"
    host.answers("/2.jpg", Answer(headers={"Content-Type": "image/png"}))
    age(agency, days=2)
    ask_for_pictures(agency)
    assert look(plan)["remote-2"].verdict == "ready"


def open_looks(agency):
    return Job.objects.for_agency(agency).filter(kind="syndication.look", status="queued").exists()


def age(agency, days):
    PictureLook.objects.for_agency(agency).update(looked_at=timezone.now() - timedelta(days=days))


def test_only_what_is_due_is_asked_for_again(plan, agency, add_estate, look, host):
    add_estate(agency, images=[f"{HOST}/1.jpg", f"{HOST}/2.jpg"])
    look(plan)
    for days, asked in (
        (0, ["/1.jpg", "/2.jpg"]),
        (0.9, []),
        (1.1, ["/2.jpg"]),
        (14.1, ["/1.jpg", "/2.jpg"]),
    ):
        host.asked.clear()
        age(agency, days)
        ask_for_pictures(agency)
        assert sorted(each.path for each in host.asked) == asked


def test_the_pictures_of_what_nobody_publishes_are_left_alone(
    plan, agency, other_agency, add_estate, look, host
):
    add_estate(agency, images=[f"{HOST}/1.jpg"], city="Nice")
    theirs = plan_of(other_agency)
    add_estate(other_agency, images=[f"{HOST}/1.jpg"])
    look(plan)
    plan.rules, plan.version = {"cities": ["Lyon"]}, 1
    plan.save()
    assert not look(plan)["remote-1"].wanted
    look(theirs)
    ask_for_pictures(agency)
    assert host.asked == []
    ask_for_pictures(other_agency)
    assert looked(agency) == {}
    assert looked(other_agency) == {"/1.jpg": (True, "")}


def test_an_estate_has_ten_pictures_asked_for(plan, agency, add_estate, look, host):
    add_estate(agency, images=[f"{HOST}/{number}.jpg" for number in range(30)])
    look(plan)
    ask_for_pictures(agency)
    assert len(looked(agency)) == 10


def test_it_goes_on_in_slices(plan, agency, add_estate, look, host, settings, monkeypatch):
    monkeypatch.setattr(pictures, "BATCH", 1)
    for name in ("2.jpg", "3.jpg", "1.jpg"):
        add_estate(agency, images=[f"{HOST}/{name}"])
    look(plan)
    settings.JOB_SLICE_SECONDS = 0
    ask_for_pictures(agency)
    assert len(looked(agency)) == 3
    assert open_looks(agency)


def test_columns_that_hold_something_else_are_survived(plan, agency, add_estate, look, host):
    estate = add_estate(agency)
    look(plan)
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(images={"url": 1})
    ask_for_pictures(agency)
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(
        images=[None, 5, HOST + "x" * 2000, f"{HOST}/1.jpg"]
    )
    ask_for_pictures(agency)
    assert looked(agency) == {"/1.jpg": (True, "")}


def test_looks_are_found_by_address_and_agency(agency, other_agency):
    address = f"{HOST}/1.jpg"
    for of in (agency, other_agency):
        PictureLook.objects.create(
            agency=of, address=address, digest=digest_of(address), answers=of == agency
        )
    found = looks_of(agency, [address, f"{HOST}/2.jpg"])
    assert {at: look.answers for at, look in found.items()} == {address: True}
    assert looks_of(agency, []) == {}


@pytest.mark.parametrize(
    ("answers", "days", "due"), [(True, 13, False), (True, 14, True), (False, 0.5, False), (False, 1, True)]
)
def test_when_a_picture_is_due(answers, days, due):
    now = timezone.now()
    assert is_due(PictureLook(answers=answers, looked_at=now - timedelta(days=days)), now) is due


def test_what_was_never_looked_at_is_due():
    now = timezone.now()
    assert is_due(None, now)
    assert is_due(PictureLook(answers=None, looked_at=now), now)
    assert is_due(PictureLook(answers=True), now)


def test_a_picture_of_a_row_that_was_deleted_meanwhile_harms_nothing(plan, agency, add_estate, look, host):
    add_estate(agency, images=[f"{HOST}/1.jpg"])
    look(plan)
    Listing.objects.for_agency(agency).delete()
    ask_for_pictures(agency)
    assert looked(agency) == {}
