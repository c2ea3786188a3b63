"""Sites and plugins: activation that is refused with 200, replay of everything, archives and signatures."""

import io
import zipfile
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from portal.sandbox.ts_immo.plugins import PLUGINS

UNHEARD_OF = "1176cf23-2de9-46f3-8912-38bd388ad4b2"

DOMAIN = "www.agence-martin.example"


def activate(box, caller, **change):
    body = {"domain": DOMAIN, "plugin_auth_key": box.account("martin").plugin_auth_key, **change}
    return caller.post("/sites/activate", json=body)


def test_activation(box, martin):
    answer = activate(box, martin, theme_id="theme-7")
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"success", "plan", "expires_at", "max_properties", "error_message"}
    assert body["success"] is True
    assert body["error_message"] is None
    assert datetime.fromisoformat(body["expires_at"]).replace(tzinfo=UTC) > datetime.now(UTC)
    site = box.account("martin").sites[DOMAIN]
    assert site.active
    assert site.theme_id == "theme-7"


@pytest.mark.parametrize("key", ["plg_wrong", "clé", "x"])
def test_a_wrong_plugin_key_is_refused_with_200(box, martin, key):
    answer = activate(box, martin, plugin_auth_key=key)
    assert answer.status_code == 200
    assert answer.json()["success"] is False
    assert answer.json()["error_message"] == "Invalid plugin authentication key"
    assert not box.account("martin").sites


def test_the_other_accounts_plugin_key_is_wrong(box, martin):
    foreign = box.account("riviera").plugin_auth_key
    assert foreign.startswith("plg_")
    assert activate(box, martin, plugin_auth_key=foreign).json()["success"] is False


@pytest.mark.parametrize(
    "change",
    [
        {"domain": "http://x.fr"},
        {"domain": None},
        {"domain": "-x.fr"},
        {"plugin_auth_key": None},
        {"theme": "x"},
        {"theme_id": 5},
    ],
)
def test_a_bad_activation_is_400(box, martin, change):
    answer = activate(box, martin, **change)
    assert answer.status_code == 400
    assert isinstance(answer.json()["message"], list)
    assert not box.account("martin").sites


def test_deactivation(box, martin):
    activate(box, martin)
    assert martin.post("/sites/deactivate", json={"domain": DOMAIN.upper()}).json() == {"success": True}
    assert not box.account("martin").sites[DOMAIN].active


def test_deactivating_an_unknown_site_is_404(martin):
    answer = martin.post("/sites/deactivate", json={"domain": DOMAIN})
    assert answer.status_code == 404
    assert answer.json()["message"] == "Site not found"


def test_replay_of_everything_counts_active_sites(box, martin):
    activate(box, martin)
    activate(box, martin, domain="blog.agence-martin.example")
    martin.post("/sites/deactivate", json={"domain": DOMAIN})
    assert martin.post("/sites/replay").json() == {"success": True, "sites": 1, "properties": 40}
    assert martin.post("/sites/replay", json={"all": 1}).status_code == 400
    assert box.account("martin").full_replays == 1


def test_plugins_are_described_as_in_the_document(box, martin):
    described = martin.get("/plugins/plugins", params={"domain": DOMAIN}).json()
    assert len(described) == 2
    for plugin in described:
        assert set(plugin) == {"id", "name", "description", "version", "shortcodes", "signature", "file_url"}
        assert plugin["file_url"] == f"{box.url}/ts-immo/v1/plugins/plugins/{plugin['id']}/download"


def test_downloads_match_their_signature_and_open(martin):
    for plugin in martin.get("/plugins/plugins", params={"domain": DOMAIN}).json():
        answer = martin.get(plugin["file_url"], params={"domain": DOMAIN})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/zip"
        assert f"sha256:{sha256(answer.content).hexdigest()}" == plugin["signature"]
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.testzip() is None
            source = archive.read(f"{plugin['name']}/{plugin['name']}.php").decode()
        assert source.startswith("<?php\n/**\n * Plugin Name: ")
        assert f"Version: {plugin['version']}" in source
        assert all(f"'{shortcode}'" in source for shortcode in plugin["shortcodes"])


def test_a_download_needs_the_domain_that_the_file_url_lacks(martin):
    plugin = PLUGINS[0].id
    assert martin.get(f"/plugins/plugins/{plugin}/download").status_code == 400


@pytest.mark.parametrize(("plugin", "status"), [(UNHEARD_OF, 404), ("sync", 400), ("%2e%2e", 400)])
def test_unknown_plugins(martin, plugin, status):
    assert martin.get(f"/plugins/plugins/{plugin}/download", params={"domain": DOMAIN}).status_code == status


@pytest.mark.parametrize("path", ["/plugins", "/plugins/", "/plugins/plugins/", "/sites", "/sites/activate/"])
def test_paths_are_literal(martin, path):
    assert martin.get(path, params={"domain": DOMAIN}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "right"),
    [("GET", "/sites/activate", "POST"), ("GET", "/sites/deactivate", "POST"),
     ("GET", "/sites/replay", "POST"),
     ("POST", "/plugins/plugins", "GET")],
)  # fmt: skip
def test_the_wrong_verb_is_405(martin, method, path, right):
    answer = martin.request(method, path)
    assert answer.status_code == 405
    assert right in answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/sites/activate"), ("POST", "/sites/deactivate"), ("POST", "/sites/replay"),
     ("GET", "/plugins/plugins"),
     ("GET", f"/plugins/plugins/{UNHEARD_OF}/download")],
)  # fmt: skip
def test_without_a_key_nothing_works(box, caller, method, path):
    answer = caller(box, key="").request(method, path, json={"domain": DOMAIN})
    assert answer.status_code == 401
    assert box.account("martin").full_replays == 0
