"""Code and technical prose on the pages for developers."""

import re
from functools import cache

from django import template
from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

CODE = settings.BASE_DIR / "templates" / "developers" / "code"
LANGUAGES = {"sh": "curl", "py": "Python"}
_TICKED = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")


@cache
def files() -> dict[str, str]:
    """The code of the page that says how to begin, by the names of its files."""
    return {path.name: path.read_text(encoding="utf-8").rstrip() for path in CODE.iterdir()}


@register.inclusion_tag("developers/_code.html")
def code_file(name: str) -> dict[str, str]:
    """A file of `templates/developers/code`, to the letter."""
    return {"name": name, "language": LANGUAGES[name.rpartition(".")[2]], "text": files()[name]}


@register.inclusion_tag("developers/_code.html")
def code(text: str, language: str) -> dict[str, str]:
    return {"name": "", "language": language, "text": text}


@register.filter
def marked(text: str) -> SafeString:
    """Text with `code` and **strong words** in it, everything else escaped."""
    ticked = _TICKED.sub(r"<code>\1</code>", escape(text))
    return mark_safe(_STRONG.sub(r"<strong>\1</strong>", ticked))
