"""What is made of archives: good ones of many kinds, and each of those that nobody should unpack."""

import io
import struct
import time
import tracemalloc
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estates.wordpress.plugins import examine as examining
from estates.wordpress.plugins.examine import Contents, examine
from estates.wordpress.plugins.reasons import Reason, Unfit
from portal.sandbox.ts_immo.hostile import HOSTILE, Entry, beside, main_file, pack
from portal.sandbox.ts_immo.plugins import PLUGINS

SLUG, VERSION = "ts-immo-sync", "2.1.0"
HEADER = f"<?php\n/**\n * Plugin Name: Sync\n * Version: {VERSION}\n */\n"

EXPECTED = {
    "not_a_zip": Reason.NOT_A_ZIP,
    "cut_short": Reason.NOT_A_ZIP,
    "climbing": Reason.PATH,
    "absolute": Reason.PATH,
    "backslash": Reason.PATH,
    "drive": Reason.PATH,
    "control_character": Reason.PATH,
    "other_name_inside": Reason.PATH,
    "renamed_by_a_field": Reason.PATH,
    "symlink": Reason.LINK,
    "device": Reason.LINK,
    "encrypted": Reason.ENCRYPTED,
    "unknown_method": Reason.UNKNOWN_FORM,
    "two_lists": Reason.UNKNOWN_FORM,
    "twice": Reason.DUPLICATE,
    "twice_folded": Reason.DUPLICATE,
    "file_and_folder": Reason.DUPLICATE,
    "two_folders": Reason.FOLDERS,
    "no_folder": Reason.FOLDERS,
    "shared_bytes": Reason.OVERLAP,
    "bomb": Reason.OVERLAP,
    "inflated": Reason.TOO_LARGE,
    "more_than_said": Reason.DAMAGED,
    "wrong_checksum": Reason.DAMAGED,
    "crowded": Reason.TOO_MANY,
    "no_header": Reason.NO_HEADER,
    "header_too_deep": Reason.NO_HEADER,
    "other_version": Reason.OTHER_VERSION,
}


def refused(archive, version=VERSION) -> Unfit:
    with pytest.raises(Unfit) as caught:
        examine(io.BytesIO(archive), version)
    return caught.value


