"""The audit trail's page, read with every room installed: words instead of what the code calls things."""

import re
from decimal import Decimal
from pathlib import Path

from django.urls import reverse

from accounts import actions, audit
from estates.syndication.rules.filters import Rules

ROOT = Path(__file__).resolve().parents[2]
RECORDED = re.compile(r"""\brecord\(\s*[^"]*?"([a-z_]+\.[a-z_]+)\"""")


class TestDetails:
    def test_names_and_known_values_are_words(self):
        assert actions.detail("role", "viewer") == ("Role", "Viewer")
        assert actions.detail("environment", "sandbox") == ("Environment", "Sandbox")
        assert actions.detail("kind", "catalogue.sync") == ("Job", "Mirror estates")

    def test_a_pair_is_before_and_after(self):
        assert actions.detail("language", ["fr", "en"]) == ("Language", "French → English")

    def test_what_no_room_knows_stands_as_it_is(self):
        assert actions.detail("no_such", 3) == ("no_such", "3")
        assert actions.detail("role", "king") == ("Role", "king")
        assert actions.detail("kind", "no.such") == ("Job", "no.such")

    def test_a_mapping_is_told_as_json_where_no_room_has_words_for_it(self):
        assert actions.detail("no_such", {"towns": ["Écully"]}) == ("no_such", '{"towns": ["Écully"]}')
        assert actions.detail("role", {}) == ("Role", "{}")

    def test_rules_are_told_by_what_they_are_called_on_their_page(self):
        rules = Rules(
            statuses=("available",), cities=("Écully", "Lyon"), min_price=Decimal(90), featured=True
        )
        words = "Status = available; City = Écully, Lyon; Minimum price = 90; Only featured estates"
        assert actions.detail("rules", rules.to_json()) == ("Rules", words)
        assert actions.detail("rules", Rules().to_json()) == ("Rules", "Every estate that Ts-Immo lists")

    def test_the_page_shows_the_words(self, agency, member, browser):
        audit.record(agency, member(agency), "member.role_changed", "Ana", before="agent", after="viewer")
        shown = browser(agency).get(reverse("accounts:trail", args=[agency.slug])).content.decode()
        assert "After: Viewer" in shown
        assert "before:" not in shown


def test_every_action_that_is_recorded_has_words():
    """The trail's page shows no dotted words: each `record(…, "a.b", …)` of the code is registered."""
    sources = [path for room in ("accounts", "estates", "portal") for path in (ROOT / room).rglob("*.py")]
    recorded = {word for path in sources for word in RECORDED.findall(path.read_text(encoding="utf-8"))}
    assert len(recorded) > 20
    assert recorded - set(dict(actions.choices())) == set()
