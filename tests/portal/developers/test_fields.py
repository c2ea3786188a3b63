"""Schemas as a person reads them, and calls as one types them."""

import subprocess

import pytest

from portal.developers.calls import Call, as_curl, as_python, filled
from portal.developers.fields import fields_of, kind_of, limits_of

SCHEMAS = {
    "Phone": {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]},
    "Colour": {"enum": ["red", ""], "type": "string"},
    "Tree": {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Tree"}}},
}
PHONE = {"$ref": "#/components/schemas/Phone"}
NULL = {"type": "null"}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date-time"}, "date and time"),
        ({"anyOf": [{"type": "integer"}, NULL]}, "integer or null"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "integer or number"),
        ({"type": "array", "items": {"type": "string"}}, "list of string"),
        ({"type": "array", "items": PHONE}, "list of object"),
        ({"$ref": "#/components/schemas/Colour"}, 'red | ""'),
        ({"const": 1}, "1"),
        ({}, "anything"),
    ],
)
def test_kinds(schema, kind):
    assert kind_of(schema, SCHEMAS) == kind


@pytest.mark.parametrize(
    ("schema", "limits"),
    [
        ({"type": "integer", "minimum": 0, "maximum": 9, "default": 5}, "≥ 0, ≤ 9, otherwise 5"),
        (
            {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 9}, NULL]},
            "at least 1 characters, at most 9 characters",
        ),
        ({"type": "boolean", "default": False}, "otherwise false"),
        ({"type": "string", "default": None}, ""),
    ],
)
def test_limits(schema, limits):
    assert limits_of(schema, SCHEMAS) == limits


def test_what_lies_within_has_its_whole_name():
    schema = {
        "type": "object",
        "properties": {
            "phones": {"type": "array", "items": PHONE, "description": "Where"},
            "home": {"anyOf": [PHONE, NULL]},
        },
        "required": ["phones"],
    }
    found = [(one.name, one.kind, one.is_required, one.words) for one in fields_of(schema, SCHEMAS)]
    assert found == [
        ("phones", "list of object", True, "Where"),
        ("phones[].number", "string", True, ""),
        ("home", "object or null", False, ""),
        ("home.number", "string", True, ""),
    ]


def test_what_holds_itself_ends():
    assert len(list(fields_of(SCHEMAS["Tree"], SCHEMAS))) < 10


NASTY = 'it\'s $(id) `id` "x" \\ é\n'
POST = Call(
    "POST", "https://p.example/a%20b", {"q": NASTY}, {"X-Name": "it's"}, "application/json", {"text": NASTY}
)


def test_what_is_typed_reaches_the_server_as_it_stands(tmp_path):
    """curl is replaced by something that only says what it was given."""
    fake = tmp_path / "curl"
    fake.write_text('#!/bin/sh\nfor one in "$@"; do printf "%s\\0" "$one"; done\n')
    fake.chmod(0o755)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", as_curl(POST)],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "PASSERELLE_KEY": "psl_x"},
        capture_output=True,
        text=True,
        check=True,
    )
    given = done.stdout.split("\0")
    assert "Authorization: Bearer psl_x" in given
    assert "X-Name: it's" in given
    assert f'{{\n  "text": {_json(NASTY)}\n}}' in given
    assert given[-2] == "https://p.example/a%20b?q=it%27s+%24%28id%29+%60id%60+%22x%22+%5C+%C3%A9%0A"


def _json(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def test_python_gets_the_same(monkeypatch):
    asked = {}

    class Requests:
        @staticmethod
        def post(url, **options):
            asked.update(options, url=url)
            return type("Answer", (), {"raise_for_status": lambda self: None, "text": ""})()

    monkeypatch.setenv("PASSERELLE_KEY", "psl_x")
    monkeypatch.setitem(__import__("sys").modules, "requests", Requests)
    exec(compile(as_python(POST), "call.py", "exec"), {})  # noqa: S102
    assert asked["headers"] == {"Authorization": "Bearer psl_x", "X-Name": "it's"}
    assert (asked["json"], asked["params"]) == ({"text": NASTY}, {"q": NASTY})
    assert asked["timeout"] == 30


def test_paths_are_filled_and_quoted():
    assert filled("/a/{x}/b/{y}", {"x": "1/2", "y": 3}) == "/a/1%2F2/b/3"
