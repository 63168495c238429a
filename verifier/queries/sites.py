"""What planning asks of the register: the sites with work for a body, and who has been promised what."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from verifier.db import Session
from verifier.models import (
    Appointment,
    AppointmentInstrument,
    Body,
    BodyScope,
    District,
    Enrolment,
    Holder,
    Instrument,
    InstrumentKind,
    OpeningHours,
    Programme,
    Repair,
    Verification,
    Visit,
    VisitInstrument,
)
from verifier.queries.districts import subtree
from verifier.queries.verifications import counts_still
from verifier.rules.appointments import AppointmentStatus
from verifier.rules.entitlement import VerificationForm
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus, ProgrammeStatus
from verifier.rules.visiting import OPEN_VISITS, VisitStatus

Position = tuple[float, float]


@dataclass(frozen=True)
class Work:
    """One instrument that wants a visit."""

    instrument_id: int
    kind: str
    # None: never verified.
    valid_until: date | None
    # Promised to a running programme that ends on this day, and not verified in it yet.
    programme_ends_on: date | None
    # A holder asked for it.
    is_asked_for: bool = False


@dataclass(frozen=True)
class Site:
    """A clinic, or a market with its stalls: one place, one visit."""

    holder_id: int
    name: str
    kind: HolderKind
    work: tuple[Work, ...]


@dataclass(frozen=True)
class Hours:
    """Minutes since midnight on a day of the week, Monday being 1."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True)
class Expected:
    """A visit somebody was told about, and the instruments it is for."""

    instruments: frozenset[int]
    visit_id: int
    holder_id: int
    person_id: int
    day: date
    status: VisitStatus


@dataclass(frozen=True)
class Asked:
    """A request the office accepted and has not placed yet, and the instruments it is about."""

    instruments: frozenset[int]
    appointment_id: int
    holder_id: int
    wanted_from: date | None
    wanted_until: date | None


def sites(
    session: Session, body: Body, *, until: date, on: date, district_id: int | None = None
) -> list[Site]:
    """Sites in the body's territory with work that is due by `until`, by holder; one statement.

    Never verified, promised to a running programme, asked for, or valid no longer than `until`. What the
    body is not authorised for is not its work, and what failed waits for its repair.
    """
    rows = session.execute(_work(body, until, on, district_id))
    grouped: dict[tuple[int, str, HolderKind], list[Work]] = defaultdict(list)
    for holder_id, name, kind, *work in rows:
        grouped[holder_id, name, kind].append(Work(*work))
    return [Site(*who, tuple(work)) for who, work in grouped.items()]


def _work(body: Body, until: date, on: date, district_id: int | None) -> Select[*tuple[Any, ...]]:
    unit, asked, promised = aliased(Holder), _asked_for(), _promised(on)
    return (
        select(
            unit.id,
            unit.name,
            unit.kind,
            Instrument.id,
            InstrumentKind.key,
            Instrument.valid_until,
            promised.c.ends_on,
            asked.label("is_asked_for"),
        )
        .join(Holder, Holder.id == Instrument.holder_id)
        .join(unit, unit.id == func.coalesce(Holder.parent_id, Holder.id))
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .outerjoin(promised, promised.c.instrument_id == Instrument.id)
        .where(
            _within(body.district_id, on),
            _within(district_id, on),
            _in_service(),
            _authorised(body.id),
            or_(
                Instrument.valid_until <= until,
                and_(Instrument.verified_on.is_(None), InstrumentKind.form != VerificationForm.INITIAL_ONLY),
                promised.c.ends_on.is_not(None),
                asked,
            ),
        )
        .order_by(unit.id, Instrument.id)
    )


def _within(district_id: int | None, on: date) -> ColumnElement[bool]:
    return (
        true() if district_id is None else Instrument.district_id.in_(select(subtree(district_id, on).c.id))
    )


def _in_service() -> ColumnElement[bool]:
    repaired = exists().where(
        Repair.instrument_id == Instrument.id, Repair.repaired_on >= Instrument.verified_on
    )
    suspended = and_(Instrument.status == InstrumentStatus.SUSPENDED, repaired)
    return or_(Instrument.status == InstrumentStatus.IN_USE, suspended)


def _authorised(body_id: int) -> ColumnElement[bool]:
    recorded = exists().where(BodyScope.body_id == body_id)
    return or_(
        ~recorded, exists().where(BodyScope.body_id == body_id, BodyScope.kind_id == Instrument.kind_id)
    )


