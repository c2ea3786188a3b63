"""The page of the reference: every operation of the document, and calls that work as they stand there."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings as configured
from PIL import Image

from accounts.models import Scope
from accounts.partners import keys
from estates.webhooks.models import Subscription
from estates.wordpress.models import Site
from portal.api.api import api
from portal.api.raw_bodies import OPENIMMO
from portal.developers import reading
from portal.developers.calls import GOT, filled
from tests import canaries
from tests.portal.api.test_tenancy import BASE, CALLS, operations
from tests.portal.developers.conftest import Reader

PAGE = "/developers/api/"
SCRIPT = configured.BASE_DIR / "static" / "js" / "developers" / "try.js"


@pytest.fixture
def page(client, db) -> str:
    return client.get(PAGE, headers={"Accept-Language": "en"}).content.decode()


def every_operation():
    return [one for group in reading.reference().groups for one in group.operations]


class TestPage:
    def test_it_has_every_operation_once(self):
        found = [(one.method.lower(), one.path.removeprefix(BASE)) for one in every_operation()]
        assert sorted(found) == sorted(operations())

    def test_each_is_shown_with_what_it_takes_and_answers(self, page):
        text = unescape(page)
        for one in every_operation():
            assert f'id="{one.name}"' in page
            assert one.summary in text
            for parameter in one.parameters:
                assert f'id="{one.name}-{parameter.field.name}"' in page
            for answer in one.answers:
                assert str(answer.status) in page
            assert one.curl in text
            assert one.python in text

    def test_what_is_behind_the_summary_does_not_repeat_it(self):
        assert not [one.name for one in every_operation() if one.paragraphs[0].startswith(one.summary)]

    def test_anybody_reads_it_in_either_language(self, client, db):
        french = client.get(PAGE, headers={"Accept-Language": "fr"}).content.decode()
        assert '<html lang="fr">' in french
        assert 'lang="en"' in french, "what is not translated says so"
        assert client.post(PAGE).status_code == 405

    def test_what_others_wrote_is_text(self, page):
        assert "&lt;openimmo&gt;" in page
        assert "<openimmo>" not in page

    def test_it_goes_out_small(self, client, db):
        small = client.get(PAGE, headers={"Accept-Encoding": "gzip"})
        assert small["Content-Encoding"] == "gzip"
        assert len(small.content) * 4 < len(client.get(PAGE).content)

    def test_the_policy_allows_nothing_inline(self, client, db):
        policy = client.get(PAGE)["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "connect-src 'self'" in policy

    def test_what_changes_something_asks_first(self, page):
        for one in every_operation():
            form = page[page.index(f'data-path="{one.path}"', page.index(f'id="{one.name}"')) :]
            form = form[: form.index("</form>")]
            assert ('type="checkbox" required' in form) is one.writes

    def test_the_key_is_kept_nowhere(self, page):
        """It has no name, so that no form sends it; and the script knows no place to keep anything."""
        fields = re.findall(r"<input[^>]*data-key[^>]*>", page)
        assert len(fields) == len(every_operation()) + 1
        assert not [field for field in fields if "name=" in field or 'autocomplete="off"' not in field]
        script = SCRIPT.read_text()
        assert not re.search(
            r"localStorage|sessionStorage|indexedDB|document\.cookie|caches|innerHTML|eval", script
        )
        assert 'credentials: "omit"' in script
        assert "pagehide" in script


FILES = {
    ("get", "/support/attachments/{attachment_id}"),
    ("get", "/sites/{site_id}/plugins/{plugin_id}/download"),
}
"""What they answer is a file of any kind."""
READING = sorted(call for call in CALLS if call[0] == "get")
WRITING = sorted(CALLS.keys() - set(READING))


class TestCalls:
    @pytest.fixture
    def agency(self, transactional_db):
        from accounts.models import Agency

        return Agency.objects.create(name="Agence Martin", slug="martin")

    @pytest.fixture
    def rows(self, agency, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path / "media"
        rows = canaries.fill(agency, "Colibri")
        # The site that the examples name.
        Site.objects.for_agency(agency).filter(pk=rows["site"].pk).update(domain="www.your-agency.com")
        return rows

    @pytest.fixture
    def reader(self, agency, rows, live_server, settings, tmp_path, monkeypatch):
        settings.PUBLIC_URL = live_server.url
        monkeypatch.setattr(api, "_document", None)
        reading.reference.cache_clear()
        (tmp_path / "feed.xml").write_text(OPENIMMO)
        Image.new("RGB", (8, 8)).save(tmp_path / "screenshot.png")
        key, token = keys.make(agency, None, name="Reader", scopes=Scope.values)
        Subscription.objects.for_agency(agency).update(partner_key=key)
        yield Reader(live_server.url, token, Path(tmp_path))
        reading.reference.cache_clear()

    @pytest.mark.parametrize("language", ["curl", "python"])
    def test_each_that_reads_works_as_it_stands(self, reader, rows, language, subtests):
        for method, path in READING:
            with subtests.test(path=path):
                self.works(reader, rows, method, path, language)

    @pytest.mark.parametrize("language", ["curl", "python"])
    @pytest.mark.parametrize(("method", "path"), WRITING)
    def test_each_that_writes_works_as_it_stands(self, reader, rows, method, path, language):
        self.works(reader, rows, method, path, language)

    def works(self, reader, rows, method, path, language):
        """But for the ids in its address, which are examples."""
        (one,) = [one for one in every_operation() if (one.method, one.path) == (method.upper(), BASE + path)]
        text = getattr(one, language)
        assert reader.url in text
        examples = {each.field.name: each.example for each in one.parameters if each.where == "path"}
        if examples:
            call = CALLS[method, path]
            named = zip(examples, (call.row, call.inner), strict=False)
            real = {name: getattr(rows[row], call.attribute) for name, row in named}
            shown = filled(one.path, examples)
            assert shown in text
            text = text.replace(shown, filled(one.path, real))
        done = reader.run("call.sh" if language == "curl" else "call.py", text)
        assert done.returncode == 0, done.stdout + done.stderr
        if (method, path) in FILES:
            assert (reader.folder / GOT).stat().st_size
        else:
            assert done.stdout.strip()[:1] == ("" if method == "delete" else "{")
