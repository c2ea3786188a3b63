"""Uploads that are made to harm, in endless variation: each a name, a content, and whether it must be refused."""

import random
from collections.abc import Callable, Iterator

from tests.support.attachments.making import (
    GOOD,
    SCRIPT,
    SVG,
    animated,
    archive,
    gif_header,
    jpeg_header,
    located,
    office,
    pdf,
    picture,
    png_header,
    program,
)

Upload = tuple[str, bytes, bool]
"""`True` last: none of it may be kept. Else it may be, if it is made harmless."""

PICTURES = ("png", "jpg", "gif", "webp")
ENDINGS = tuple(name.rpartition(".")[2] for name in GOOD)
PROGRAMS = (
    program(),
    b"\x7fELF\2\1\1" + b"\0" * 200,
    b"#!/bin/sh\nid\n",
    b"\xca\xfe\xba\xbe\0\0\0\x34" + b"\0" * 99,
)
PAGES = (
    SVG,
    SCRIPT,
    b"<!DOCTYPE html><p>",
    b"\xef\xbb\xbf  <HTML>",
    b"<?xml version='1.0'?>" + SVG,
    b"<?php eval($x);",
)
ZIPPED = archive({"META-INF/MANIFEST.MF": "Main-Class: Evil", "Evil.class": b"\xca\xfe\xba\xbe"})
NAMES = (
    "../../../../etc/cron.d/x{}", "..\\..\\windows\\x{}", "/etc/passwd{}", "C:\\boot{}", "a\0b{}", "x{}\0.exe",
    "x\u202e{}", "\u2066x\u2069\u200b{}", "{}", ".{}", "...{}", "con{}", "AUX.{}", "n" * 300 + "{}", "é" * 300 + "{}",
    "a\r\nX-Evil: 1{}", '"; filename="x.exe{}', "<img src=x onerror=alert(1)>{}", "{{{{ 7*7 }}}}{}", "%2e%2e%2fx{}",
    "x.exe{}", "x.php{}", "~{}", "-rf {}", "\ud7ff\uffff{}", "&#46;&#46;&#47;x{}", "x:stream{}", "💶{}",
)  # fmt: skip
BOMB = archive(
    {"[Content_Types].xml": "<T/>", "word/document.xml": "", "x": b"\0" * 5_000_000, "y": b"\0" * 5_000_000}
)


def disguised(chance: random.Random) -> Upload:
    """A program or a page under the name of something harmless."""
    return f"x.{chance.choice(ENDINGS)}", chance.choice(PROGRAMS + PAGES), True


def outspoken(chance: random.Random) -> Upload:
    ending = chance.choice(
        ("exe", "svg", "html", "js", "zip", "php", "heic", "docm", "lnk", "PNG.exe", "tiff", "xml")
    )
    return f"x.{ending}", chance.choice([picture(), SVG, program(), ZIPPED]), True


def two_in_one(chance: random.Random) -> Upload:
    """A good file with another one behind it. Painted anew, a picture loses what was behind."""
    ending = chance.choice((*PICTURES, "pdf", "mp4", "docx"))
    behind = chance.choice((ZIPPED, SCRIPT, program() + ZIPPED, SVG))
    good = next(content for name, content in GOOD.items() if name.endswith(ending))
    if ending == "pdf" and behind in (SCRIPT, SVG):
        return "x.pdf", good.replace(b"%%EOF", b"") + behind + b" " * 1024, True
    return f"x.{ending}", good + behind, ending not in PICTURES


def script_in_a_gif(chance: random.Random) -> Upload:
    """The beginning of a GIF that is a JavaScript too."""
    return f"x.{chance.choice(PICTURES)}", b"GIF89a/*" + chance.randbytes(40) + b"*/=1;alert(1)//", True


def cut(chance: random.Random) -> Upload:
    ending = chance.choice(("png", "jpg", "webp"))
    content = picture(ending, size=(chance.randint(30, 90), 60))
    return f"x.{ending}", content[: chance.randint(12, len(content) - 30)], True


def spoilt(chance: random.Random) -> Upload:
    """Some bytes changed: it may still be a file."""
    name, content = chance.choice(list(GOOD.items()))
    changed = bytearray(content)
    for _number in range(chance.randint(1, 30)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return name, bytes(changed), False


def huge(chance: random.Random) -> Upload:
    header = chance.choice((png_header, gif_header, jpeg_header))
    return "x.png", header(chance.randint(40_000, 60_000), chance.randint(40_000, 60_000)), True


def bomb(chance: random.Random) -> Upload:
    lie = bytearray(BOMB)
    at = lie.rindex(b"PK\1\2")
    lie[at + 24 : at + 28] = chance.randint(0, 99).to_bytes(4, "little")
    many = office(**{f"n{number}": "" for number in range(5_001)}) if chance.random() < 0.1 else bytes(lie)
    return "x.docx", many, True


def macros(chance: random.Random) -> Upload:
    ending = chance.choice(("docx", "xlsx", "pptx", "odt", "ods"))
    harm = chance.choice(
        ("word__vbaProject_dot_bin", "Basic__Module_dot_xml", "a_dot_exe", "..__..__x", "xl__vbaData_dot_xml")
    )
    return f"x.{ending}", office(ending, **{harm: "x"}), True


def badly_named(chance: random.Random) -> Upload:
    name, content = chance.choice(list(GOOD.items()))
    ending = "." + name.rpartition(".")[2]
    return chance.choice(NAMES).format(ending), content, False


def telling(chance: random.Random) -> Upload:
    ending = chance.choice(("jpg", "webp", "png"))
    return f"x.{ending}", located(ending, chance.randint(0, 9)), False


def moving(chance: random.Random) -> Upload:
    return "x.gif", animated(chance.choice(("gif", "webp", "png"))), True


def noise(chance: random.Random) -> Upload:
    ending = chance.choice(ENDINGS)
    start = chance.choice(
        (
            b"",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xe0",
            b"GIF89a",
            b"RIFF\x20\0\0\0WEBPVP8 ",
            b"PK\3\4",
            b"%PDF-",
            b"\0\0\0\x18ftypisom",
        )
    )
    return f"x.{ending}", start + b"\0" + chance.randbytes(chance.randint(1, 400)), True


def not_a_pdf(chance: random.Random) -> Upload:
    return (
        "x.pdf",
        chance.choice((b"\n" + pdf(), pdf()[:-7], b"%PDF-1.7\n" + ZIPPED[:-22] + b"%%EOF" + ZIPPED[-22:])),
        True,
    )


KINDS: tuple[Callable[[random.Random], Upload], ...] = (
    disguised, outspoken, two_in_one, script_in_a_gif, cut, spoilt, huge, bomb, macros, badly_named, badly_named,
    telling, moving, noise, not_a_pdf,
)  # fmt: skip


def uploads(seed: int, number: int) -> Iterator[tuple[str, Upload]]:
    """The same for the same seed; with the name of each one's kind."""
    chance = random.Random(seed)
    for _number in range(number):
        kind = chance.choice(KINDS)
        yield kind.__name__, kind(chance)
