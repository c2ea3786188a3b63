"""kombu's folder of messages, made safe to read while somebody writes, and served by the worker's event loop."""

from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.asynchronous import Hub
from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """kombu opens a message under its final name and fills it afterwards: a worker that takes it in between reads
    nothing and dies of it. Here a message gets the name that workers look for once it is whole.
    """

    # kombu's own classes disagree about the name of the second argument.
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}"
        part = folder / f"{name}.part"
        try:
            part.write_text(dumps(payload), encoding="utf-8")
            part.rename(folder / f"{name}.msg")
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to {folder}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The next message. One that cannot be read, as a full disk or a power cut leaves it, is left out: what
        there is to do stands in the rows, and is announced again.
        """
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                continue


class Transport(filesystem.Transport):
    """Works in the worker's event loop, as Redis does. Without one the processes of a pool share a queue whose lock
    whoever waits for work holds: one of them killed meanwhile, and no other ever gets work again.
    """

    Channel = Channel
    implements = filesystem.Transport.implements.extend(asynchronous=True)

    def register_with_event_loop(self, connection: Any, loop: Hub) -> None:
        loop.call_repeatedly(self.polling_interval or 1.0, self.deliver_waiting)

    def deliver_waiting(self) -> None:
        """Hands out the messages that lie there, as many as the consumers have room for."""
        while self.cycle:
            try:
                self.cycle.get(self._deliver)
            except Empty:
                return
