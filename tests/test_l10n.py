"""No text without French and English."""

import re

import pytest
from babel.messages.catalog import Message
from django.utils import translation

from accounts.models import AuditEntry
from tests.l10n import catalogue, texts_in_the_code

PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|%[sd]|\{[a-z_0-9]*\}")


def identity(message: Message) -> tuple:
    return message.id, message.context


@pytest.fixture(scope="module")
def needed() -> set[tuple]:
    return {identity(message) for message in texts_in_the_code() if message.id}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_catalogue_has_every_text_and_no_other(needed, language):
    known = {identity(message) for message in catalogue(language) if message.id}
    assert needed - known == set(), "run `make messages` and translate"
    assert known - needed == set(), "run `make messages`"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_text_is_translated_and_nothing_is_fuzzy(language):
    texts = [message for message in catalogue(language) if message.id]
    missing = [m.id for m in texts if not (all(m.string) if isinstance(m.string, tuple) else m.string)]
    assert missing == []
    assert [m.id for m in texts if m.fuzzy] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_translations_keep_their_placeholders(language):
    for message in catalogue(language):
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = set(PLACEHOLDER.findall(sources[-1]))
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            found = set(PLACEHOLDER.findall(text))
            # The singular may leave the number out: « un bien ».
            assert found == wanted or (len(sources) > 1 and found <= wanted), text


def test_french_typography():
    """A narrow no-break space before ; : ! ? and inside « »."""
    wrong = re.compile(r"[^\s\u202f\u00a0][;!?](\s|$)|\w:\s|« |  | »| [;:!?](\s|$)")
    texts = [m for m in catalogue("fr") if m.id]
    found = [
        text
        for message in texts
        for text in (message.string if isinstance(message.string, tuple) else (message.string,))
        if wrong.search(re.sub(r"&\w+;|https?://\S*", "x", text))
    ]
    assert found == []


def test_a_field_that_its_model_does_not_name_is_called_in_french():
    with translation.override("fr"):
        assert AuditEntry._meta.get_field("actor").verbose_name == "auteur"
        assert AuditEntry._meta.get_field("agency").verbose_name == "agence"
