"""WordPress sites of constant speed in a process of their own, whatever name they are asked by.

`python -m tests.bench.sites_server FOLDER MILLISECONDS` prints its two ports, of http and https, whose certificate
is for `*.bench.example` and whose authority is in FOLDER. It ends when its input is closed.
"""

import asyncio
import os
import sys
from pathlib import Path

from tests.certificates import Authority

HEAD = b'<meta name="generator" content="WordPress 6.8.3"><link rel="https://api.w.org/" href="/wp-json/">'
ARTICLE = (
    b'<article><h2><a href="/bien/%d/">Villa %d</a></h2><p>450 000 EUR, 5 chambres, 160 m2</p></article>'
)
HOME = b"<!doctype html><html><head>%b</head><body>%b</body></html>" % (
    HEAD,
    b"".join(ARTICLE % (n, n) for n in range(300)),
)
REST = b'{"name":"Agence","namespaces":["wp/v2"],"routes":{%b}}' % b",".join(
    b'"/wp/v2/route-%d":{"namespace":"wp/v2","methods":["GET"]}' % n for n in range(300)
)
PAGES = {
    b"/": (b"text/html; charset=utf-8", HOME),
    b"/robots.txt": (b"text/plain", b"User-agent: *\nDisallow: /wp-admin/\n"),
    b"/wp-json/": (b"application/json", REST),
}
MOVED = b"HTTP/1.1 301 Moved\r\nLocation: https://%b/\r\nContent-Length: 0\r\n\r\n"
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b"


async def serve(folder: Path, pause: float) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secure = writer.get_extra_info("ssl_object") is not None
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(pause)
                writer.write(page(head) if secure else moved(head))
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass  # the client has what it wanted
        finally:
            writer.close()

    authority = Authority(folder)
    authority.file  # noqa: B018  # writes it
    plain = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1000)
    secure = await asyncio.start_server(
        answer, "127.0.0.1", 0, backlog=1000, ssl=authority.context("*.bench.example")
    )
    print(*(server.sockets[0].getsockname()[1] for server in (plain, secure)), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)  # open connections would otherwise be complained about, one by one


def page(head: bytes) -> bytes:
    kind, body = PAGES[head.split(b" ", 2)[1]]
    return WHOLE % (kind, len(body), body)


def moved(head: bytes) -> bytes:
    host = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"host:"))
    return MOVED % host[5:].strip()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), float(sys.argv[2]) / 1000))
