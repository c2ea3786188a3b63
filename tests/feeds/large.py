"""Feeds as large as one likes, as real ones are: some 85 elements and 1.3 kB of prose in 4.6 kB a listing."""

import json
import random
import re
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from estates.feeds.reading import opened, read
from estates.feeds.splitting import split

PROSE = (
    """helle Wohnung mit Blick auf den See, große Küche, Balkon und zwei Bäder in ruhiger Lage der Altstadt"""
)
WORDS = PROSE.split(" ")
START = """<?xml version="1.0" encoding="UTF-8"?>
<openimmo xmlns="http://www.openimmo.de">
  <uebertragung art="ONLINE" umfang="VOLL" version="1.2.7" sendersoftware="x" senderversion="1"/>
  <anbieter>
    <firma>Agence Martin</firma>
    <openimmo_anid>A1</openimmo_anid>"""
END = "\n  </anbieter>\n</openimmo>\n"
LISTING = """
    <immobilie>
      <objektkategorie>
        <nutzungsart WOHNEN="true" GEWERBE="false"/>
        <vermarktungsart KAUF="true" MIETE_PACHT="false"/>
        <objektart><wohnung wohnungtyp="ETAGE"/></objektart>
      </objektkategorie>
      <geo>
        <plz>{postcode}</plz>
        <ort>Köln</ort>
        <geokoordinaten breitengrad="50.{number:06}" laengengrad="6.9"/>
        <strasse>Hauptstraße</strasse>
        <hausnummer>{house}</hausnummer>
        <land iso_land="DEU"/>
        <etage>3</etage>
      </geo>
      <kontaktperson>
        <email_direkt>ana@martin.example</email_direkt>
        <tel_durchw>+49 221 123456</tel_durchw>
        <name>Martin</name>
        <vorname>Ana</vorname>
      </kontaktperson>
      <preise>
        <kaufpreis>{price}.00</kaufpreis>
        <waehrung iso_waehrung="EUR"/>
      </preise>
      <flaechen>
        <wohnflaeche>84.50</wohnflaeche>
        <anzahl_zimmer>3.5</anzahl_zimmer>
        <anzahl_schlafzimmer>2</anzahl_schlafzimmer>
        <anzahl_badezimmer>1</anzahl_badezimmer>
      </flaechen>
      <zustand_angaben><baujahr>1985</baujahr><zustand zustand_art="GEPFLEGT"/></zustand_angaben>
      <freitexte>
        <objekttitel>{title}</objekttitel>
        <objektbeschreibung>{prose}</objektbeschreibung>
        <lage>{place}</lage>
      </freitexte>
      <anhaenge>{pictures}
      </anhaenge>
      <verwaltung_objekt><objektadresse_freigeben>true</objektadresse_freigeben></verwaltung_objekt>
      <verwaltung_techn>
        <objektnr_intern>{number}</objektnr_intern>
        <objektnr_extern>M-{number}</objektnr_extern>
        <aktion aktionart="CHANGE"/>
        <openimmo_obid>OBID{number:012}</openimmo_obid>
        <stand_vom>2015-08-01</stand_vom>
      </verwaltung_techn>
    </immobilie>"""
PICTURE = """
        <anhang location="{location}" gruppe="{group}">
          <anhangtitel>Bild {which}</anhangtitel>
          <format>image/jpeg</format>
          <daten><pfad>{address}</pfad></daten>
        </anhang>"""


def listing(number: int, chance: random.Random, beside: bool = False) -> str:
    address = "{0}-{1}.jpg" if beside else "https://pictures.example/{0}/{1}.jpg"
    pictures = "".join(
        PICTURE.format(
            location="EXTERN" if beside else "REMOTE",
            group="BILD" if which else "TITELBILD",
            which=which,
            address=address.format(number, which),
        )
        for which in range(5 if beside else 6)
    )
    return LISTING.format(
        number=number,
        postcode=10_000 + number % 80_000,
        house=number % 200,
        price=100_000 + number,
        title=" ".join(chance.choices(WORDS, k=8)),
        prose=" ".join(chance.choices(WORDS, k=160)),
        place=" ".join(chance.choices(WORDS, k=50)),
        pictures=pictures,
    )


def xml(path: Path, size: int) -> int:
    """Writes a feed of about `size` bytes; gives its number of listings."""
    chance, count, left = random.Random(7), 0, size
    with path.open("w", encoding="utf-8") as out:
        out.write(START)
        while left > 0:
            text = listing(count, chance)
            out.write(text)
            left, count = left - len(text.encode()), count + 1
        out.write(END)
    return count


def zipped(path: Path, size: int, pictures: int) -> int:
    """Writes a zip of about `size` bytes with so many pictures, five for a listing; gives its number of listings."""
    chance, count = random.Random(7), pictures // 5
    texts = "".join(listing(number, chance, beside=True) for number in range(count))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("index.xml", START + texts + END, zipfile.ZIP_DEFLATED)
        for number in range(count):
            for which in range(5):
                method = zipfile.ZIP_DEFLATED if which % 2 else zipfile.ZIP_STORED
                archive.writestr(
                    f"{number}-{which}.JPG", chance.randbytes(size // pictures), method, compresslevel=1
                )
    return count


def main(path: Path) -> None:
    """Examines, reads and splits a feed; prints how many listings were read and split, and the most kB held."""
    with opened(path) as source, TemporaryDirectory(dir=path.parent) as into:
        count, halves = sum(1 for _ in read(source)), 0
        for chunk in split(source, Path(into)):
            halves += len(chunk.ordinals)
            chunk.path.unlink()
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(json.dumps({"read": count, "split": halves, "peak": int(found[1])}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
