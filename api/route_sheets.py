"""A technician's day: read once, shown as a page, as a PDF and as a calendar."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from api.planning import clock
from scheduler.maps import route_map
from scheduler.travel import Position
from verifier.db import Session
from verifier.i18n import mark, say
from verifier.queries.sites import base_of, positions
from verifier.queries.staff import TechnicianRow, body_by_code, technician_row
from verifier.queries.standards import seen_by
from verifier.queries.visits import VisitInstrumentRow, VisitRow, instruments_of_visits, visits_of_round
from verifier.rules.access import Caller
from verifier.rules.route_sheets import RouteSheet, SheetStop

_MAP = mark("Map of the round: positions and order, north up")
_WORDS = {
    "title": mark("Route sheet"),
    "time": mark("Time"),
    "holder": mark("Holder"),
    "instruments": mark("Instruments"),
    "done": mark("Done"),
    "nobody": mark("Nobody is visited on this day"),
}
# Serial numbers told one by one; of more, the sheet gives the count alone.
_MOST_SERIALS = 12


@dataclass(frozen=True)
class Round:
    """Where somebody is expected on a day, in order, and what for."""

    day: date
    technician: TechnicianRow
    visits: tuple[VisitRow, ...]
    instruments: Mapping[int, Sequence[VisitInstrumentRow]]
    # Where the round begins, then each visit.
    places: tuple[Position, ...]


def round_of(session: Session, person_id: int, day: date, caller: Caller, *, on: date) -> Round:
    """A technician's day; raises TechnicianUnknown where it is not the caller's to see."""
    technician = technician_row(session, person_id, seen_by(caller, on=on))
    found = visits_of_round(session, person_id, day)
    where = positions(session, [visit.holder_id for visit in found])
    base = base_of(session, body_by_code(session, technician.body), where.values()) or (0.0, 0.0)
    places = [base, *(where.get(visit.holder_id, base) for visit in found)]
    return Round(
        day=day,
        technician=technician,
        visits=tuple(found),
        instruments=instruments_of_visits(session, [visit.id for visit in found]),
        places=tuple(Position(*place) for place in places),
    )


def map_of(places: Sequence[Position], language: str) -> Markup:
    """The drawing of a round, from where it begins; it holds nothing that anybody typed."""
    return Markup(route_map(places).svg(say(_MAP, language)))  # noqa: S704  numbers, and an escaped label


def kinds_told(rows: Sequence[VisitInstrumentRow], language: str) -> list[str]:
    """How many of which kind, the most first."""
    names = Counter(row.kind_name_en if language == "en" else row.kind_name_zh for row in rows)
    return [f"{count} × {name}" for name, count in names.most_common()]


def sheet_of(found: Round, language: str) -> RouteSheet:
    """The same for paper."""
    return RouteSheet(
        day=found.day,
        technician=found.technician.name,
        body=found.technician.body,
        stops=tuple(_stop(visit, found.instruments.get(visit.id, ()), language) for visit in found.visits),
        map=str(map_of(found.places, language)) if found.visits else "",
        words={name: say(word, language) for name, word in _WORDS.items()},
    )


def _stop(visit: VisitRow, rows: Sequence[VisitInstrumentRow], language: str) -> SheetStop:
    serials = [row.serial for row in rows if row.serial]
    told = kinds_told(rows, language)
    if 0 < len(serials) <= _MOST_SERIALS:
        told.append(", ".join(serials))
    return SheetStop(
        time=f"{clock(visit.starts)}–{clock(visit.ends)}",
        holder=visit.holder,
        address=visit.address or visit.district_name,
        contact=f"{visit.contact_name} {visit.contact_phone}".strip(),
        status=say(visit.status.word, language),
        instruments=tuple(told),
    )
