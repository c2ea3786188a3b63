"""A server on loopback that answers with exactly the bytes it is told, at the pace it is told."""

import contextlib
import socket
import threading
import time


class MisbehavingServer:
    """Gives the n-th request the n-th script, and the last one ever after.

    A script is a list: bytes to send, seconds to sleep, RESET to drop the connection.
    """

    RESET = object()

    def __init__(self):
        self.requests = []
        self.connections = 0
        self.scripts = [[b"HTTP/1.1 204 No Content\r\n\r\n"]]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open = True
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._open = False
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def answers(self, *scripts):
        self.scripts = [script if isinstance(script, list) else [script] for script in scripts]

    def _accept(self):
        while self._open:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with sock, contextlib.suppress(OSError):
            while request := self._read(sock):
                script = self.scripts[min(len(self.requests), len(self.scripts) - 1)]
                self.requests.append(request)
                for step in script:
                    if step is self.RESET or not self._open:
                        return
                    self._play(sock, step)

    def _play(self, sock, step):
        if isinstance(step, (int, float)):
            time.sleep(step)
        else:
            sock.sendall(step)

    def _read(self, sock):
        got = b""
        while b"\r\n\r\n" not in got:
            piece = sock.recv(65536)
            if not piece:
                return None
            got += piece
        head, _, body = got.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += sock.recv(65536)
        return head + b"\r\n\r\n" + body


def http(status, body=b"", *, length=None, **headers):
    """The bytes of an answer; headers by name with underscores."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
