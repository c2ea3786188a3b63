"""Feed files as software of agencies exports them, and Seeki as a client that only remembers what it was sent."""

import io
import re
import zipfile
from pathlib import Path

from estates.remotes.seeki import Accepted, ImportAnswer, Rejected


def estate(number, *, action="", title="", city="Lyon", price="250000", body="") -> str:
    """An `immobilie`; `action` is OpenImmo's `aktionart`, "" for none, and `number` None for one without any."""
    told = f'<aktion aktionart="{action}"/>' if action else ""
    named = "" if number is None else f"<objektnr_extern>{number}</objektnr_extern>"
    obid = "" if number is None else f"<openimmo_obid>{number}</openimmo_obid>"
    return (
        '<immobilie><objektkategorie><nutzungsart WOHNEN="true" GEWERBE="false"/>'
        '<vermarktungsart KAUF="true" MIETE_PACHT="false"/>'
        '<objektart><wohnung wohnungtyp="ETAGE"/></objektart></objektkategorie>'
        f'<geo><plz>69003</plz><ort>{city}</ort><strasse>rue de la Paix</strasse><land iso_land="FRA"/></geo>'
        f'<preise><kaufpreis>{price}</kaufpreis><waehrung iso_waehrung="EUR"/></preise>'
        f"<freitexte><objekttitel>{title or f'Flat {number}'}</objekttitel></freitexte>{body}"
        f"<verwaltung_techn>{named}{told}{obid}</verwaltung_techn></immobilie>"
    )


def feed(*estates, scope="TEIL", sender="Agence Martin") -> bytes:
    """An OpenImmo file; a number stands for an estate of that number."""
    told = "\n".join(each if "<" in str(each) else estate(each) for each in estates)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<openimmo>'
        f'<uebertragung art="OFFLINE" umfang="{scope}" version="1.2.7" sendersoftware="Immo" senderversion="9"/>'
        f"<anbieter><firma>{sender}</firma><openimmo_anid>M1</openimmo_anid>\n{told}\n</anbieter></openimmo>"
    ).encode()


def zipped(xml: bytes, **files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.xml", xml)
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def numbers(xml: bytes) -> list[str]:
    return [found.decode() for found in re.findall(rb"<objektnr_extern>(.*?)</objektnr_extern>", xml)]


class Seeki:
    """Takes all listings, but for `refusals` (number → code); `before` and `after` may raise around a request.

    `silent` numbers are in neither list of the answer; `most` is how many listings a request may hold.
    """

    def __init__(self) -> None:
        self.requests: list[tuple[list[str], bytes, str]] = []
        self.refusals: dict[str, str] = {}
        self.silent: set[str] = set()
        self.renamed: dict[str, str] = {}
        self.before = self.after = lambda: None
        self.refuse_size = lambda sent: None

    @property
    def sent(self) -> list[list[str]]:
        return [told for told, _body, _kind in self.requests]

    def send_openimmo(self, file, content_type="application/xml", *, progress=None) -> ImportAnswer:
        return self._take(b"".join(file.pieces()), content_type)

    def send_idealista(self, file, *, progress=None) -> ImportAnswer:
        return self._take(b"".join(file.pieces()), "idealista")

    def _take(self, body: bytes, kind: str) -> ImportAnswer:
        self.before()
        if body.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                xml = archive.read("index.xml")
        else:
            xml = body
        told = numbers(xml)
        self.requests.append((told, body, kind))
        self.refuse_size(told)
        self.after()
        named = [number for number in told if number not in self.silent]
        return ImportAnswer(
            tuple(
                Accepted(self.renamed.get(number, number), f"item-{number}-{len(self.requests)}")
                for number in named
                if number not in self.refusals
            ),
            tuple(
                Rejected(number, None, self.refusals[number], "price: too low", "price")
                for number in named
                if number in self.refusals
            ),
            0,
            "batch",
            b'{"accepted": []}',
        )


def path_of(folder, body: bytes, name="export.xml") -> Path:
    path = Path(folder, name)
    path.write_bytes(body)
    return path