def _promised(on: date) -> Any:  # noqa: ANN401  SQLAlchemy's own type of a subquery has no columns
    """Instruments a running programme still waits for, with its end."""
    verified = exists().where(
        Verification.instrument_id == Enrolment.instrument_id,
        Verification.programme_id == Enrolment.programme_id,
        counts_still(),
    )
    return (
        select(Enrolment.instrument_id, func.min(Programme.ends_on).label("ends_on"))
        .join(Programme, Programme.id == Enrolment.programme_id)
        .where(
            Programme.status == ProgrammeStatus.RUNNING,
            Programme.starts_on <= on,
            Programme.ends_on >= on,
            Enrolment.withdrawn_on.is_(None),
            ~verified,
        )
        .group_by(Enrolment.instrument_id)
        .subquery("promised")
    )


def _asked_for() -> ColumnElement[bool]:
    return exists().where(
        AppointmentInstrument.instrument_id == Instrument.id,
        Appointment.id == AppointmentInstrument.appointment_id,
        Appointment.status == AppointmentStatus.ACCEPTED,
    )


def positions(session: Session, holder_ids: Iterable[int]) -> dict[int, Position]:
    """Latitude and longitude: the holder's own, else its district's, else the district's above it."""
    above = aliased(District)
    statement = (
        select(Holder.id, Holder.lat, Holder.lon, District.lat, District.lon, above.lat, above.lon)
        .join(District, District.id == Holder.district_id)
        .outerjoin(above, above.id == District.parent_id)
        .where(Holder.id.in_(list(holder_ids)))
    )
    found = {}
    for holder_id, *pairs in session.execute(statement):
        for lat, lon in zip(pairs[::2], pairs[1::2], strict=True):
            if lat is not None and lon is not None:
                found[holder_id] = (lat, lon)
                break
    return found


def base_of(session: Session, body: Body, where: Iterable[Position]) -> Position | None:
    """Where a body's rounds begin and end: in its district, or in the middle of what it serves."""
    district = None if body.district_id is None else session.get(District, body.district_id)
    if district is not None and district.lat is not None and district.lon is not None:
        return district.lat, district.lon
    points = list(where)
    if not points:
        return None
    return sum(lat for lat, _ in points) / len(points), sum(lon for _, lon in points) / len(points)


def opening_hours(session: Session, holder_ids: Iterable[int]) -> Mapping[int, list[Hours]]:
    """What holders have told; who is not in it has told nothing."""
    statement = (
        select(OpeningHours.holder_id, OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
        .where(OpeningHours.holder_id.in_(list(holder_ids)))
        .order_by(OpeningHours.holder_id, OpeningHours.weekday, OpeningHours.opens)
    )
    found: dict[int, list[Hours]] = defaultdict(list)
    for holder_id, *hours in session.execute(statement):
        found[holder_id].append(Hours(*hours))
    return found


def expected_visits(session: Session, body_id: int, *, since: date) -> list[Expected]:
    """Open visits of the body from a day on, with what they are for."""
    statement = (
        select(
            Visit.id, Visit.holder_id, Visit.person_id, Visit.day, Visit.status, VisitInstrument.instrument_id
        )
        .outerjoin(VisitInstrument, VisitInstrument.visit_id == Visit.id)
        .where(Visit.body_id == body_id, Visit.status.in_(OPEN_VISITS), Visit.day >= since)
        .order_by(Visit.id)
    )
    return [Expected(its, *visit) for visit, its in _gathered(session, statement)]


def accepted_requests(session: Session, holder_ids: Iterable[int]) -> list[Asked]:
    """Requests that wait for a day, of these sites and the stalls under them."""
    unit = func.coalesce(Holder.parent_id, Holder.id)
    statement = (
        select(
            Appointment.id,
            unit,
            Appointment.wanted_from,
            Appointment.wanted_until,
            AppointmentInstrument.instrument_id,
        )
        .join(Holder, Holder.id == Appointment.holder_id)
        .outerjoin(AppointmentInstrument, AppointmentInstrument.appointment_id == Appointment.id)
        .where(Appointment.status == AppointmentStatus.ACCEPTED, unit.in_(list(holder_ids)))
        .order_by(Appointment.id)
    )
    return [Asked(its, *asked) for asked, its in _gathered(session, statement)]


def _gathered(
    session: Session, statement: Select[*tuple[Any, ...]]
) -> Iterator[tuple[tuple[Any, ...], frozenset[int]]]:
    """Rows that differ in their last column alone as one, with all it holds."""
    grouped: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    for *row, instrument_id in session.execute(statement):
        grouped[tuple(row)] |= {instrument_id} - {None}
    for gathered, instruments in grouped.items():
        yield gathered, frozenset(instruments)
