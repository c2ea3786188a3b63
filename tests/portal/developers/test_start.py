"""The page that says how to begin: its code is taken off the page and run, against a portal that answers."""

import json
import time

import pytest
from django.db import transaction
from django.db.models.signals import post_save
from django.urls import reverse

from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.connections.models import ConnectionKey
from estates.connections.vault import seal
from estates.jobs.models import Job
from estates.jobs.work import work
from estates.leads.models import SentLead
from estates.remotes.secret import Secret
from portal.api import pace
from portal.templatetags.developers import files
from tests.portal.developers.conftest import FIRST

PAGE = "/developers/"


@pytest.fixture
def codes(reader) -> dict[str, str]:
    """The code on the page; the helper that other examples import lies in the reader's folder."""
    found = reader.codes(PAGE)
    (reader.folder / "passerelle.py").write_text(found["passerelle.py"])
    return found


@pytest.fixture
def ran(reader, codes):
    """`ran("x.sh")` runs what the page shows under that name, and gives what it printed."""

    def do(name, **environment) -> str:
        done = reader.run(name, codes[name], **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return do


def test_every_file_of_code_is_on_the_page_in_both_languages(reader, codes):
    assert {name: text for name, text in codes.items() if name != "setup.sh"} == files()
    assert reader.codes(PAGE, "fr") == codes


def test_what_is_exported_first_leads_to_this_portal(reader, codes):
    text = codes["setup.sh"].replace("psl_…", reader.token) + "\n" + codes["first_call.sh"]
    done = reader.run("both.sh", text, PASSERELLE_URL="", PASSERELLE_KEY="")
    assert json.loads(done.stdout)["total"] == 3


class TestFirstCall:
    def test_curl(self, ran):
        assert [one["id"] for one in json.loads(ran("first_call.sh"))["data"]] == [FIRST, "e2"]

    def test_python(self, ran):
        assert ran("first_call.py") == f"{FIRST} REF-3\ne2 REF-2\n"

    @pytest.mark.parametrize("name", ["first_call.sh", "first_call.py"])
    def test_with_a_wrong_key_they_fail(self, reader, codes, name):
        done = reader.run(name, codes[name], PASSERELLE_KEY="psl_wrong")
        assert done.returncode != 0
        assert "401" in done.stdout + done.stderr


class TestErrors:
    def test_curl(self, ran):
        body, code = ran("error.sh").strip().rsplit("\n", 1)
        told = json.loads(body)
        assert (told["statusCode"], told["message"][0][:6], code) == (422, "limit:", "422")

    def test_python(self, ran):
        assert ran("error.py").startswith("422 limit: ")


@pytest.mark.parametrize(("name", "calls"), [("pace.sh", 2), ("pace.py", 3)])
def test_who_is_too_fast_waits_as_long_as_it_is_told(ran, monkeypatch, settings, name, calls):
    """One call in two seconds, and one has been made: without waiting none of them would succeed."""
    monkeypatch.setattr(pace, "WINDOW", 2)
    settings.API_CALLS_A_MINUTE = 1
    while time.time() % 2 > 0.2:
        time.sleep(0.05)
    ran("first_call.sh")
    printed = ran(name)
    if name == "pace.sh":
        assert "429 Too Many Requests" in printed
        assert "200 OK" in printed
    else:
        assert [line.split()[:2] for line in printed.splitlines()] == [
            [str(number), "200"] for number in range(calls)
        ]


class TestChanges:
    def test_curl(self, ran):
        told = json.loads(ran("changes.sh"))
        assert {one["id"] for one in told["data"]} == {FIRST, "e2", "e3"}
        assert [one["id"] for one in told["gone"]] == ["e4"]

    def test_python_keeps_a_copy(self, agency, reader, ran, codes):
        codes["changes.py"] = codes["changes.py"].replace('"limit": 100', '"limit": 2')
        assert ran("changes.py").startswith("3 estates as of")
        Estate.objects.for_agency(agency).filter(remote_id="e3").delete()
        Estate.objects.for_agency(agency).filter(remote_id="e2").update(
            gone_at=Estate.objects.for_agency(agency).get(remote_id="e2").changed_at
        )
        assert ran("changes.py").startswith("2 estates as of")
        held = json.loads((reader.folder / "estates.json").read_text())
        assert held["estates"].keys() == {FIRST, "e3"}, "what was never said to be gone stays"


class TestEtag:
    def test_curl(self, reader, ran):
        assert [ran("etag.sh").strip() for _ in range(2)] == ["200", "304"]
        assert json.loads((reader.folder / "estates-page.json").read_text())["total"] == 3

    def test_python(self, ran):
        assert ran("etag.py") == "304 0\n"


class TestLead:
    def test_curl(self, agency, ran):
        assert json.loads(ran("lead.sh")) == json.loads(ran("lead.sh"))
        assert SentLead.objects.for_agency(agency).count() == 1

    def test_python(self, agency, ran):
        first, second = ran("lead.py").splitlines()
        assert (first.split()[1], second.split()[1]) == ("false", "true")
        assert SentLead.objects.for_agency(agency).count() == 1


class TestBuyer:
    @pytest.fixture
    def account(self, reader, box, monkeypatch):
        """Ts-Immo, which knows the estate; and a worker that takes each job at once."""
        account = box.account("martin")
        known = {FIRST: account.estates[0]}
        monkeypatch.setattr(account.stock, "get", known.get)
        ConnectionKey.objects.filter(connection__system="ts_immo").update(
            ciphertext=seal(Secret(account.key)), last_four=account.key[-4:]
        )

        def worked(instance, created, **kwargs):
            if created:
                transaction.on_commit(lambda: work(instance.pk))

        post_save.connect(worked, sender=Job)
        yield account
        post_save.disconnect(worked, sender=Job)

    def test_curl(self, account, ran):
        assert json.loads(ran("buyer.sh"))["id"] == FIRST
        (got,) = account.leads.values()
        assert (got.buyer["lastname"], got.submissions) == ("Dupont", 1)

    def test_python(self, account, ran):
        assert [ran("buyer.py") for _ in range(2)] == ["done \n"] * 2
        assert [got.submissions for got in account.leads.values()] == [1]


# The example of the specification, whose signature others have computed.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
BODY = '{"test": 2432232314}'


class TestWebhook:
    @pytest.fixture
    def is_genuine(self, codes, monkeypatch):
        room: dict = {}
        exec(compile(codes["webhook.py"], "webhook.py", "exec"), room)  # noqa: S102
        monkeypatch.setattr(time, "time", lambda: 1614265330 + 60)
        return room["is_genuine"]

    def test_python_takes_what_is_genuine(self, is_genuine):
        assert is_genuine(SECRET, MESSAGE, BODY.encode())
        renewed = MESSAGE | {"webhook-signature": f"v1,AAAA {MESSAGE['webhook-signature']} v2,x"}
        assert is_genuine(SECRET, renewed, BODY.encode())

    @pytest.mark.parametrize(
        "changed",
        [
            {"webhook-id": "msg_other"},
            {"webhook-timestamp": "1614265331"},
            {"webhook-signature": "v1,AAAA"},
            {"webhook-signature": MESSAGE["webhook-signature"][3:]},
            {"webhook-signature": ""},
        ],
    )
    def test_python_takes_nothing_else(self, is_genuine, changed):
        assert not is_genuine(SECRET, MESSAGE | changed, BODY.encode())
        assert not is_genuine(SECRET, MESSAGE, BODY.encode() + b" ")

    def test_python_takes_nothing_old(self, is_genuine, monkeypatch):
        monkeypatch.setattr(time, "time", lambda: 1614265330 + 301)
        assert not is_genuine(SECRET, MESSAGE, BODY.encode())

    def shell(self, reader, codes, **changed):
        known = {
            "SECRET": SECRET,
            "ID": MESSAGE["webhook-id"],
            "TIMESTAMP": MESSAGE["webhook-timestamp"],
            "SIGNATURE": MESSAGE["webhook-signature"],
            "BODY": BODY,
        }
        return reader.run("webhook.sh", codes["webhook.sh"], **(known | changed))

    def test_the_shell(self, reader, codes):
        assert self.shell(reader, codes).stdout == "genuine\n"
        forged = self.shell(reader, codes, BODY=BODY + "x")
        assert (forged.returncode, forged.stdout) == (1, "forged\n")


class TestPage:
    def test_anybody_may_read_it(self, client, db):
        text = client.get(PAGE).content.decode()
        assert reverse("developers:reference") in text
        assert "An owner of the agency makes it" in text

    def test_an_owner_is_led_to_where_keys_are_made(self, agency, browser):
        link = reverse("accounts:partner_keys", args=[agency.slug])
        assert link in browser(agency, Role.OWNER).get(PAGE).content.decode()
        assert link not in browser(agency, Role.AGENT).get(PAGE).content.decode()

    def test_where_keys_are_made_it_is_named(self, agency, browser):
        shown = browser(agency).get(reverse("accounts:partner_keys", args=[agency.slug])).content.decode()
        assert PAGE in shown
        assert reverse("developers:reference") in shown

    def test_only_to_be_read(self, client, db):
        assert client.post(PAGE).status_code == 405
