"""Files for tests, made in memory: good ones, and what is harmful about them."""

import struct
import zipfile
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

GPS = 0x8825
ODF = "application/vnd.oasis.opendocument"
ZIP = zipfile.ZIP_DEFLATED
FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP"}


def image(size=(40, 30), mode="RGB") -> Image.Image:
    """Left half red, right half blue: what is upright can be seen."""
    made = Image.new("RGB", size, "blue")
    made.paste("red", (0, 0, size[0] // 2, size[1]))
    return made.convert(mode)


def picture(extension="png", size=(40, 30), mode="RGB", **options) -> bytes:
    target = BytesIO()
    image(size, mode).save(target, FORMATS[extension], **options)
    return target.getvalue()


def located(extension="jpg", orientation=1) -> bytes:
    """A photograph that says where it was taken, by whom, and how the camera was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = "Jean Secret"
    exif.get_ifd(GPS)[2] = (43.0, 42.0, 12.0)
    return picture(extension, exif=exif)


def animated(extension="gif") -> bytes:
    target = BytesIO()
    frames = [image(), image().rotate(180)]
    frames[0].save(target, FORMATS[extension], save_all=True, append_images=frames[1:], duration=100)
    return target.getvalue()


def png_header(width, height) -> bytes:
    """A PNG that announces a size, with next to nothing in it."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def gif_header(width, height) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + picture("gif", mode="P")[10:]


def jpeg_header(width, height) -> bytes:
    made = picture("jpg")
    at = made.index(b"\xff\xc0")
    return made[: at + 5] + struct.pack(">HH", height, width) + made[at + 9 :]


def pdf(filling=b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n" + filling + b"\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"


def archive(entries, method=ZIP) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", method) as written:
        for name, content in entries.items():
            written.writestr(name, content)
    return target.getvalue()


def office(extension="docx", **more) -> bytes:
    """`more` are entries, their names with `__` for `/` and `_dot_` for `.`."""
    parts = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
    if extension in parts:
        entries = {"[Content_Types].xml": "<Types/>", "_rels/.rels": "<r/>", parts[extension]: "<x/>" * 50}
    else:
        kind = {"odt": "text", "ods": "spreadsheet"}[extension]
        entries = {
            "mimetype": f"{ODF}.{kind}",
            "META-INF/manifest.xml": "<m/>",
            "content.xml": "<office/>",
        }
    named = {name.replace("__", "/").replace("_dot_", "."): content for name, content in more.items()}
    return archive(entries | named)


def box(name, content=b"") -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def film(filling=b"\0" * 100) -> bytes:
    return (
        box(b"ftyp", b"isom\0\0\2\0isomiso2")
        + box(b"moov", box(b"mvhd", b"\0" * 100))
        + box(b"mdat", filling)
    )


def program() -> bytes:
    return (
        b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + b"\0" * 44 + b"\x80\0\0\0" + b"\x0e\x1f\xba" + b"\xcc" * 400
    )


SCRIPT = b"<script>fetch('/account/').then(r => r.text())</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'
GOOD = {
    "capture.png": picture("png"),
    "photo.jpg": picture("jpg"),
    "photo.jpeg": picture("jpg"),
    "logo.gif": picture("gif", mode="P"),
    "photo.webp": picture("webp"),
    "facture.pdf": pdf(),
    "notes.txt": "Déjà vu, 12 € — rien.\r\n".encode(),
    "windows.txt": "Déjà vu, 12 € – rien.".encode("cp1252"),
    "serveur.log": b"<34>Oct 11 22:14:15 host app: fine\n",
    "biens.csv": b"\xef\xbb\xbfref;prix\r\n1;2\r\n",
    "flux.json": b' {"a": [1, "<b>"]}\n',
    "lettre.docx": office("docx"),
    "biens.xlsx": office("xlsx"),
    "expose.pptx": office("pptx"),
    "lettre.odt": office("odt"),
    "biens.ods": office("ods"),
    "ecran.mp4": film(),
}


def sent(name, content) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
