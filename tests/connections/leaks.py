"""Looking for a secret everywhere that text can come to rest."""

import base64
import html
import json
from urllib.parse import quote

from django.contrib.sessions.models import Session
from django.db import connection


def traces(key):
    """Every piece of eight characters by which somebody could tell the key, in all usual encodings."""
    shifted = [b"\0" * shift + key.encode() for shift in range(3)]
    offsets = [base64.b64encode(text).decode().strip("=")[4:] for text in shifted]
    spelt = [key, quote(key, safe=""), json.dumps(key)[1:-1], html.escape(key), key.encode().hex(), key[::-1]]
    spelt += [text.translate(str.maketrans("+/", "-_")) for text in offsets] + offsets
    return {text[at : at + 8] for text in spelt for at in range(len(text) - 7)}


def found(key, text):
    """The traces of the key in a text."""
    return sorted(trace for trace in traces(key) if trace in text)


def database():
    """All rows of all tables as one text, with the sessions unpacked."""
    with connection.cursor() as cursor:
        texts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            texts += [_text(value) for row in cursor.fetchall() for value in row]
    return "\n".join(texts + [str(session.get_decoded()) for session in Session.objects.all()])


def _text(value):
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return str(value)
