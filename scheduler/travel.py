"""Minutes between places: by air with a road factor, from a table, or asked of a routing service.

Whatever cannot be had is filled in or replaced, and the table says which source was used.
"""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from verifier.errors import Invalid
from verifier.i18n import Worded, mark

# Roads in the plain of the Yangtze delta are about a third longer than the straight line.
ROAD_FACTOR = 1.3
KM_PER_HOUR = 40.0
_EARTH_KM = 6371.0
# A leg nobody knows: dear enough never to be driven, small enough for the solvers (larger ones never return).
MISSING_TIMES = 20
_LONGEST_ANSWER = 64 * 1024 * 1024


class Position(NamedTuple):
    """Degrees in WGS 84."""

    latitude: float
    longitude: float


class TravelSource(Worded):
    GREAT_CIRCLE = "great_circle", mark("straight line with a road factor")
    TABLE = "table", mark("the office's table")
    SERVICE = "service", mark("routing service")
    SERVICE_FAILED = "service_failed", mark("straight line, because the routing service did not answer")


class TravelTableWrong(Invalid):
    message = mark("The travel table is wrong: row {row}, {problem}.")


class TableProblem(Worded):
    """What is wrong with a row of a travel table."""

    NO_HEADER = "no_header", mark("the header must be from,to,minutes")
    NOT_THREE = "not_three", mark("there are not three cells")
    NOT_A_NUMBER = "not_a_number", mark("the minutes are not a whole number of 0 or more")


@dataclass(frozen=True)
class Travel:
    """`minutes[i][j]` from place i to place j, whole, never negative, missing legs already priced."""

    minutes: tuple[tuple[int, ...], ...]
    source: TravelSource


def great_circle_km(one: Position, other: Position) -> float:
    """Kilometres over the sphere."""
    half_latitude = radians(other.latitude - one.latitude) / 2
    half_longitude = radians(other.longitude - one.longitude) / 2
    chord = (
        sin(half_latitude) ** 2
        + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(half_longitude) ** 2
    )
    return 2 * _EARTH_KM * asin(sqrt(min(1.0, chord)))


def by_air(
    places: Sequence[Position], *, road_factor: float = ROAD_FACTOR, km_per_hour: float = KM_PER_HOUR
) -> Travel:
    """Minutes from positions alone, rounded to the nearest whole one."""
    minutes = [
        [round(great_circle_km(one, other) * road_factor / km_per_hour * 60) for other in places]
        for one in places
    ]
    return Travel(_complete(minutes), TravelSource.GREAT_CIRCLE)


def from_csv(content: str, codes: Sequence[str], otherwise: Travel) -> Travel:
    """Minutes from lines `from,to,minutes`, places by code; legs not in the table as `otherwise` has them.

    A leg given in one direction alone holds for both. Unknown places are passed over: an office's table may
    cover more than one body. Raises TravelTableWrong.
    """
    rows = list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
    if not rows or [cell.strip().lower() for cell in rows[0]] != ["from", "to", "minutes"]:
        raise TravelTableWrong(row=1, problem=TableProblem.NO_HEADER)
    index = {code: place for place, code in enumerate(codes)}
    given: dict[tuple[int, int], int] = {}
    for row, cells in enumerate(rows[1:], start=2):
        if not cells:
            continue
        start, end, minutes = _leg(cells, row)
        if start in index and end in index:
            given[index[start], index[end]] = minutes
    known = [list(line) for line in otherwise.minutes]
    for (one, other), minutes in given.items():
        known[one][other] = minutes
        if (other, one) not in given:
            known[other][one] = minutes
    return Travel(_complete(known), TravelSource.TABLE)


def _leg(cells: Sequence[str], row: int) -> tuple[str, str, int]:
    if len(cells) != 3:
        raise TravelTableWrong(row=row, problem=TableProblem.NOT_THREE)
    start, end, minutes = (cell.strip() for cell in cells)
    if not (minutes.isascii() and minutes.isdigit()):
        raise TravelTableWrong(row=row, problem=TableProblem.NOT_A_NUMBER)
    return start, end, int(minutes)


def from_service(url: str, places: Sequence[Position], *, timeout: float = 10.0) -> Travel:
    """Minutes from an OSRM-compatible service at `url` (`https://host/table/v1/driving`).

    `timeout` is seconds for the whole question. If the service refuses, is late or talks nonsense, the answer
    is by air, and the table says so.
    """
    where = ";".join(f"{place.longitude:.6f},{place.latitude:.6f}" for place in places)
    asked = f"{url.rstrip('/')}/{where}?annotations=duration"
    if not url.startswith(("http://", "https://")):
        return Travel(by_air(places).minutes, TravelSource.SERVICE_FAILED)
    try:
        with urlopen(asked, timeout=timeout) as answer:  # noqa: S310  http or https, seen above
            minutes = _durations(json.loads(answer.read(_LONGEST_ANSWER)), len(places))
    except (URLError, HTTPException, OSError, ValueError):
        return Travel(by_air(places).minutes, TravelSource.SERVICE_FAILED)
    return Travel(_complete(minutes), TravelSource.SERVICE)


def _durations(answer: object, places: int) -> list[list[int | None]]:
    """Whole minutes out of OSRM's seconds; ValueError for anything that is not such a table."""
    table = answer.get("durations") if isinstance(answer, dict) else None
    if not isinstance(table, list) or len(table) != places:
        raise ValueError("no table of durations")
    return [_line(line, places) for line in table]


def _line(line: object, places: int) -> list[int | None]:
    if not isinstance(line, list) or len(line) != places:
        raise ValueError("a line of durations is too short or too long")
    return [None if seconds is None else _whole_minutes(seconds) for seconds in line]


def _whole_minutes(seconds: object) -> int:
    if not isinstance(seconds, int | float) or not isfinite(seconds) or seconds < 0:
        raise ValueError(f"{seconds!r} is not a duration")
    return round(seconds / 60)


def _complete(minutes: Sequence[Sequence[int | None]]) -> tuple[tuple[int, ...], ...]:
    """Missing legs at twenty times the longest real one; no way from a place to itself."""
    longest = max((leg for line in minutes for leg in line if leg is not None), default=0)
    missing = MISSING_TIMES * max(1, longest)
    return tuple(
        tuple(0 if one == other else missing if leg is None else leg for other, leg in enumerate(line))
        for one, line in enumerate(minutes)
    )
