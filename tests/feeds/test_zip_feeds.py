"""Feeds that come as a zip: what is in them, what they must not do to us, and how they are split."""

import struct
import zipfile
import zlib

import pytest

from estates.feeds import zip_feed
from estates.feeds.outcomes import Unreadable
from estates.feeds.reading import opened, read
from estates.feeds.reasons import Reason
from estates.feeds.splitting import Chunk, split, whole
from estates.feeds.zip_directory import Fault
from tests.feeds.feeds import feed, listing, written, zipped


def with_pictures(number: str, *names: str) -> str:
    items = "".join(
        f'<anhang location="EXTERN" gruppe="BILD"><daten><pfad>{name}</pfad></daten></anhang>'
        for name in names
    )
    return listing(number, pictures=f"<anhaenge>{items}</anhaenge>")


def refused(path) -> Unreadable:
    with pytest.raises(Unreadable) as found, opened(path):
        pass
    return found.value


def ids(path) -> list[str]:
    with opened(path) as found:
        return [result.listing.external_id for result in read(found)]


class TestOpening:
    def test_a_zip(self, tmp_path):
        path = zipped(tmp_path, {"index.xml": feed(listing()), "x.jpg": b"x"})
        with opened(path) as found:
            assert (found.container, found.repaired, found.names) == ("zip", False, ("index.xml", "x.jpg"))
            assert found.format == "openimmo"
        assert ids(path) == ["M-1"]

    @pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_stored_or_deflated(self, tmp_path, method):
        assert ids(zipped(tmp_path, {"index.xml": feed(*map(listing, "abc"))}, method)) == ["a", "b", "c"]

    def test_its_xml_is_repaired_too(self, tmp_path):
        path = zipped(tmp_path, {"index.xml": feed(listing()).replace("Vue mer", "Vue & mer")})
        with opened(path) as found:
            assert found.repaired
            assert next(read(found)).listing.title == "Vue & mer"

    @pytest.mark.parametrize(
        "names",
        [
            ["index.xml", "other.xml"],
            ["INDEX.XML", "other.xml", "a/index.xml"],
            ["openimmo.xml", "other.xml"],
            ["export_2015.xml", "a/other.xml"],
            ["export/any.xml"],
            ["any.XML", "__MACOSX/._any.xml", "._any.xml"],
        ],
    )
    def test_an_xml_that_is_not_named_index(self, tmp_path, names):
        files = {name: feed(listing("other")) for name in names} | {names[0]: feed(listing("right"))}
        assert ids(zipped(tmp_path, files)) == ["right"]

    @pytest.mark.parametrize(
        ("names", "reason"),
        [
            (["x.jpg"], Reason.NO_XML_IN_ZIP),
            ([], Reason.NO_XML_IN_ZIP),
            (["a.xml", "b.xml"], Reason.SEVERAL_XML_IN_ZIP),
            (["a/index.xml", "b/index.xml"], Reason.SEVERAL_XML_IN_ZIP),
        ],
    )
    def test_none_or_several(self, tmp_path, names, reason):
        assert refused(zipped(tmp_path, dict.fromkeys(names, feed(listing())))).reason is reason

    def test_folders_are_no_files(self, tmp_path):
        assert ids(zipped(tmp_path, {"pictures.xml/": "", "index.xml": feed(listing())})) == ["M-1"]

    @pytest.mark.parametrize(
        ("called", "entry"),
        [
            ("bilder/x.jpg", "x.jpg"),
            ("x.jpg", "bilder/x.jpg"),
            ("foo.JPG", "foo.jpg"),
            ("foo.jpg", "Foo.JPG"),
            ("./x.jpg", "x.jpg"),
            (r"bilder\x.jpg", "bilder/x.jpg"),
            ("Küche.jpg", "KÜCHE.jpg"),
        ],
    )
    def test_pictures_are_found_by_names_that_are_not_exact(self, tmp_path, called, entry):
        with opened(zipped(tmp_path, {"index.xml": feed(listing()), entry: b"x"})) as found:
            assert found.archive.find(called).name == entry
            assert found.archive.find("y.jpg") is None

    @pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
    def test_names_whose_encoding_is_not_said(self, tmp_path, encoding):
        path = zipped(tmp_path, {"index.xml": feed(listing()), "K_____.jpg": b"x"})
        raw = "Küche".encode(encoding).ljust(6, b"e") + b".jpg"
        path.write_bytes(path.read_bytes().replace(b"K_____.jpg", raw))
        with opened(path) as found:
            assert found.archive.find("Küche.jpg" if encoding == "utf-8" else "Küchee.jpg")


