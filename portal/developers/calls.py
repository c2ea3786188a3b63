"""A call as one would type it: with curl, and with Python's `requests`."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pprint import pformat
from typing import Any
from urllib.parse import quote, urlencode

import orjson

JSON = "application/json"
WIDTH = 76
FILE, GOT = "feed.xml", "answer.bin"
"""What a body is called that is no JSON, where the call does not name it; and an answer that is none."""


@dataclass(frozen=True)
class Call:
    """`url` is the whole address with its path filled in; `body` is None, or of the type `media`.

    `gives_file` says that what comes back is one.
    """

    method: str
    url: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    media: str = ""
    body: Any = None
    gives_file: bool = False

    @property
    def file(self) -> str:
        """The file that is sent as the body, where that is no JSON."""
        return str(self.query.get("filename", FILE))


def filled(template: str, values: Mapping[str, Any]) -> str:
    """A path with its names replaced, as an address has them."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", quote(str(value), safe=""))
    return template


def as_curl(call: Call) -> str:
    lines = ["curl --fail-with-body --silent --show-error"]
    if call.method != "GET":
        lines[0] += f" --request {call.method}"
    lines.append('--header "Authorization: Bearer $PASSERELLE_KEY"')
    lines += [f"--header {shlex.quote(f'{name}: {value}')}" for name, value in call.headers.items()]
    if call.media:
        lines.append(f'--header "Content-Type: {call.media}"')
    if call.media == JSON:
        lines.append(f"--data {shlex.quote(pretty(call.body))}")
    elif call.media:
        lines.append(f"--data-binary @{call.file}")
    if call.gives_file:
        lines.append(f"--output {GOT}")
    asked = f"?{urlencode(call.query)}" if call.query else ""
    lines.append(f'"{call.url}{asked}"')
    return " \\\n  ".join(lines)


def as_python(call: Call) -> str:
    headers = {"Authorization": "…", **call.headers}
    if call.media and call.media != JSON:
        headers["Content-Type"] = call.media
    named = "".join(f"        {name!r}: {value!r},\n" for name, value in headers.items())
    named = named.replace("'…'", "f\"Bearer {os.environ['PASSERELLE_KEY']}\"")
    lines = [f'    "{call.url}",\n', f"    headers={{\n{named}    }},\n"]
    if call.query:
        lines.append(f"    params={_literal(call.query, 11)},\n")
    if call.media == JSON:
        lines.append(f"    json={_literal(call.body, 9)},\n")
    elif call.media:
        lines.append(f'    data=open("{call.file}", "rb"),\n')
    asked = "".join([*lines, "    timeout=30,\n"])
    shown = f'open("{GOT}", "wb").write(answer.content)' if call.gives_file else "print(answer.text)"
    return (
        f"import os\n\nimport requests\n\nanswer = requests.{call.method.lower()}(\n{asked})\n"
        f"answer.raise_for_status()\n{shown}"
    )


def pretty(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _literal(value: Any, indent: int) -> str:
    return pformat(value, width=WIDTH, sort_dicts=False).replace("\n", "\n" + " " * indent)
