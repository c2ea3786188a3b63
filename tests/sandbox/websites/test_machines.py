"""What machines read: robots.txt, the REST root, the sitemaps."""

import json

from lxml import etree

from portal.sandbox.websites import estates, machines
from tests.sandbox.websites.conftest import DOMAIN, HOME

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(answer):
    root = etree.fromstring(answer.data)
    return root.tag.removeprefix(SPACE), [place.text for place in root.iter(f"{SPACE}loc")]


def test_robots_names_the_sitemap(visit):
    answer = visit(f"{HOME}robots.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert f"Sitemap: {HOME}wp-sitemap.xml" in answer.data.decode().splitlines()
    assert "Disallow: /\n" not in answer.data.decode()


def test_the_rest_root_is_wordpress(visit):
    root = json.loads(visit(f"{HOME}wp-json/").data)
    assert root["url"] == f"https://{DOMAIN}"
    assert "wp/v2" in root["namespaces"]


def test_index_leads_to_every_page_that_is_there(box, visit):
    kind, parts = locations(visit(f"{HOME}wp-sitemap.xml"))
    assert kind == "sitemapindex"
    assert parts == [f"{HOME}wp-sitemap-posts-page-1.xml", f"{HOME}wp-sitemap-posts-bien-1.xml"]
    kind, pages = locations(visit(parts[0]))
    assert kind == "urlset"
    assert all(visit(page).status == 200 for page in pages)
    _, listed = locations(visit(parts[1]))
    shown = list(box.account("martin").mirrors[DOMAIN])
    assert listed == [f"https://{DOMAIN}{estates.path(one)}" for one in shown]
    assert len(shown) < 80


def test_the_usual_address_leads_to_it(visit):
    assert visit(f"{HOME}sitemap.xml").headers["Location"] == f"{HOME}wp-sitemap.xml"


def test_sitemaps_are_cut_as_wordpress_cuts_them(box, visit, monkeypatch):
    monkeypatch.setattr(machines, "PER_SITEMAP", 30)
    _, parts = locations(visit(f"{HOME}wp-sitemap.xml"))
    assert len(parts) == 1 + 3
    sizes = [len(locations(visit(part))[1]) for part in parts[1:]]
    assert sizes[:2] == [30, 30]
    assert sum(sizes) == len(list(box.account("martin").mirrors[DOMAIN]))
    assert visit(f"{HOME}wp-sitemap-posts-bien-4.xml").status == 404
