"""A remote of constant speed in a process of its own: pages made beforehand, each given after a pause.

`python -m tests.bench.pages_server ESTATES MILLISECONDS` prints its port. It ends when its input is closed.
"""

import asyncio
import os
import re
import sys

from portal.sandbox.ts_immo.places import LYON
from portal.sandbox.ts_immo.stock import Stock

SIZE = 100
PAGE = re.compile(rb"[?&]page=(\d+)")


def answers(count: int) -> list[bytes]:
    estates = [
        estate.json(b"http://127.0.0.1") for estate in Stock("bench", "Bench", LYON, "", 1, count).all()
    ]
    made = []
    for start in range(0, max(count, 1), SIZE):
        data = b",".join(estates[start : start + SIZE])
        numbers = (data, count, start // SIZE + 1, SIZE)
        body = b'{"data":[%b],"total":%d,"page":%d,"limit":%d}' % numbers
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        made.append(head + body)
    return made


async def serve(count: int, pause: float) -> None:
    pages = answers(count)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                found = PAGE.search(head)
                await asyncio.sleep(pause)
                writer.write(pages[int(found[1]) - 1 if found else 0])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has what it wanted
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)  # open connections would otherwise be complained about, one by one


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))