def zipped(*files, **options) -> bytes:
    """An archive as Python writes it; a file is a name and its text."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", options.pop("compression", zipfile.ZIP_DEFLATED)) as archive:
        for name, text in files:
            archive.writestr(name, text)
        archive.comment = options.pop("comment", b"")
    return packed.getvalue()


def one(text=HEADER, name=f"{SLUG}/{SLUG}.php", **options) -> bytes:
    return zipped((name, text), **options)


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.slug)
def test_the_plugins_of_the_sandbox_are_good(plugin):
    found = examine(io.BytesIO(plugin.archive), plugin.version)
    assert (found.folder, found.entries) == (plugin.slug, 2)
    with zipfile.ZipFile(io.BytesIO(plugin.archive)) as archive:
        assert found.unpacked == sum(entry.file_size for entry in archive.infolist())


def test_every_hostile_archive_has_its_reason():
    assert EXPECTED.keys() == HOSTILE.keys()
    assert set(EXPECTED.values()) == set(Reason) - {Reason.OTHER_BYTES}


@pytest.mark.parametrize("how", EXPECTED)
def test_a_hostile_archive_is_refused_for_what_it_is(how):
    assert refused(HOSTILE[how](SLUG, VERSION)).reason == EXPECTED[how]


@pytest.mark.parametrize("how", ["bomb", "inflated", "more_than_said", "crowded"])
def test_what_grows_is_refused_before_it_grows(how):
    """48 kB that would be 1 GB: neither memory nor time is spent on it."""
    archive = io.BytesIO(HOSTILE[how](SLUG, VERSION))
    tracemalloc.start()
    began = time.perf_counter()
    with suppress(Unfit):
        examine(archive, VERSION)
    took, (_, most) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 1
    assert most < 12_000_000


def test_a_large_plugin_is_read_in_pieces(monkeypatch):
    """An entry that is within the limits and large all the same is never in memory as a whole."""
    archive = io.BytesIO(one(HEADER + "x" * 60_000_000))
    tracemalloc.start()
    assert examine(archive, VERSION).unpacked > 60_000_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000
    monkeypatch.setattr(examining, "MOST_UNPACKED", 60_000_000)
    assert refused(archive.getvalue()).reason == Reason.TOO_LARGE


class Unseekable(io.RawIOBase):
    """What a pipe is to zipfile: it writes sizes behind the bytes, not before."""

    def __init__(self):
        self.written = bytearray()

    def writable(self):
        return True

    def write(self, piece):
        self.written += piece
        return len(piece)


def streamed() -> bytes:
    pipe = Unseekable()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{SLUG}/{SLUG}.php", HEADER)
        archive.writestr(f"{SLUG}/readme.txt", "Lisez-moi")
    return bytes(pipe.written)


GOOD = {
    "stored": one(compression=zipfile.ZIP_STORED),
    "with a comment, as archives of repositories have": one(comment=b"4f7c2a" * 7),
    "streamed": streamed(),
    "with its folders as entries": zipped((f"{SLUG}/", ""), (f"{SLUG}/inc/", ""), (f"{SLUG}/x.php", HEADER)),
    "an accented name": zipped((f"{SLUG}/x.php", HEADER), (f"{SLUG}/modèles/à la une.html", "")),
    "lines of old Macs": one(HEADER.replace("\n", "\r")),
    "lines of Windows": one(HEADER.replace("\n", "\r\n")),
    "one line": one(f"<?php /* Plugin Name: Sync */\n# Version: {VERSION}"),
    "an empty file": zipped((f"{SLUG}/x.php", HEADER), (f"{SLUG}/index.php", "")),
    "another file that is no plugin": zipped(
        (f"{SLUG}/x.php", HEADER), (f"{SLUG}/lib.php", "<?php\n/* Version: 9 */")
    ),
}


@pytest.mark.parametrize("kind", GOOD)
def test_good_archives_of_many_kinds(kind):
    assert examine(io.BytesIO(GOOD[kind]), VERSION).folder == SLUG


def test_the_contents_are_counted():
    assert examine(io.BytesIO(one("<?php\n// Plugin Name: x\n// Version: 1")), "1") == Contents(SLUG, 1, 37)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEADER.replace(VERSION, "2.1"), Reason.OTHER_VERSION),
        (HEADER.replace(VERSION, ""), Reason.OTHER_VERSION),
        (HEADER.replace("Version", "Tested up to"), Reason.OTHER_VERSION),
        (HEADER.replace("Plugin Name", "Theme Name"), Reason.NO_HEADER),
        ("x" * 8192 + "\n" + HEADER, Reason.NO_HEADER),
        ("", Reason.NO_HEADER),
    ],
)
def test_headers_that_are_not_the_promised_one(text, reason):
    assert refused(one(text)).reason == reason


def test_the_second_plugin_of_an_archive_has_to_be_the_promised_version_too():
    other = HEADER.replace(VERSION, "0.9")
    unfit = refused(zipped((f"{SLUG}/a.php", HEADER), (f"{SLUG}/b.php", other)))
    assert (unfit.reason, unfit.detail) == (Reason.OTHER_VERSION, "0.9")


def test_no_version_at_all_matches_nothing():
    assert refused(one(HEADER.replace(VERSION, "")), "").reason == Reason.OTHER_VERSION


@pytest.mark.parametrize(
    "name",
    ["{slug}/a/../b", "{slug}/./a", "{slug}//a", "../a", "/a", "{slug}/a\\b", "c:/a", "{slug}/a:b",
     "{slug}/\x7f", "{slug}/\u202egpj.php", "{slug}/" + "a" * 400, "{slug}/a/.."],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_hide_something(name):
    assert refused(beside(Entry(name, b"x"))(SLUG, VERSION)).reason == Reason.PATH


def test_a_name_that_is_no_text():
    archive = bytearray(beside(Entry("{slug}/abcd", b"x"))(SLUG, VERSION))
    broken = archive.replace(b"/abcd", b"/\xff\xfe\xff\xfe")
    assert refused(broken).reason == Reason.PATH


def test_a_folder_with_bytes_of_its_own():
    assert refused(beside(Entry("{slug}/inc/", b"x"))(SLUG, VERSION)).reason == Reason.DAMAGED


def test_an_empty_archive_has_no_plugin():
    assert refused(pack([])).reason == Reason.NO_HEADER
    assert refused(pack([Entry(f"{SLUG}/")])).reason == Reason.NO_HEADER


def test_bytes_behind_the_end_of_an_entry():
    body = main_file(SLUG, VERSION).body()
    for rest in (b"more", bytes(200_000)):
        trailing = pack([Entry(f"{SLUG}/x.php", HEADER.encode(), squeezed=body + rest)])
        assert refused(trailing).reason == Reason.DAMAGED


def test_a_list_that_names_another_number_of_entries_than_it_has():
    archive = bytearray(one())
    struct.pack_into("<HH", archive, len(archive) - 14, 2, 2)
    assert refused(archive).reason == Reason.DAMAGED


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_whatever_is_changed_in_an_archive_it_is_read_or_refused(data):
    archive = bytearray(
        data.draw(st.sampled_from([*GOOD.values(), HOSTILE["renamed_by_a_field"](SLUG, VERSION)]))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(archive)))
    with suppress(Unfit):
        examine(io.BytesIO(archive if cut % 3 else archive[:cut]), VERSION)
