"""Feeds of 200 MB: split, read and written, against what the parser needs for a bare pass over them.

Every ratio is the median of rounds in which both take turns. The opening examination is no part of what is judged,
as it happens once, when a file arrives; the details say what it costs.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from xml.parsers import expat

from estates.feeds.listing import Listing, Scope, Sender
from estates.feeds.reading import Read, Source, opened, read
from estates.feeds.splitting import Chunk, split
from tests.bench.measure import Ratio, scaled, seconds, stopwatch
from tests.feeds import large

SIZE, PICTURES, WRITTEN = 200_000_000, 5_000, 50_000
ROUNDS = 3
MOST_MEMORY = 64


def run() -> list[Ratio]:
    with tempfile.TemporaryDirectory(prefix="bench-feeds-") as folder:
        xml, archive = Path(folder, "feed.xml"), Path(folder, "feed.zip")
        with stopwatch("writing feeds to measure on"):
            count = large.xml(xml, scaled(SIZE, least=2_000_000))
            large.zipped(archive, scaled(SIZE, least=2_000_000), scaled(PICTURES, least=50))
        return [*xml_ratios(xml, count), memory(Path(folder), xml), zip_ratio(archive), writing_ratio(xml)]


def xml_ratios(xml: Path, count: int) -> list[Ratio]:
    examined = against(lambda: bare_pass(xml), lambda: examine(xml))
    with opened(xml) as source, stopwatch(f"reading {count:,} listings, {ROUNDS} rounds"):
        reading = against(lambda: bare_pass(xml), lambda: read_all(source, count))
    with stopwatch(f"splitting them, {ROUNDS} rounds"):
        splitting = against(lambda: bare_pass(xml), lambda: split_all(xml, count), examined)
    return [
        Ratio(
            "feed split : bare pass",
            splitting,
            2.0,
            at_most=True,
            detail=f"with the examination: {splitting + examined:.2f}",
        ),
        Ratio(
            "feed read to listings : bare pass",
            reading,
            3.5,
            at_most=True,
            detail=f"with the examination: {reading + examined:.2f}",
        ),
    ]


def against(baseline: Callable[[], object], task: Callable[[], object], less: float = 0.0) -> float:
    """How many times as long the task takes, less what it is allowed to take besides."""
    return median(
        took / base - less for base, took in ((seconds(baseline), seconds(task)) for _ in range(ROUNDS))
    )


def bare_pass(xml: Path) -> None:
    parser = expat.ParserCreate()
    with xml.open("rb") as file:
        while block := file.read(1 << 18):
            parser.Parse(block)
    parser.Parse(b"", True)


def examine(path: Path) -> None:
    with opened(path):
        pass


def read_all(source: Source, count: int) -> None:
    found = sum(isinstance(result, Read) for result in read(source))
    if found != count:
        raise AssertionError(f"{found} listings of {count}")


def split_all(path: Path, count: int) -> None:
    """Opens it anew each time, as a source remembers where its listings lie."""
    with opened(path) as source, tempfile.TemporaryDirectory(dir=path.parent) as into:
        left = count
        for chunk in split(source, Path(into)):
            if not isinstance(chunk, Chunk):
                raise AssertionError(chunk)
            left -= len(chunk.ordinals)
            chunk.path.unlink()
        if left:
            raise AssertionError(f"{left} listings are missing")


def memory(folder: Path, xml: Path) -> Ratio:
    """The more of what 200 MB and 1 GB take, in a process of their own that examines, reads and splits them."""
    larger = folder / "larger.xml"
    with stopwatch("memory"):
        large.xml(larger, scaled(5 * SIZE, least=10_000_000))
        peaks = [peak(xml), peak(larger)]
        larger.unlink()
    detail = f"MB; {peaks[0]:.0f} for the feed, {peaks[1]:.0f} for one of five times its size"
    return Ratio("memory of a feed", max(peaks), MOST_MEMORY, at_most=True, detail=detail)


def peak(path: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "tests.feeds.large", path], check=True, capture_output=True, text=True
    )
    said = json.loads(done.stdout)
    if said["read"] != said["split"]:
        raise AssertionError(said)
    return said["peak"] / 1000


def zip_ratio(archive: Path) -> Ratio:
    with zipfile.ZipFile(archive) as found:
        count = (len(found.namelist()) - 1) // 5
    examined = against(lambda: checksums(archive), lambda: examine(archive))
    with stopwatch(f"splitting a zip of {5 * count:,} pictures, {ROUNDS} rounds"):
        ratio = against(lambda: checksums(archive), lambda: split_all(archive, count), examined)
    detail = f"with the examination: {ratio + examined:.2f}"
    return Ratio("zip split : CRC pass", ratio, 5.0, at_most=True, detail=detail)


def checksums(archive: Path) -> None:
    with zipfile.ZipFile(archive) as found:
        if found.testzip() is not None:
            raise AssertionError("a damaged archive")


def writing_ratio(xml: Path) -> Ratio:
    """Listings written in a second, against those that the reader reads in one."""
    with opened(xml) as source:
        listings: list[Listing] = []
        for result in read(source):
            if isinstance(result, Read):
                listings.append(result.listing)
            if len(listings) == scaled(WRITTEN, least=500):
                break
    with stopwatch(f"writing {len(listings):,} listings, {ROUNDS} rounds"):
        with opened(xml) as source:
            reading = median(seconds(lambda: read_some(source, len(listings))) for _ in range(ROUNDS))
        writing = median(seconds(lambda: write_all(listings)) for _ in range(ROUNDS))
    return Ratio("listings written : listings read", reading / writing, 0.5)


def read_some(source: Source, count: int) -> None:
    for number, _ in enumerate(read(source), 1):
        if number == count:
            return


def write_all(listings: list[Listing]) -> None:
    from estates.feeds.writing import write_openimmo

    sender, now = Sender(name="Agence Martin", number="A1"), datetime(2026, 1, 1, tzinfo=UTC)
    for _ in write_openimmo(listings, sender, encoding="utf-8", scope=Scope.FULL, at=now):
        pass
