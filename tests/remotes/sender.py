"""A process of its own that opens a ticket with a file: `python -m tests.remotes.sender URL KEY FILE HOW`.

Prints, as JSON, the highest memory in use before and after, in kilobytes. HOW is `streamed`, or `whole` for what it
takes without streaming. Linux's own high-water mark is read, because that of `getrusage` begins, after a fork, with
what the parent has in use.
"""

import base64
import json
import re
import sys
from pathlib import Path

from estates.remotes.ts_immo import TsImmoClient
from estates.remotes.ts_immo_requests import Attachment, Reporter

REPORTER = Reporter("admin", "admin@your-site.com", "Site Admin")


def peak() -> int:
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])


def small(client: TsImmoClient, folder: Path) -> None:
    """Everything that is loaded or opened but once happens here."""
    path = folder / "small"
    path.write_bytes(b"x" * 200_000)
    send(client, path)


def send(client: TsImmoClient, path: Path) -> str:
    attachment = Attachment(path.name, "application/pdf", path.stat().st_size, lambda: path.open("rb"))
    return client.open_ticket("a.example", "Subject", "Text", REPORTER, [attachment] * 3).remote_id


def send_whole(client: TsImmoClient, path: Path) -> str:
    """As it would be done without streaming."""
    encoded = base64.b64encode(path.read_bytes()).decode()
    body = {"domain": "a.example", "subject": "S", "message": "T", "reporter": {"username": "a"}}
    body["reporter"] |= {"mail": "a@x.example", "display_name": "A"}
    body["attachments"] = [{"filename": "a", "mime_type": "b/c", "content_base64": encoded}]
    return client.call("open_ticket", "POST", "/support/", json=body).json["id"]


def main(url: str, key: str, file: str, how: str) -> None:
    client, path = TsImmoClient(url, key), Path(file)
    small(client, path.parent)
    before = peak()
    ticket_id = {"streamed": send, "whole": send_whole}[how](client, path)
    print(json.dumps({"before": before, "after": peak(), "ticket": ticket_id}))


if __name__ == "__main__":
    main(*sys.argv[1:])
