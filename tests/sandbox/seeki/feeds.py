"""Feeds in XML as exporters write them, for tests."""

NAMESPACE = ' xmlns="http://www.openimmo.de"'


def immobilie(
    external_id,
    *,
    offer='KAUF="true" MIETE_PACHT="false"',
    kind='<wohnung wohnungtyp="ETAGE"/>',
    kaufpreis="250000.00",
    prices="",
    place="<strasse>Hauptstr.</strasse><hausnummer>5a</hausnummer><ort>Köln</ort>",
    country='<land iso_land="DEU"/>',
    pictures=(),
    attachments="",
    obid="",
):
    attached = attachments + "".join(
        f'<anhang location="EXTERN" gruppe="BILD"><daten><pfad>{name}</pfad></daten></anhang>'
        for name in pictures
    )
    number = f"<objektnr_extern>{external_id}</objektnr_extern>" if external_id else ""
    return f"""<immobilie>
      <objektkategorie><nutzungsart WOHNEN="true" GEWERBE="false"/><vermarktungsart {offer}/>
        <objektart>{kind}</objektart></objektkategorie>
      <geo><plz>50667</plz>{place}{country}</geo>
      <preise><kaufpreis>{kaufpreis}</kaufpreis>{prices}<waehrung iso_waehrung="EUR"/></preise>
      <flaechen><wohnflaeche>84.5</wohnflaeche><anzahl_zimmer>3</anzahl_zimmer></flaechen>
      <freitexte><objekttitel>Schöne Wohnung</objekttitel></freitexte>
      <anhaenge>{attached}</anhaenge>
      <verwaltung_techn>{number}<openimmo_obid>{obid}</openimmo_obid></verwaltung_techn>
    </immobilie>"""


def openimmo(*records, namespace=NAMESPACE, encoding="UTF-8", root="openimmo"):
    body = "".join(records)
    text = f'<?xml version="1.0" encoding="{encoding}"?><{root}{namespace}><uebertragung/><anbieter>{body}</anbieter>'
    return f"{text}</{root}>".encode(encoding)


def inmueble(external_id, **changes):
    fields = {
        "referencia": external_id,
        "operacion": "venta",
        "tipo": "piso",
        "precio": "185000",
        "calle": "Calle Portales",
        "numero": "7",
        "poblacion": "Logroño",
        "provincia": "La Rioja",
    } | changes
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items() if value is not None)
    return f'<inmueble>{inside}<imagenes><imagen url="https://img.example/1.jpg"/></imagenes></inmueble>'


def idealista(*records, encoding="UTF-8", root="inmuebles"):
    text = f'<?xml version="1.0" encoding="{encoding}"?><{root}>{"".join(records)}</{root}>'
    return text.encode(encoding)
