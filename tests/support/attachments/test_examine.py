"""What is taken, what is not, and why: by the ending and by the content."""

import tempfile
import tracemalloc
import zipfile
from io import BytesIO

import pytest
from PIL import Image

from support.attachments.examine import examined
from support.attachments.refusals import Refused
from tests.support.attachments.making import (
    GOOD,
    SCRIPT,
    SVG,
    animated,
    archive,
    box,
    film,
    gif_header,
    jpeg_header,
    located,
    office,
    pdf,
    picture,
    png_header,
    program,
)

ZIPPED = archive({"evil.js": "x"})
BOMB = b"\0" * 1_000_000


def kept(name, content):
    """The name, the type and the bytes of what is kept."""
    with examined(BytesIO(content), name) as found:
        found.body.seek(0)
        return found, found.body.read()


def refusal(name, content) -> str:
    with pytest.raises(Refused) as caught, examined(BytesIO(content), name):
        pytest.fail("it was taken")
    return caught.value.words


@pytest.mark.parametrize("name", GOOD)
def test_what_is_taken(name):
    found, body = kept(name, GOOD[name])
    assert found.name == name.replace(".jpeg", ".jpg")
    assert found.size == len(body)
    is_picture = found.kind.family == "picture"
    assert bool(found.thumbnail) is is_picture
    assert (found.width, found.height) == ((40, 30) if is_picture else (0, 0))
    assert is_picture or body == GOOD[name]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.png", b"", "empty"),
        ("a.png", program(), "does not fit"),
        ("a.jpg", SVG, "does not fit"),
        ("a.png", pdf(), "does not fit"),
        ("a.pdf", picture(), "does not fit"),
        ("a.mp4", picture(), "does not fit"),
        ("a.docx", picture(), "does not fit"),
        ("a.docx", ZIPPED, "does not fit"),
        ("a.docx", office("xlsx"), "does not fit"),
        ("a.odt", office("ods"), "does not fit"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "does not fit"),
        ("a.svg", SVG, "program"),
        ("a.html", SCRIPT, "program"),
        ("a.exe", picture(), "program"),
        ("a.zip", ZIPPED, "one by one"),
        ("a.doc", b"x", "old format"),
        ("a.docm", office(), "macros"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        ("a.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        ("a.psd", b"8BPS", "ending in .psd"),
        ("a", b"text", "no ending"),
        (".txt", b"text", "no ending"),
        ("a.txt", program(), "begins like"),
        ("a.txt", b"abc\0def", "no plain text"),
        ("a.txt", b"abc\x1b[31m", "no plain text"),
        ("a.txt", "Bonjour".encode("utf-16"), "no plain text"),
        ("a.txt", b"caf\x81 \xe9", "no plain text"),
        ("a.csv", picture(), "no plain text"),
        ("a.txt", SVG, "begins like"),
        ("a.log", b"\xef\xbb\xbf \n<!DOCTYPE html><p>", "begins like"),
        ("a.txt", b"<?xml version='1.0'?>", "begins like"),
        ("a.csv", b"a;b\n<ScRiPt >x", "begins like"),
        ("a.txt", b"#!/bin/sh\nrm -rf /", "begins like"),
        ("a.txt", b"<?php echo 1;", "begins like"),
        ("a.json", SCRIPT, "begins like"),
        ("a.json", b'"text"', "does not fit"),
        ("a.json", b'{"a": 1', "does not fit"),
        ("a.png", picture()[:-30], "damaged"),
        ("a.jpg", picture("jpg", size=(400, 400))[:700], "damaged"),
        ("a.gif", picture("gif", mode="P")[:60], "damaged"),
        ("a.webp", picture("webp")[:-20], "damaged"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\xff" * 90, "damaged"),
        ("a.gif", animated(), "Moving"),
        ("a.webp", animated("webp"), "Moving"),
        ("a.png", animated("png"), "Moving"),
        ("a.png", png_header(50_000, 50_000), "pixels"),
        ("a.gif", gif_header(50_000, 50_000), "pixels"),
        ("a.jpg", jpeg_header(50_000, 50_000), "pixels"),
        ("a.png", png_header(5_001, 5_000), "pixels"),
        ("a.pdf", b" " + pdf(), "does not fit"),
        ("a.pdf", pdf()[:-8], "damaged"),
        ("a.pdf", pdf() + ZIPPED, "damaged|archive at once"),
        ("a.pdf", b"%PDF-1.7\n" + ZIPPED[:-22] + b"%%EOF" + ZIPPED[-22:], "archive at once"),
        ("a.docx", office(word__vbaProject_dot_bin=b"x"), "macros"),
        ("a.xlsx", office("xlsx", xl__macrosheets__sheet1_dot_xml="x"), "macros"),
        ("a.odt", office("odt", Basic__Standard__Module1_dot_xml="x"), "macros"),
        ("a.docx", office(word__embeddings__a_dot_exe="x"), "macros"),
        ("a.docx", office(word__media__a_dot_png=program()), "macros"),
        ("a.docx", office(dot_dot__x="") + b"x", "damaged"),
        ("a.docx", archive({"[Content_Types].xml": "macroEnabled", "word/document.xml": ""}), "macros"),
        ("a.docx", office(**{"..__..__etc__cron_dot_d": "x"}), "damaged"),
        ("a.docx", office(**{f"bomb{n}": BOMB for n in range(201)}), "Unpacked"),
        ("a.docx", office(**{f"n{n}": "" for n in range(5_001)}), "Unpacked"),
        ("a.docx", office()[:-30], "damaged"),
        ("a.mp4", film()[:-5], "damaged"),
        ("a.mp4", film() + b"\0" * 20, "damaged"),
        ("a.mp4", film() + ZIPPED, "does not fit"),
        ("a.mp4", box(b"ftyp", b"isom\0\0\2\0"), "damaged"),
        ("a.mp4", box(b"ftyp", b"qt  \0\0\2\0") + box(b"moov") + box(b"mdat"), "does not fit"),
        ("a.mp4", box(b"ftyp", b"isom\0\0\2\0") + b"\0\0\0\1moov\0\0\0\0\0\0\0\0", "damaged"),
    ],
)  # fmt: skip
def test_what_is_refused(name, content, words):
    import re

    assert re.search(words, refusal(name, content))


def test_a_document_that_unpacks_to_more_than_it_says():
    content = bytearray(office(word__big_dot_xml=BOMB))
    at = content.rindex(b"word/big.xml") - 46
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert "damaged" in refusal("a.docx", bytes(content))


def test_a_document_with_a_part_twice():
    target = BytesIO(office())
    with zipfile.ZipFile(target, "a") as written, pytest.warns(UserWarning, match="Duplicate"):
        written.writestr("word/document.xml", "another one")
    assert "damaged" in refusal("a.docx", target.getvalue())


@pytest.mark.parametrize("extension", ["jpg", "webp", "png"])
def test_nothing_is_left_of_where_a_photograph_was_taken(extension):
    content = located(extension)
    assert b"Jean Secret" in content
    _found, body = kept(f"a.{extension}", content)
    assert b"Jean Secret" not in body
    assert b"Exif" not in body
    with Image.open(BytesIO(body)) as painted:
        assert not painted.getexif()
        assert not {"exif", "icc_profile", "comment", "xmp"} & painted.info.keys()


@pytest.mark.parametrize("extension", ["jpg", "png", "gif", "webp"])
def test_nothing_is_left_of_what_came_along(extension):
    mode = "P" if extension == "gif" else "RGB"
    comment = {"gif": {"comment": b"HIDDEN"}, "jpg": {"comment": b"HIDDEN"}}.get(extension, {})
    content = picture(extension, mode=mode, **comment) + b"HIDDEN" + ZIPPED + SCRIPT
    found, body = kept(f"a.{extension}", content)
    assert b"HIDDEN" not in body + found.thumbnail
    assert b"<script" not in body + found.thumbnail
    assert not zipfile.is_zipfile(BytesIO(body))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_the_camera_was_held(orientation):
    found, body = kept("a.jpg", located("jpg", orientation))
    assert (found.width, found.height) == ((40, 30) if orientation < 5 else (30, 40))
    red = {1: (5, 15), 2: (35, 15), 3: (35, 15), 4: (5, 15), 5: (15, 5), 6: (15, 5), 7: (15, 35), 8: (15, 35)}
    with Image.open(BytesIO(body)) as painted:
        r, _g, b = painted.getpixel(red[orientation])
    assert r > 200 > 60 > b


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png(mode):
    target = BytesIO()
    made = Image.new("I;16", (40, 30), 40_000) if mode == "I;16" else Image.new(mode, (40, 30), 1)
    made.save(target, "PNG")
    _found, body = kept("a.png", target.getvalue())
    with Image.open(BytesIO(body)) as painted:
        assert painted.size == (40, 30)
        if mode == "I;16":
            assert painted.getpixel((1, 1)) in (155, 156, 157)


def test_what_is_seen_through_stays_so():
    target = BytesIO()
    Image.new("RGBA", (40, 30), (255, 0, 0, 0)).save(target, "PNG")
    found, body = kept("a.png", target.getvalue())
    for content in (body, found.thumbnail):
        with Image.open(BytesIO(content)) as painted:
            assert painted.convert("RGBA").getpixel((1, 1))[3] == 0


def test_a_photograph_for_print_is_shown_in_screen_colours():
    target = BytesIO()
    image = Image.new("CMYK", (40, 30), (0, 255, 255, 0))
    image.save(target, "JPEG")
    with Image.open(BytesIO(kept("a.jpg", target.getvalue())[1])) as painted:
        assert painted.mode == "RGB"


def test_a_progressive_photograph_cannot_be_halved():
    target = BytesIO()
    Image.new("L", (8_000, 6_000)).save(target, "JPEG", progressive=True)
    assert "pixels" in refusal("a.jpg", target.getvalue())


def test_a_photograph_of_a_large_camera_is_taken_at_half_its_size():
    target = BytesIO()
    Image.new("L", (8_000, 6_000)).save(target, "JPEG")
    found, _body = kept("a.jpg", target.getvalue())
    assert (found.width, found.height) == (4_000, 3_000)


@pytest.mark.parametrize(
    ("size", "small"), [((1000, 500), (320, 160)), ((200, 4000), (16, 320)), ((9, 7), (9, 7))]
)
def test_a_thumbnail_fits_its_box(size, small):
    found, _body = kept("a.png", picture(size=size))
    with Image.open(BytesIO(found.thumbnail)) as painted:
        assert (painted.format, painted.size) == ("WEBP", small)


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("facture.exe.png", "facture.exe.png"),
        ("photo.jpg", "photo.png"),
        ("capture", "capture.png"),
        ("", "file.png"),
    ],
)
def test_a_picture_is_called_what_it_is(name, kept_as):
    assert kept(name, picture("png"))[0].name == kept_as


def test_a_file_of_25_mb_is_never_in_memory():
    with tempfile.TemporaryFile() as large:
        large.write(b"%PDF-1.7\n")
        for _piece in range(25):
            large.write(bytes(1024 * 1024 - 1))
        large.write(b"%%EOF\n")
        tracemalloc.start()
        try:
            with examined(large, "a.pdf") as found:
                assert found.size > 25_000_000
            assert tracemalloc.get_traced_memory()[1] < 1_000_000
        finally:
            tracemalloc.stop()


def test_a_text_of_25_mb_is_never_in_memory():
    with tempfile.TemporaryFile() as large:
        for _piece in range(25):
            large.write("Été 12 €\n".encode() * 80_000)
        tracemalloc.start()
        try:
            with examined(large, "a.log") as found:
                assert found.size > 20_000_000
            assert tracemalloc.get_traced_memory()[1] < 2_000_000
        finally:
            tracemalloc.stop()
