"""The words of Idealista's two XML dialects.

Of the first one, which exporters know as xmlGenerator, only `provincia` and `imagenes/imagen@url` are known for
sure. All other names are unverified: they stand in this file only, so that one line changes when the truth turns up.
"""

from estates.feeds.listing import Kind, Offer

ROOT, RECORDS = "inmuebles", frozenset(("inmueble", "anuncio", "propiedad", "ad"))
"""The root that is written, and the elements that hold one listing each. Unverified; `inmueble` is written."""

RECORD = "inmueble"

FIELDS = {
    "external_id": ("referencia", "codigo", "id"),
    "offer": ("operacion", "tipoOperacion"),
    "kind": ("tipo", "tipoInmueble"),
    "title": ("titulo",),
    "description": ("descripcion", "observaciones"),
    "language": ("idioma",),
    "price": ("precio",),
    "currency": ("moneda",),
    "street": ("calle", "direccion"),
    "house_number": ("numero",),
    "postal_code": ("codigoPostal", "cp"),
    "city": ("poblacion", "municipio", "localidad"),
    "province": ("provincia",),
    "latitude": ("latitud",),
    "longitude": ("longitud",),
    "surface": ("superficie", "metrosConstruidos", "metros"),
    "land_surface": ("superficieParcela", "metrosParcela"),
    "rooms": ("habitaciones",),
    "bedrooms": ("dormitorios",),
    "bathrooms": ("banos",),
    "floor": ("planta",),
    "updated": ("fechaModificacion", "fecha"),
    "contact_name": ("contactoNombre", "nombreContacto"),
    "contact_email": ("contactoEmail", "email"),
    "contact_phone": ("contactoTelefono", "telefono"),
}
"""Elements below a record for each field: the first is written, all are read. Unverified but for `provincia`."""

PICTURES, PICTURE, PICTURE_ADDRESS, PICTURE_TITLE = "imagenes", "imagen", "url", "titulo"

OFFERS = {
    "venta": Offer.SALE,
    "sale": Offer.SALE,
    "alquiler": Offer.RENT,
    "rent": Offer.RENT,
    "arrendamento": Offer.RENT,
    "venda": Offer.SALE,
}
"""The first of each offer is written; `sale` and `rent` are what the other dialect says."""

KINDS = {
    "piso": Kind.APARTMENT,
    "casa": Kind.HOUSE,
    "habitacion": Kind.ROOM,
    "terreno": Kind.LAND,
    "oficina": Kind.OFFICE,
    "local": Kind.RETAIL,
    "hotel": Kind.HOSPITALITY,
    "nave": Kind.INDUSTRY,
    "finca": Kind.FARM,
    "garaje": Kind.PARKING,
    "ocio": Kind.LEISURE,
    "edificio": Kind.INVESTMENT,
    "otro": Kind.OTHER,
    "apartamento": Kind.APARTMENT,
    "atico": Kind.APARTMENT,
    "duplex": Kind.APARTMENT,
    "estudio": Kind.APARTMENT,
    "flat": Kind.APARTMENT,
    "chalet": Kind.HOUSE,
    "moradia": Kind.HOUSE,
    "house": Kind.HOUSE,
    "room": Kind.ROOM,
    "land": Kind.LAND,
    "office": Kind.OFFICE,
    "premises": Kind.RETAIL,
    "warehouse": Kind.INDUSTRY,
    "garage": Kind.PARKING,
    "building": Kind.INVESTMENT,
    "storage": Kind.OTHER,
    "trastero": Kind.OTHER,
}
"""Words for a kind, without accents and in lower case. The first of each kind is written; a `features@type` of the
other dialect ends in one of them, such as `flat` or `country_house`."""

KIND_WORDS = {kind: word for word, kind in reversed(KINDS.items())}
OFFER_WORDS = {offer: word for word, offer in reversed(OFFERS.items())}

LANGUAGES = {"1": "es", "2": "en", "3": "fr", "4": "de", "5": "pt", "6": "it"}
"""Numbers of `description/language` in the published dialect."""

LANGUAGE_WORDS = {
    "spanish": "es",
    "english": "en",
    "french": "fr",
    "german": "de",
    "portuguese": "pt",
    "italian": "it",
}

SPAIN, PORTUGAL = "ES", "PT"
_PORTUGUESE = """
    aveiro beja braga braganca castelo_branco coimbra evora faro guarda leiria lisboa portalegre porto santarem
    setubal viana_do_castelo vila_real viseu acores madeira ilha_da_madeira ilha_de_sao_miguel ilha_terceira
    ilha_do_faial ilha_do_pico ilha_de_santa_maria ilha_de_sao_jorge ilha_graciosa ilha_das_flores
    ilha_do_corvo ilha_de_porto_santo
"""
PORTUGUESE_PROVINCES = frozenset(_PORTUGUESE.split())
"""Districts and islands, without accents, in lower case, blanks as `_`. Any other `provincia` is in Spain."""
