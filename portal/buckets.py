"""Media in a bucket of an S3-compatible storage. Imported only where MEDIA_STORAGE names one: boto3 is heavy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedReader, RawIOBase
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from estates.remotes.errors import Unreachable

NOT_FOUND = 404
BLOCK = 1 << 18
"""Bytes that a reader holds."""


class Bucket(S3Storage):
    """Private objects, read and written as streams; a name that is taken is not taken again.

    What is not there raises `FileNotFoundError`, as on a disk. Whatever else goes wrong is `Unreachable`: jobs wait.
    """

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {
            "file_overwrite": False,
            "client_config": Config(
                signature_version="s3v4",
                connect_timeout=3,
                read_timeout=10,
                retries={"mode": "standard", "total_max_attempts": 2},
                # Checksums that newer clients add to every call are unknown to storages other than Amazon's.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            # One part of 8 MB in memory at a time, where threads would hold ten and more.
            "transfer_config": TransferConfig(use_threads=False),
        }

    @property
    def bucket(self) -> Any:
        """This thread's own: django-storages keeps one for all threads, which boto3 forbids."""
        return self.connection.Bucket(self.bucket_name)

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise ValueError("Files in a bucket are opened to be read, and written as a whole.")
        found = _Object(self.connection.meta.client, self._where(name), self.size(name))
        return File(BufferedReader(found, BLOCK), name)

    def _save(self, name: str, content: File) -> str:
        with reached(name):
            saved: str = super()._save(name, content)
        return saved

    def delete(self, name: str) -> None:
        with suppress(FileNotFoundError), reached(name):
            self.connection.meta.client.delete_object(**self._where(name))

    def exists(self, name: str) -> bool:
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """A folder that nothing lies in is empty: a bucket knows no folders."""
        with reached(path):
            folders, files = super().listdir(path)
        return folders, files

    def size(self, name: str) -> int:
        size: int = self._head(name)["ContentLength"]
        return size

    def get_modified_time(self, name: str) -> datetime:
        at: datetime = self._head(name)["LastModified"]
        return at

    def _head(self, name: str) -> Any:
        with reached(name):
            return self.connection.meta.client.head_object(**self._where(name))

    def _where(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._normalize_name(clean_name(name))}


class _Object(RawIOBase):
    """An object, asked for from where its reader stands when that first reads there, and heard as it comes."""

    def __init__(self, client: Any, where: dict[str, str], size: int) -> None:
        self._client, self._where, self._size = client, where, size
        self._place = 0
        self._body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        place = offset + {SEEK_SET: 0, SEEK_CUR: self._place, SEEK_END: self._size}[whence]
        if place != self._place:
            self._hang_up()
        self._place = place
        return place

    def readinto(self, buffer: Any) -> int:
        if self._place >= self._size:
            return 0
        with reached(self._where["Key"]):
            if self._body is None:
                answer = self._client.get_object(**self._where, Range=f"bytes={self._place}-")
                self._body = answer["Body"]
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def close(self) -> None:
        self._hang_up()
        super().close()

    def _hang_up(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None


@contextmanager
def reached(name: str) -> Iterator[None]:
    """Turns boto3's errors into `FileNotFoundError` for an object that is not there, and `Unreachable`."""
    try:
        yield
    except ClientError as error:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == NOT_FOUND and code != "NoSuchBucket":
            raise FileNotFoundError(name) from error
        raise Unreachable(f"The media bucket answered {status}", words=code, status=status) from error
    except BotoCoreError as error:
        raise Unreachable("The media bucket does not answer", words=type(error).__name__) from error
