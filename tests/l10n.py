"""Finds every text that people read, for the catalogues in `portal/locale` (see `make messages`)."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.utils.translation.template import templatize

from accounts.field_names import CONTEXT, unnamed

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "portal" / "locale"
LANGUAGES = ("en", "fr")
ROOMS = ("accounts", "estates", "portal", "support")
PYTHON = [("sandbox/**", "ignore"), ("**/migrations/**", "ignore"), ("**.py", "python")]
KEYWORDS = {
    name: spec
    for suffix in ("", "_lazy")
    for name, spec in {
        f"gettext{suffix}": None,
        f"gettext_noop{suffix}": None,
        f"ngettext{suffix}": (1, 2),
        f"pgettext{suffix}": ((1, "c"), 2),
        f"npgettext{suffix}": ((1, "c"), 2, 3),
    }.items()
} | {"_": None}


def texts_in_the_code() -> Catalog:
    """All messages of the rooms and templates, with the files where they stand."""
    found = Catalog(project="Passerelle", charset="utf-8")
    for room in ROOMS:
        for name, line, text, comments, context in extract_from_dir(ROOT / room, PYTHON, keywords=KEYWORDS):
            found.add(text, None, [(f"{room}/{name}", line)], auto_comments=comments, context=context)
    templates = ROOT / "templates"
    for path in sorted([*templates.rglob("*.html"), *templates.rglob("*.txt")]):
        for line, function, arguments, comments in calls_in_template(path.read_text(encoding="utf-8")):
            context, text = split(arguments, KEYWORDS.get(function))
            if text:
                found.add(
                    text, None, [(str(path.relative_to(ROOT)), line)], context=context, auto_comments=comments
                )
    for model in apps.get_models():
        for field in unnamed(model):
            file = model.__module__.replace(".", "/") + ".py"
            found.add(field.name.replace("_", " "), None, [(file, 1)], context=CONTEXT)
    return found


def calls_in_template(template: str) -> Iterator[tuple[int, str, Any, list[str]]]:
    """The gettext calls that a template amounts to: Django turns it into code, Babel reads that."""
    # Django keeps the template's indentation, in which its code is no Python.
    code = "\n".join(line.strip() for line in templatize(template).splitlines())
    return extract_python(io.BytesIO(code.encode()), KEYWORDS, (), {"encoding": "utf-8"})


def split(message: Any, spec: Any) -> tuple[str | None, Any]:
    """The context and the text of a call's arguments, by the keyword's specification."""
    parts = message if isinstance(message, tuple) else (message,)
    if spec is None:
        return None, parts[0]
    context = next((parts[at[0] - 1] for at in spec if isinstance(at, tuple)), None)
    texts = tuple(parts[at - 1] for at in spec if isinstance(at, int))
    return context, texts if len(texts) > 1 else texts[0]


def catalogue(language: str) -> Catalog:
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return Catalog(locale=language, project="Passerelle", charset="utf-8", fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def update() -> None:
    """Brings both catalogues to what the code says; English is the code's own language and fills itself in."""
    for language in LANGUAGES:
        known = catalogue(language)
        known.update(texts_in_the_code(), no_fuzzy_matching=True)
        known.obsolete.clear()
        if language == "en":
            for message in known:
                if message.id:
                    message.string = message.id
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        known.fuzzy = False
        known.header_comment = f"# Passerelle, {known.locale.english_name}"
        with path.open("wb") as target:
            write_po(target, known, width=110, sort_by_file=True, include_lineno=False)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    update()
    missing = [message.id for message in catalogue("fr") if message.id and not message.string]
    sys.stdout.write(f"{len(missing)} texts without French\n")