def patched(path, old: bytes, new: bytes):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    return path


def overlapping(copies: int = 250, size: int = 4_000_000) -> bytes:
    """A zip of some 16 kB whose entries all share the same deflated bytes, and together hold a gigabyte."""
    deflate = zlib.compressobj(9, wbits=-15)
    packed = deflate.compress(b"\0" * size) + deflate.flush()
    checksum = zlib.crc32(b"\0" * size)
    common = struct.pack("<5H3I2H", 20, 0, 8, 0, 33, checksum, len(packed), size, 5, 0)
    body = b"PK\3\4" + common + b"a.jpg" + packed
    listed = b"".join(
        b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<3H2I", 0, 0, 0, 0, 0) + b"a.jpg"
        for _ in range(copies)
    )
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, copies, copies, len(listed), len(body), 0)
    return body + listed + end


class TestHostile:
    def test_entries_that_share_their_bytes(self, tmp_path):
        content = overlapping()
        assert len(content) < 48_000
        found = refused(written(tmp_path, content, "feed.zip"))
        assert (found.reason, found.words) == (Reason.BOMB, "a.jpg")

    @pytest.mark.parametrize(
        "name", ["../index.xml", "a/../../x.jpg", "/etc/x.jpg", r"..\x.jpg", r"C:\x.jpg", "C:x.jpg"]
    )
    def test_names_that_lead_out(self, tmp_path, name):
        found = refused(zipped(tmp_path, {"index.xml": feed(listing()), name: b"x"}))
        assert (found.reason, found.words) == (Reason.ENTRY_LEADS_OUT, name)

    @pytest.mark.parametrize("mode", [0o120777, 0o060644, 0o010644])
    def test_links_and_devices(self, tmp_path, mode):
        path = zipped(tmp_path, {"index.xml": feed(listing())})
        with zipfile.ZipFile(path, "a") as archive:
            info = zipfile.ZipInfo("x.jpg")
            info.external_attr = mode << 16
            archive.writestr(info, "/etc/passwd")
        assert refused(path).reason is Reason.ENTRY_LEADS_OUT

    def test_encrypted_entries(self, tmp_path):
        path = zipped(tmp_path, {"index.xml": feed(listing())})
        content = bytearray(path.read_bytes())
        content[6] |= 1
        content[content.index(b"PK\1\2") + 8] |= 1
        path.write_bytes(content)
        assert refused(path).reason is Reason.ZIP_ENCRYPTED

    def test_too_many_entries(self, tmp_path, monkeypatch):
        monkeypatch.setattr(zip_feed, "MOST_ENTRIES", 3)
        files = {f"{n}.jpg": b"" for n in range(3)} | {"index.xml": feed(listing())}
        assert refused(zipped(tmp_path, files)).reason is Reason.BOMB

    def test_xml_that_unpacks_to_far_too_much(self, tmp_path):
        path = tmp_path / "feed.zip"
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("index.xml", "w") as out,
        ):
            out.write(feed(listing()).encode())
            for _ in range(70):
                out.write(b" " * 1_000_000)
        found = refused(path)
        assert found.reason is Reason.BOMB
        assert path.stat().st_size < 100_000

    def test_more_comes_out_than_was_announced(self, tmp_path):
        path = zipped(tmp_path, {"index.xml": feed(*map(listing, map(str, range(100))))})
        size = zipfile.ZipFile(path).getinfo("index.xml").file_size
        patched(path, struct.pack("<I", size), struct.pack("<I", 1000))
        assert refused(path).reason is Reason.BOMB

    def test_less_comes_out_than_was_announced(self, tmp_path):
        path = zipped(tmp_path, {"index.xml": feed(listing())})
        size = zipfile.ZipFile(path).getinfo("index.xml").file_size
        patched(path, struct.pack("<I", size), struct.pack("<I", size + 1))
        assert refused(path).reason is Reason.ZIP_DAMAGED

    def test_a_wrong_checksum(self, tmp_path):
        path = zipped(tmp_path, {"index.xml": feed(listing())}, zipfile.ZIP_STORED)
        assert refused(patched(path, b"Vue mer", b"Vue met")).reason is Reason.ZIP_DAMAGED

    def test_deflated_bytes_that_are_none(self, tmp_path):
        path = zipped(tmp_path, {"index.xml": feed(listing())})
        content = bytearray(path.read_bytes())
        content[45:60] = b"\xff" * 15
        path.write_bytes(content)
        assert refused(path).reason is Reason.ZIP_DAMAGED

    @pytest.mark.parametrize("kept", [10, 300, -1, -30])
    def test_one_that_breaks_off(self, tmp_path, kept):
        path = zipped(tmp_path, {"index.xml": feed(listing())})
        path.write_bytes(path.read_bytes()[:kept])
        assert refused(path).reason is Reason.ZIP_DAMAGED

    def test_a_doctype_inside(self, tmp_path):
        path = zipped(tmp_path, {"index.xml": '<!DOCTYPE openimmo SYSTEM "x.dtd"><openimmo/>'})
        assert refused(path).reason is Reason.DOCTYPE

    def test_a_zip_in_the_zip_is_only_a_file(self, tmp_path):
        assert ids(zipped(tmp_path, {"index.xml": feed(listing()), "inner.zip": overlapping()})) == ["M-1"]

    def test_every_fault_has_a_reason(self):
        assert zip_feed.REASONS.keys() == set(Fault)


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "chunks"
    folder.mkdir()
    return folder


