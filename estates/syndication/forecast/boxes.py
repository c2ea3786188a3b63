"""Where countries lie, roughly: enough to see that an estate in Lyon is not in the Atlantic."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """Degrees, with a little margin."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, latitude: float, longitude: float) -> bool:
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


# French addresses overseas are written with FR as well as with their own codes.
_OVERSEAS = (
    Box(14.2, -63.3, 18.3, -60.7),  # Antilles
    Box(2.0, -54.8, 6.0, -51.4),  # Guyane
    Box(-21.6, 55.0, -20.7, 56.0),  # Réunion
    Box(-13.2, 44.8, -12.5, 45.5),  # Mayotte
    Box(46.6, -56.6, 47.3, -56.0),  # Saint-Pierre-et-Miquelon
    Box(-28.0, -155.0, -7.5, -134.0),  # Polynésie
    Box(-23.0, 158.0, -14.0, 182.0),  # Nouvelle-Calédonie, Wallis-et-Futuna
    Box(-15.0, -180.0, -13.0, -175.5),
)
BOXES = {
    "AT": (Box(46.2, 9.3, 49.2, 17.3),),
    "BE": (Box(49.3, 2.3, 51.7, 6.6),),
    "CH": (Box(45.6, 5.8, 48.0, 10.7),),
    "CZ": (Box(48.4, 11.9, 51.2, 19.0),),
    "DE": (Box(47.1, 5.7, 55.2, 15.2),),
    "ES": (Box(35.0, -9.6, 44.0, 4.6), Box(27.4, -18.4, 29.6, -13.2)),
    "FR": (Box(41.2, -5.4, 51.3, 9.8), *_OVERSEAS),
    "GB": (Box(49.0, -8.8, 61.1, 2.1),),
    "IT": (Box(35.3, 6.4, 47.3, 18.8),),
    "LU": (Box(49.3, 5.6, 50.3, 6.7),),
    "MC": (Box(43.6, 7.3, 43.9, 7.6),),
    "NL": (Box(50.6, 3.2, 53.8, 7.4),),
    "PL": (Box(48.9, 14.0, 55.0, 24.3),),
    "PT": (Box(36.8, -9.7, 42.3, -6.0), Box(36.8, -31.5, 39.9, -24.8), Box(32.2, -17.5, 33.3, -16.0)),
}
