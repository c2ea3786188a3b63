"""The client of Seeki Import, the portal that agencies' listings are published on. Calls cite seeki-import.txt."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import requests

from .base import RemoteClient
from .errors import Refused, RemoteError, WrongEnvironment
from .exchange import Patience
from .reading import count
from .replies import ReplyReader, is_object
from .secret import Secret
from .seeki_answers import Accepted, ImportAnswer, ItemStatus, Rejected, is_import, parse_import, parse_status
from .seeki_batches import Oversized, batches, body_of
from .seeki_codes import Code, Cure, Progress, cure_of
from .seeki_fields import code_in
from .session import segment
from .upload import RawFile, Upload
from .words import tidy

__all__ = [
    "Accepted",
    "Code",
    "Cure",
    "ImportAnswer",
    "ItemStatus",
    "Oversized",
    "Progress",
    "Rejected",
    "SeekiClient",
    "TooLarge",
    "WrongEnvironment",
    "batches",
    "cure_of",
]

XML, ZIP = "application/xml", "application/zip"
PREFIXES = {"production": "seeki_live_", "sandbox": "seeki_test_"}
NO_SUCH_ITEM = "00000000-0000-0000-0000-000000000000"
NO_ITEM = frozenset({404})
CHUNK_HEADER = "Suggested-Chunk-Size"
# What many listings make of the answer's first byte, and 190 MB of their way there, within a task's 300 seconds.
PATIENCE = Patience(read=60, total=90, upload=1_000_000)
Heard = Callable[[int], None]


class TooLarge(Refused):
    """413: `code` says whether it is bytes or items; `chunk_size` is how many listings Seeki suggests, if it does."""

    code: str = ""
    chunk_size: int | None = None


class SeekiReplies(ReplyReader):
    """Puts the error code before the words, and tells what is too large from what is refused."""

    def completed(
        self, error: RemoteError, response: requests.Response, raw: bytes, words: str | None = None
    ) -> RemoteError:
        done = super().completed(error, response, raw, words)
        code = tidy(error_code(raw), self.redactor)
        if code and code not in done.words:
            done.words = f"{code}: {done.words}" if done.words else code
        return done if response.status_code != 413 else self._too_large(done, response, code)

    def _too_large(self, error: RemoteError, response: requests.Response, code: str) -> TooLarge:
        details = {"words": error.words, "request_id": error.request_id, "raw": error.raw}
        found = TooLarge(error.message, status=413, **details)  # type: ignore[arg-type]
        found.code = code
        found.chunk_size = count(response.headers.get(CHUNK_HEADER, "").strip()) or None
        return found


class SeekiClient(RemoteClient):
    """Seeki's five operations. Only `status` takes `retries`; imports are idempotent on external_id, but are sent
    once: whoever repeats one has noted before that it was under way.

    The key never leaves this machine for the environment that it is not for (see WrongEnvironment).
    """

    system = "Seeki"
    key_prefix = "Bearer "
    reader = SeekiReplies

    def __init__(
        self,
        base_url: str,
        key: str | Secret,
        environment: str = "production",
        *,
        patience: Patience | None = None,
        **options: Any,
    ) -> None:
        """`environment` is "production" or "sandbox". Raises WrongEnvironment."""
        refuse_other_environment(key, environment)
        super().__init__(base_url, key, patience=patience or PATIENCE, **options)

    def send_listings(self, listings: Sequence[bytes], *, progress: Heard | None = None) -> ImportAnswer:
        """seeki-import.txt, "Your first import": POST /listings. Each item is one listing's JSON, as it will be sent.

        `batches` keeps to Seeki's limits. Raises TooLarge.
        """
        body = body_of(listings)
        # In pieces: a slow line must not look like one that stands still.
        file = RawFile("listings", len(body), lambda: io.BytesIO(body))
        return self._import("send_listings", "/listings", Upload([file], progress))

    def send_openimmo(
        self, file: RawFile, content_type: str = XML, *, progress: Heard | None = None
    ) -> ImportAnswer:
        """seeki-import.txt, "OpenImmo XML / zip intake": POST /openimmo. Raises TooLarge, Unsendable, ValueError."""
        if content_type not in (XML, ZIP):
            raise ValueError("OpenImmo goes out as application/xml or application/zip")
        return self._import("send_openimmo", "/openimmo", Upload([file], progress, content_type))

    def send_idealista(self, file: RawFile, *, progress: Heard | None = None) -> ImportAnswer:
        """seeki-import.txt, "Idealista XML-ML intake": POST /idealista. Raises TooLarge, Unsendable."""
        return self._import("send_idealista", "/idealista", Upload([file], progress, XML))

    def status(self, import_item_id: str, *, retries: int = 0) -> ItemStatus:
        """seeki-import.txt, "Status + retry": GET /import-items/{id}/status. Raises NotFound."""
        path = f"/import-items/{segment(import_item_id)}/status"
        return self._item(
            self.call("import_status", "GET", path, retries=retries, expect=is_object), import_item_id
        )

    def retry(self, import_item_id: str) -> ItemStatus:
        """seeki-import.txt, "Status + retry": POST /import-items/{id}/retry, for INFRA_LOST and INFRA_QUEUE_REJECTED.

        What it answers is not documented, perhaps nothing: the state is UNKNOWN then. Raises NotFound.
        """
        path = f"/import-items/{segment(import_item_id)}/retry"
        return self._item(self.call("retry_import", "POST", path, expect=None), import_item_id)

    def check_key(self) -> None:
        """Asks for an import that cannot exist: that there is none says that the key is accepted. Changes nothing."""
        path = f"/import-items/{NO_SUCH_ITEM}/status"
        self.call("import_status", "GET", path, expect=None, absent=NO_ITEM)

    def _import(self, operation: str, path: str, upload: Upload) -> ImportAnswer:
        return parse_import(self.call(operation, "POST", path, upload=upload, expect=is_import))

    def _item(self, reply: Any, import_item_id: str) -> ItemStatus:
        found = parse_status(reply, import_item_id)
        if found is None:
            raise self._replies.malformed(reply, "The answer is about another import")
        return found


def refuse_other_environment(key: str | Secret, environment: str) -> None:
    """Raises WrongEnvironment for a key with another environment's prefix; ValueError for an unknown environment."""
    if environment not in PREFIXES:
        raise ValueError("Seeki has two environments, production and sandbox")
    value = key.reveal() if isinstance(key, Secret) else key
    if any(value.startswith(prefix) for name, prefix in PREFIXES.items() if name != environment):
        raise WrongEnvironment("The key is for Seeki's other environment")


def error_code(raw: bytes) -> str:
    """The top-level error_code of an error's body; "" where it has none."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return ""
    return code_in(value) if isinstance(value, dict) else ""