def contents(chunk: Chunk) -> dict[str, bytes]:
    with zipfile.ZipFile(chunk.path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


class TestSplitting:
    FILES = {
        "a.jpg": b"a" * 2000,
        "bilder/B.JPG": b"b" * 3000,
        "c.jpg": bytes(range(256)) * 8,
        "unasked.jpg": b"u",
    }

    def zip_of(self, tmp_path, *listings, method=zipfile.ZIP_DEFLATED, index="index.xml"):
        return zipped(tmp_path, {index: feed(*listings)} | self.FILES, method)

    @pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    @pytest.mark.parametrize("index", ["index.xml", "export/any.XML"])
    def test_each_chunk_has_the_pictures_that_it_needs(self, tmp_path, into, method, index):
        path = self.zip_of(
            tmp_path,
            with_pictures("M-0", "a.jpg", "https://x.example/a.jpg"),
            with_pictures("M-1", "b.jpg", "missing.jpg"),
            with_pictures("M-2", "bilder/c.jpg", "A.jpg", "a.jpg"),
            method=method,
            index=index,
        )
        with opened(path) as found:
            first, second = split(found, into, most=2)
        held = contents(first)
        assert list(held) == ["index.xml", "a.jpg", "b.jpg"]
        assert (held["a.jpg"], held["b.jpg"]) == (self.FILES["a.jpg"], self.FILES["bilder/B.JPG"])
        assert list(contents(second)) == ["index.xml", "bilder/c.jpg", "A.jpg", "a.jpg"]
        assert (ids(first.path), ids(second.path)) == (["M-0", "M-1"], ["M-2"])
        assert b'umfang="TEIL"' in held["index.xml"]
        for chunk in (first, second):
            assert (chunk.content_type, chunk.size) == ("application/zip", chunk.path.stat().st_size)
            assert chunk.left_out == ()

    @pytest.mark.parametrize("name", ["../a.jpg", "/a.jpg", "x/../../a.jpg", "C:/a.jpg"])
    def test_names_that_lead_out_take_the_archive_s_name(self, tmp_path, into, name):
        with opened(self.zip_of(tmp_path, with_pictures("M-0", name))) as found:
            (chunk,) = split(found, into)
        assert list(contents(chunk)) == ["index.xml", "a.jpg"]

    def test_names_in_xml_s_own_writing(self, tmp_path, into):
        files = {
            "index.xml": feed(with_pictures("M-0", "a &amp; b&#46;jpg", "<![CDATA[c.jpg]]>")),
            "a & b.jpg": b"&",
            "c.jpg": b"c",
        }
        with opened(zipped(tmp_path, files)) as found:
            (chunk,) = split(found, into)
        assert list(contents(chunk)) == ["index.xml", "a & b.jpg", "c.jpg"]

    def test_no_chunk_has_more_bytes_than_it_may(self, tmp_path, into):
        path = self.zip_of(
            tmp_path,
            *(with_pictures(f"M-{n}", "abc"[n % 3] + ".jpg") for n in range(9)),
            method=zipfile.ZIP_STORED,
        )
        with opened(path) as found:
            chunks = list(split(found, into, most_bytes=9000))
        assert sum((chunk.ordinals for chunk in chunks), ()) == tuple(range(9))
        assert max(chunk.size for chunk in chunks) <= 9000
        assert len(chunks) < 9

    def test_a_listing_that_fits_nowhere_is_set_apart(self, tmp_path, into):
        path = self.zip_of(
            tmp_path,
            with_pictures("M-0", "a.jpg", "b.jpg", "c.jpg"),
            listing("M-1"),
            method=zipfile.ZIP_STORED,
        )
        with opened(path) as found:
            apart, chunk = split(found, into, most_bytes=5000)
        assert (apart.ordinal, apart.reason, chunk.ordinals) == (0, Reason.TOO_LARGE, (1,))

    def test_a_damaged_picture_is_left_out_and_told(self, tmp_path, into):
        path = self.zip_of(tmp_path, with_pictures("M-0", "a.jpg", "c.jpg"), method=zipfile.ZIP_STORED)
        patched(path, b"a" * 2000, b"a" * 1999 + b"b")
        with opened(path) as found:
            (chunk,) = split(found, into)
        assert chunk.left_out == ("a.jpg",)
        assert list(contents(chunk)) == ["index.xml", "c.jpg"]

    def test_pictures_named_across_the_edges_of_blocks(self, tmp_path, into, monkeypatch):
        from estates.feeds import asked_pictures

        monkeypatch.setattr(asked_pictures, "BLOCK", 50)
        with opened(self.zip_of(tmp_path, with_pictures("M-0", "a.jpg", "b.jpg", "c.jpg"))) as found:
            (chunk,) = split(found, into)
        assert len(contents(chunk)) == 4

    def test_the_whole_file(self, tmp_path):
        path = self.zip_of(tmp_path, with_pictures("M-0", "a.jpg", "missing.jpg"))
        with opened(path) as found:
            assert whole(found) == Chunk(path, "application/zip", path.stat().st_size, (0,))

    def test_not_whole_where_a_receiver_would_not_find_things(self, tmp_path):
        with opened(self.zip_of(tmp_path, with_pictures("M-0", "A.JPG"))) as found:
            assert whole(found) is None
        with opened(self.zip_of(tmp_path, listing(), index="export.xml")) as found:
            assert whole(found) is None
