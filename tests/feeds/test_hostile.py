"""XML made to hurt whoever reads it."""

import subprocess
import sys
import time

import pytest

from estates.feeds import heads, signs
from estates.feeds.outcomes import Unreadable
from estates.feeds.reading import opened, read
from estates.feeds.reasons import Reason
from estates.feeds.tokens import MOST
from tests.feeds.feeds import DECLARATION, feed, listing, source, written

LAUGHS = (
    "<!DOCTYPE l [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]><openimmo><anbieter><immobilie>&a9;</immobilie></anbieter></openimmo>"
)
QUADRATIC = (
    f"<!DOCTYPE q [<!ENTITY a '{'x' * 100_000}'>]>"
    f"<openimmo><anbieter><immobilie>{'&a;' * 10_000}</immobilie></anbieter></openimmo>"
)
OUTSIDE = (
    '<!DOCTYPE o SYSTEM "http://127.0.0.1:9/x.dtd"><openimmo><anbieter><immobilie/></anbieter></openimmo>'
)


def refused(folder, content, encoding="utf-8") -> Unreadable:
    with pytest.raises(Unreadable) as found, source(folder, content, encoding):
        pass
    return found.value


@pytest.mark.parametrize("text", [LAUGHS, QUADRATIC, OUTSIDE], ids=["billion laughs", "quadratic", "outside"])
@pytest.mark.parametrize(
    ("before", "encoding"),
    [
        (DECLARATION, "utf-8"),
        ("", "utf-8"),
        ("\n\n" + DECLARATION, "utf-8"),
        ("<!--" + "x" * 2_000_000 + "-->", "utf-8"),
        ("\x00" + DECLARATION, "utf-8"),
        (DECLARATION.replace("UTF-8", "UTF-16"), "utf-16"),
        ("", "utf-16-le"),
        ("", "utf-16-be"),
        (DECLARATION.replace("UTF-8", "windows-1252"), "windows-1252"),
    ],
)
def test_a_doctype_is_refused_at_once(tmp_path, text, before, encoding):
    began = time.monotonic()
    found = refused(tmp_path, before + text, encoding)
    assert found.reason in (Reason.DOCTYPE, Reason.BOMB)
    assert found.reason is Reason.DOCTYPE or len(before) > signs.LONGEST_TAG
    assert time.monotonic() - began < 5


def test_an_entity_of_nobody_s_is_text(tmp_path):
    with source(tmp_path, feed(listing()).replace("Vue mer", "&a9;")) as found:
        assert next(read(found)).listing.title == "&a9;"


@pytest.mark.parametrize(
    "start",
    ["<immobilie x='", "<!-- ", "<?x ", "<immobilie " + " ".join(f"a{n}='1'" for n in range(200_000))],
    ids=["attribute", "comment", "instruction", "attributes"],
)
def test_a_tag_that_does_not_end(tmp_path, start):
    assert refused(tmp_path, feed(start + "x" * 2_500_000)).reason is Reason.BOMB


def test_a_head_that_is_nested_too_deeply(tmp_path):
    found = refused(tmp_path, "<openimmo>" + "<a>" * 60 + "</a>" * 60 + "</openimmo>")
    assert (found.reason, found.line) == (Reason.BOMB, 1)
    assert heads.MOST_DEPTH < 60


def test_a_million_elements_that_close_nothing(tmp_path):
    found = refused(tmp_path, "<openimmo>" + "<a>" * 1_000_000)
    assert found.reason is Reason.BOMB


def test_words_of_a_refusal_are_short(tmp_path):
    assert len(refused(tmp_path, "<" + "x" * 5000 + "/>").words) == 500


MEASURE = """
import re, sys
from pathlib import Path
from tempfile import TemporaryDirectory
from estates.feeds.reading import opened, read
from estates.feeds.splitting import split
count = 0
with opened(Path(sys.argv[1])) as source, TemporaryDirectory() as into:
    for result in read(source):
        count += 1
    for chunk in split(source, Path(into)):
        count -= len(chunk.ordinals)
        chunk.path.unlink()
print(count, re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def peak(path) -> int:
    """The most kB that a process of its own holds while it examines, reads and splits the file."""
    done = subprocess.run([sys.executable, "-c", MEASURE, path], check=True, capture_output=True, text=True)
    left, kilobytes = map(int, done.stdout.split())
    assert left == 0
    return kilobytes


def large(folder, megabytes: int, *, repaired: bool = False, inside: str = ""):
    path = folder / "large.xml"
    start, end = feed("|").split("|")
    with path.open("w") as out:
        out.write(start.replace("Agence", "Agence & fils" if repaired else "Agence"))
        number = 0
        while out.tell() < megabytes * 1_000_000:
            for _ in range(100):
                out.write(listing(f"M-{number}", pictures=inside, texts=f"<t>{'x' * 2000}</t>") + "\n")
                number += 1
        out.write(end)
    return path


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"repaired": True},
        {"inside": f"<anhang><daten><anhanginhalt>{'QUJD' * 50_000}</anhanginhalt></daten></anhang>"},
    ],
    ids=["as it is", "repaired", "pictures inside"],
)
def test_memory_does_not_grow_with_the_file(tmp_path, options):
    assert peak(large(tmp_path, 20, **options)) < 40_000


def test_memory_does_not_grow_with_a_listing(tmp_path):
    path = written(tmp_path, feed(listing(texts="<a/>" * 1_000_000), listing("M-2")))
    script = MEASURE.replace("for chunk in split(source, Path(into)):", "for chunk in ():").replace(
        "print(count", "print(count - 2"
    )
    done = subprocess.run([sys.executable, "-c", script, path], check=True, capture_output=True, text=True)
    assert done.stdout.split()[0] == "0"
    assert int(done.stdout.split()[1]) < 64_000


def test_the_reader_stands_alone():
    script = "import sys, estates.feeds.reading, estates.feeds.splitting; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"
    assert opened


@pytest.mark.parametrize(
    ("begin", "end"), [(b"<!--", b"-->"), (b'<a b="', b'"/>'), (b"<?x ", b"?>"), (b"<a", b"/>")]
)
def test_what_does_not_end_is_given_up_long_before_its_end(tmp_path, begin, end):
    """A parser that is handed 20 MB of one comment block by block takes a quarter of a minute for it."""
    path = tmp_path / "endless.xml"
    path.write_bytes(
        b"<openimmo>" + begin + b"x" * (2 * MOST) + end + b"<anbieter><immobilie/></anbieter></openimmo>"
    )
    with pytest.raises(Unreadable) as refusal, opened(path):
        pass
    assert (refusal.value.reason, refusal.value.line) == (Reason.BOMB, 1)


def test_a_long_text_is_no_such_thing(tmp_path):
    path = tmp_path / "long.xml"
    path.write_bytes(
        b"<openimmo><anbieter><anhang>" + b"x" * 9_000_000 + b"</anhang><immobilie><verwaltung_techn>"
        b"<objektnr_extern>1</objektnr_extern></verwaltung_techn></immobilie></anbieter></openimmo>"
    )
    with opened(path) as source:
        assert [found.listing.external_id for found in read(source)] == ["1"]
