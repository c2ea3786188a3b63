"""The harness itself: a real WordPress starts, shows estates, takes the sandbox's plugins, and leaves nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import urllib3
from lxml import etree

from portal.sandbox.ts_immo.plugins import PLUGINS
from tests.wordpress.real import doing, packages, processes
from tests.wordpress.real.site import RealWordPress

pytestmark = pytest.mark.real_wordpress

ROOT = Path(__file__).resolve().parents[3]
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def locations(answer) -> list[str]:
    return [place.text for place in etree.fromstring(answer.data).iter(LOC)]


@pytest.fixture(params=PLUGINS, ids=lambda plugin: plugin.slug)
def plugin(request):
    return request.param


@pytest.fixture
def installed(wordpress, plugin, tmp_path):
    """The sandbox's zip, installed and activated by WordPress; gone afterwards."""
    archive = tmp_path / f"{plugin.slug}-{plugin.version}.zip"
    archive.write_bytes(plugin.archive)
    name = doing.install(wordpress, archive)
    doing.activate(wordpress, name)
    yield name
    doing.deactivate(wordpress, name)
    wordpress.php(doing.UPGRADER + "done_or_die( delete_plugins( array( $given ) ) );", name)


def test_it_is_wordpress(wordpress, read):
    home = read("/")
    assert home.status == 200
    assert f'<{wordpress.url}/wp-json/>; rel="https://api.w.org/"' in home.headers["Link"]
    assert read("/wp-json/").json()["url"] == wordpress.url
    assert f"Sitemap: {wordpress.url}/wp-sitemap.xml" in read("/robots.txt").data.decode()
    assert read("/nowhere/").status == 404


def test_estates_have_addresses_of_their_own_and_stand_in_the_sitemap(wordpress, read):
    url = doing.add_estate(
        wordpress, "Loft d’architecte – Écully", reference="MART-0042", price="450 000 €", status="Disponible"
    )
    assert url == f"{wordpress.url}/bien/loft-darchitecte-ecully/"
    page = read(url)
    assert page.status == 200
    assert all(word in page.data.decode() for word in ("Réf. MART-0042", "450 000 €", "Disponible"))
    parts = locations(read("/wp-sitemap.xml"))
    assert f"{wordpress.url}/wp-sitemap-posts-bien-1.xml" in parts
    assert url in locations(read("/wp-sitemap-posts-bien-1.xml"))
    doing.change_estate(wordpress, url, prix="430 000 €", statut="Vendu")
    assert "430 000 €" in read(url).data.decode()
    assert "Vendu" in read(url).data.decode()


def test_http_leads_to_https(wordpress):
    address = f"http://{wordpress.front.places['http']}/bien/"
    answer = urllib3.request("GET", address, redirect=False, headers={"Host": wordpress.domain})
    assert (answer.status, answer.headers["Location"]) == (301, f"{wordpress.url}/bien/")


def test_its_own_shortcode_lists_the_estates(wordpress, read):
    doing.add_estate(wordpress, "Garage", reference="MART-0043", price="20 000 €", status="Disponible")
    text = read(doing.add_page(wordpress, "Tous nos biens", "[agence_biens]")).data.decode()
    assert "Réf. MART-0043" in text
    assert "[agence_biens]" not in text


def test_the_sandboxes_plugins_install_activate_and_render(wordpress, read, plugin, installed):
    assert installed == f"{plugin.slug}/{plugin.slug}.php"
    content = " ".join(f"[{shortcode}]" for shortcode in plugin.shortcodes)
    url = doing.add_page(wordpress, f"Essai {plugin.slug}", content)
    text = read(url).data.decode()
    assert f'<div class="{plugin.slug}">' in text
    assert not [shortcode for shortcode in plugin.shortcodes if f"[{shortcode}]" in text]
    doing.deactivate(wordpress, installed)
    text = read(url).data.decode()
    assert all(f"[{shortcode}]" in text for shortcode in plugin.shortcodes)


def test_wordpress_reads_what_the_plugin_says_of_itself(wordpress, plugin, installed):
    code = doing.UPGRADER + "echo json_encode( get_plugin_data( WP_PLUGIN_DIR . '/' . $given ) );"
    data = json.loads(wordpress.php(code, installed))
    assert (data["Name"], data["Version"]) == (plugin.title, plugin.version)


def test_plugins_do_nothing_that_php_complains_of(wordpress, read, installed):
    read("/")
    assert [line for line in wordpress.log().splitlines() if "wp-content/plugins" in line] == []


def test_what_is_no_plugin_is_refused(wordpress, tmp_path):
    archive = tmp_path / "plugin.zip"
    archive.write_bytes(b"PK\x05\x06" + b"\0" * 18)
    with pytest.raises(RuntimeError, match="ackage"):
        doing.install(wordpress, archive)


def test_it_calls_itself_and_nobody_else(wordpress):
    """Pages may take long, and a name that does not exist would cost seconds."""
    assert wordpress.php("echo wp_remote_get( 'https://wordpress.example/' )->get_error_code();") == (
        "http_request_not_executed"
    )


def processes_in(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and str(folder) in (entry / "cmdline").read_text():
                found.append(entry.name)
        except OSError:
            continue  # it ended while we looked
    return found


def test_it_leaves_no_process_behind_even_after_a_failure(tmp_path):
    def failing() -> None:
        with RealWordPress(tmp_path) as site:
            assert len(processes_in(tmp_path)) >= 2
            site.php("no_such_function();")

    with pytest.raises(RuntimeError, match="no_such_function"):
        failing()
    assert processes_in(tmp_path) == []


def test_what_does_not_start_says_why(tmp_path):
    words = ["php", "-S", "127.0.0.1:1", "-t", str(tmp_path / "nowhere")]
    with (
        pytest.raises(RuntimeError, match="nowhere"),
        processes.running(words, tmp_path / "log", lambda: False),
    ):
        pass


@pytest.mark.parametrize("gone", ["php", "mariadbd"])
def test_what_the_machine_lacks_is_named(monkeypatch, tmp_path, gone):
    names = {"php": ["php-cli", "php-mysql", "php-xml", "php-mbstring"], "mariadbd": ["mariadb-server"]}[gone]
    found = packages.tool
    monkeypatch.setattr(packages, "tool", lambda name: None if name == gone else found(name))
    monkeypatch.setenv("PATH", os.environ["PATH"])
    with pytest.raises(packages.MissingPackages, match="apt-get install") as error:
        RealWordPress(tmp_path)
    assert all(name in str(error.value) for name in names)


def test_a_machine_without_wordpress_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(packages, "TREE", tmp_path)
    assert packages.missing() == ["wordpress"]


def test_the_module_tells_a_script_what_is_missing(tmp_path):
    words = [sys.executable, "-m", "tests.wordpress.real.packages"]
    here = {"cwd": ROOT, "capture_output": True, "text": True}
    assert subprocess.run(words, **here, check=False).returncode == 0
    bare = subprocess.run(words, **here, check=False, env={"PATH": str(tmp_path)})
    assert bare.returncode == 1
    assert "php-cli php-mysql php-xml php-mbstring" in bare.stderr
