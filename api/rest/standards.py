"""Reference standards, their calibrations, and the verdicts made with them."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response

from api.deps import Paged, Reading, Today, Transaction, acts, needs
from api.idempotency import Created, Once
from api.preconditions import IfMatch, etag, require_match
from api.strict import rest_router
from verifier import db
from verifier.operations.calibrations import (
    AddCalibration,
    AddStandard,
    RetireStandard,
    add_calibration,
    add_standard,
    retire_standard,
)
from verifier.operations.journal import Doer
from verifier.queries.paging import Page, page_by_number
from verifier.queries.staff import kept_by
from verifier.queries.standards import (
    CalibrationRow,
    StandardFilter,
    StandardRow,
    calibrated,
    calibrations_of,
    seen_by,
    standard_for_update,
    standard_row,
    standards,
)
from verifier.queries.traceability import VerdictRow, verdicts_made_with
from verifier.rules.access import Caller, Right
from verifier.rules.traceability import in_doubt

router = rest_router("standards")

Keeper = Annotated[Doer, acts(Right.KEEP_REGISTER)]


@dataclass(frozen=True)
class StandardJson:
    """A standard as it is today, with every calibration, the newest first."""

    standard: StandardRow
    calibrations: list[CalibrationRow]


def _filter(
    body: Annotated[str | None, Query(description="Code of a verification body")] = None,
    q: Annotated[str | None, Query(max_length=80, description="Code, name or serial number")] = None,
    valid_on: Annotated[date | None, Query(description="May be used on this day")] = None,
    expiring_before: Annotated[
        date | None, Query(description="In use and not valid any longer after this day")
    ] = None,
) -> StandardFilter:
    return StandardFilter(body=body, q=q, valid_on=valid_on, expiring_before=expiring_before)


@router.get("")
def list_standards(
    session: Reading,
    caller: Annotated[Caller, needs(Right.READ_REGISTER)],
    wanted: Annotated[StandardFilter, Depends(_filter)],
    paging: Paged,
    today: Today,
) -> Page[StandardRow]:
    """List the standards of the bodies the caller belongs to or looks after."""

    def fetch(after: int | None, limit: int) -> list[StandardRow]:
        where = seen_by(caller, on=today)
        return standards(session, where, wanted, on=today, after=after, limit=limit)

    return page_by_number(paging, fetch, number=lambda row: row.id)


@router.get("/{number}")
def standard(
    number: int,
    session: Reading,
    caller: Annotated[Caller, needs(Right.READ_REGISTER)],
    today: Today,
    response: Response,
) -> StandardJson:
    """Show one standard with its calibrations."""
    row = standard_row(session, number, on=today, where=seen_by(caller, on=today))
    response.headers["ETag"] = etag(row.version)
    return StandardJson(row, calibrations_of(session, number))


@router.post("", status_code=201, response_model=StandardJson)
def add(command: AddStandard, session: Transaction, who: Keeper, answers: Once) -> Response:
    """Register a standard."""

    def deed() -> Created[StandardJson]:
        added = add_standard(session, command, who=who)
        return Created(_shown(session, added.id, who), f"{router.prefix}/{added.id}")

    return answers.once(session, command, deed)


@router.post("/{number}/calibrations", status_code=201, response_model=StandardJson)
def calibrate(
    number: int, command: AddCalibration, session: Transaction, who: Keeper, answers: Once
) -> Response:
    """Record a calibration of a standard; answers the standard."""

    def deed() -> Created[StandardJson]:
        add_calibration(session, standard_for_update(session, number), command, who=who)
        return Created(_shown(session, number, who), f"{router.prefix}/{number}")

    return answers.once(session, command, deed)


@router.post("/{number}/retire")
def retire(
    number: int,
    command: RetireStandard,
    session: Transaction,
    who: Keeper,
    response: Response,
    if_match: IfMatch = None,
) -> StandardJson:
    """Use a standard no longer from a day on."""
    found = standard_for_update(session, number)
    require_match(if_match, found.version)
    retire_standard(session, found, command, who=who)
    response.headers["ETag"] = etag(found.version)
    return _shown(session, number, who)


@router.get("/{number}/verdicts")
def verdicts(
    number: int,
    session: Reading,
    caller: Annotated[Caller, needs(Right.KEEP_REGISTER)],
    paging: Paged,
    today: Today,
    since: Annotated[date | None, Query(description="Left out: the day it was last found good")] = None,
    until: Annotated[date | None, Query(description="Left out: the day it failed")] = None,
) -> Page[VerdictRow]:
    """List the verifications made with a standard: those its newest failure puts in doubt, or all."""
    standard_row(session, number, on=today, where=kept_by(caller, on=today))
    doubt = in_doubt([calibrated(each) for each in calibrations_of(session, number)])
    first = since or (doubt.since if doubt else None)
    last = until or (doubt.until if doubt else None)

    def fetch(after: int | None, limit: int) -> list[VerdictRow]:
        return verdicts_made_with(session, number, since=first, until=last, after=after, limit=limit)

    return page_by_number(paging, fetch, number=lambda row: row.id)


def _shown(session: db.Session, number: int, who: Doer) -> StandardJson:
    return StandardJson(standard_row(session, number, on=who.today), calibrations_of(session, number))
