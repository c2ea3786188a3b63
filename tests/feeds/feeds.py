"""Small feeds for the tests of the reading half: each says what one exporter in the wild does."""

import zipfile
from contextlib import contextmanager
from pathlib import Path

from estates.feeds.reading import Read, opened, read

NAMESPACE = ' xmlns="http://www.openimmo.de"'
TRANSFER = '<uebertragung art="ONLINE" umfang="VOLL" version="1.2.7" sendersoftware="x" senderversion="1"/>'
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

CATEGORY = (
    '<objektkategorie><nutzungsart WOHNEN="true" GEWERBE="false"/><vermarktungsart KAUF="true" MIETE_PACHT="false"/>'
    '<objektart><wohnung wohnungtyp="ETAGE"/></objektart></objektkategorie>'
)
GEO = (
    '<geo><plz>06000</plz><ort>Nice</ort><geokoordinaten breitengrad="43.7" laengengrad="7.26"/>'
    "<strasse>Rue Gioffredo</strasse><hausnummer>7 bis</hausnummer><bundesland>PACA</bundesland>"
    '<land iso_land="FRA"/><etage>3</etage></geo>'
)
PERSON = (
    "<kontaktperson><email_direkt>ana@martin.example</email_direkt><tel_durchw>+33 4 93 00 00 00</tel_durchw>"
    "<name>Martin</name><vorname>Ana</vorname></kontaktperson>"
)
PRICES = '<preise><kaufpreis>320000.00</kaufpreis><waehrung iso_waehrung="EUR"/></preise>'
AREAS = (
    "<flaechen><wohnflaeche>84.5</wohnflaeche><grundstuecksflaeche>120</grundstuecksflaeche>"
    "<anzahl_zimmer>3.5</anzahl_zimmer><anzahl_schlafzimmer>2</anzahl_schlafzimmer>"
    "<anzahl_badezimmer>1</anzahl_badezimmer></flaechen>"
)
TEXTS = "<freitexte><objekttitel>Vue mer</objekttitel><objektbeschreibung>Au calme.</objektbeschreibung></freitexte>"
PICTURES = (
    '<anhaenge><anhang location="REMOTE" gruppe="TITELBILD"><anhangtitel>Façade</anhangtitel>'
    "<format>image/jpeg</format><daten><pfad>https://pictures.example/1.jpg</pfad></daten></anhang></anhaenge>"
)


def technical(number: str = "M-1", more: str = "") -> str:
    return (
        f"<verwaltung_techn><objektnr_intern>17</objektnr_intern><objektnr_extern>{number}</objektnr_extern>{more}"
        f"<openimmo_obid>OBID-{number}</openimmo_obid><stand_vom>2015-08-01</stand_vom></verwaltung_techn>"
    )


def listing(number: str = "M-1", **parts: str) -> str:
    """An `immobilie`; every section can be replaced, "" leaves it out."""
    known = {
        "category": CATEGORY,
        "geo": GEO,
        "person": PERSON,
        "prices": PRICES,
        "areas": AREAS,
        "texts": TEXTS,
        "pictures": PICTURES,
        "technical": technical(number),
    }
    return f"<immobilie>{''.join((known | parts).values())}</immobilie>"


def provider(
    *listings: str, head: str = "<firma>Agence Martin</firma><openimmo_anid>A1</openimmo_anid>"
) -> str:
    return f"<anbieter>{head}{''.join(listings)}</anbieter>"


def feed(
    *listings: str, namespace: str = NAMESPACE, transfer: str = TRANSFER, declaration: str = DECLARATION
) -> str:
    return f"{declaration}<openimmo{namespace}>{transfer}{provider(*listings)}</openimmo>"


def written(folder: Path, content: str | bytes, name: str = "feed.xml", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def zipped(folder: Path, files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "feed.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@contextmanager
def source(folder: Path, content: str | bytes, encoding: str = "utf-8"):
    with opened(written(folder, content, encoding=encoding), scratch=folder) as found:
        yield found


def results(folder: Path, content: str | bytes, encoding: str = "utf-8"):
    with source(folder, content, encoding) as found:
        return list(read(found))


def only(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Read:
    """What is read of a feed's only listing."""
    (found,) = results(folder, content, encoding)
    assert isinstance(found, Read), found
    return found
