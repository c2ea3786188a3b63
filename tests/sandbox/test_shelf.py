"""Plugins that a publisher changes, rightly and wrongly, and archives that nobody should unpack."""

import io
import zipfile
from hashlib import sha256

import pytest
import requests

from portal.sandbox.ts_immo.hostile import HOSTILE
from portal.sandbox.ts_immo.plugins import PLUGINS

DOMAIN = "www.agence-martin.example"
SLUG = "ts-immo-sync"


@pytest.fixture
def shelf(box):
    return box.account("martin").plugins


@pytest.fixture
def listed(martin):
    """`listed()` is what the account is told of the plugin, `None` where it is told nothing."""

    def get(slug=SLUG):
        described = martin.get("/plugins/plugins", params={"domain": DOMAIN}).json()
        return next((plugin for plugin in described if plugin["name"] == slug), None)

    return get


@pytest.fixture
def fetched(martin, listed):
    return lambda: martin.get(listed()["file_url"], params={"domain": DOMAIN}).content


def signature(archive):
    return f"sha256:{sha256(archive).hexdigest()}"


def test_a_new_version_has_other_bytes_and_its_own_signature(shelf, listed, fetched):
    before = listed()
    shelf.publish(SLUG, version="2.2.0", shortcodes=("ts_immo_listings", "ts_immo_agents"))
    now = listed()
    assert (now["id"], now["version"]) == (before["id"], "2.2.0")
    assert now["shortcodes"] == ["ts_immo_listings", "ts_immo_agents"]
    assert now["signature"] == signature(fetched()) != before["signature"]
    with zipfile.ZipFile(io.BytesIO(fetched())) as archive:
        assert "Version: 2.2.0" in archive.read(f"{SLUG}/{SLUG}.php").decode()


def test_another_plugin_can_be_published_and_withdrawn(shelf, listed):
    shelf.publish("ts-immo-quiz", version="0.1")
    assert listed("ts-immo-quiz")["version"] == "0.1"
    shelf.withdraw("ts-immo-quiz")
    assert listed("ts-immo-quiz") is None
    with pytest.raises(KeyError):
        shelf.withdraw("ts-immo-quiz")


def test_a_repacked_version_is_signed_rightly(shelf, listed, fetched):
    before = listed()
    shelf.repack(SLUG)
    assert listed()["version"] == before["version"]
    assert listed()["signature"] == signature(fetched()) != before["signature"]


def test_a_wrong_signature_is_of_other_bytes_until_it_is_mended(shelf, listed, fetched):
    before = listed()
    shelf.sign_wrongly(SLUG)
    assert listed()["signature"] not in (before["signature"], signature(fetched()))
    assert signature(fetched()) == before["signature"]
    shelf.mend(SLUG)
    assert listed() == before


def test_accounts_have_shelves_of_their_own(box, shelf, caller):
    shelf.withdraw(SLUG)
    others = caller(box, "riviera").get("/plugins/plugins", params={"domain": DOMAIN}).json()
    assert [plugin["name"] for plugin in others] == [plugin.slug for plugin in PLUGINS]


@pytest.mark.parametrize("how", ["cut_short", "climbing", "symlink", "shared_bytes"])
def test_a_hostile_archive_is_signed_rightly(shelf, listed, fetched, how):
    plugin = shelf.spoil(SLUG, how)
    assert fetched() == HOSTILE[how](SLUG, plugin.version)
    assert listed()["signature"] == signature(fetched())


def test_the_bomb_is_small_well_formed_and_opens_to_a_gigabyte():
    bomb = HOSTILE["bomb"](SLUG, "2.1.0")
    assert len(bomb) <= 48_000
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        entries = archive.infolist()
        assert sum(entry.file_size for entry in entries) > 1_000_000_000
        first = archive.open(entries[0])
        while first.read(1 << 20):
            pass  # zipfile compares the checksum at the end, and raises


def test_what_says_to_have_ten_bytes_has_three_hundred_megabytes():
    archive = HOSTILE["more_than_said"](SLUG, "1")
    assert zipfile.ZipFile(io.BytesIO(archive)).infolist()[-1].file_size == 10
    assert len(archive) < 400_000


def drive(box, **fields):
    return requests.post(f"{box.url}/__sandbox/plugins", json={"account": "martin", **fields}, timeout=10)


@pytest.mark.parametrize("how", ["repack", "sign_wrongly", "bomb", "publish"])
def test_a_running_sandbox_can_be_told(box, listed, how):
    before = listed()
    assert drive(box, plugin=SLUG, how=how, version="3.0.0").json() == {"done": SLUG}
    assert listed()["signature"] != before["signature"]
    assert listed()["version"] == ("3.0.0" if how == "publish" else before["version"])


@pytest.mark.parametrize("fields", [{"plugin": SLUG, "how": "explode"}, {"plugin": "x", "how": "repack"}, {}])
def test_what_it_does_not_know_is_404(box, fields):
    assert drive(box, **fields).status_code == 404
