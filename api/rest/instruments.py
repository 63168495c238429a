"""Instruments: lists, one, new ones, whole registers, and moves between their states."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query, UploadFile
from fastapi.responses import Response

from api.deps import InstallationSettings, Paged, Reading, Today, Transaction, acts, needs
from api.idempotency import Created, Once
from api.language import Language
from api.preconditions import IfMatch, etag, require_match
from api.registers import register_json
from api.strict import rest_router
from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.operations.imports import ImportRegister, import_register
from verifier.operations.instruments import (
    MoveInstrument,
    RegisterInstrument,
    move_instrument,
    register_instrument,
)
from verifier.operations.journal import Doer
from verifier.queries.catalogue import kind_by_key
from verifier.queries.districts import district_by_code
from verifier.queries.instruments import (
    Figure,
    InstrumentFilter,
    InstrumentRow,
    OfProgramme,
    instrument_for_update,
    instrument_row,
    instruments,
)
from verifier.queries.paging import Page, page_by_number
from verifier.queries.programmes import programme_row
from verifier.rules.access import Caller, Right
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.purposes import Purpose

router = rest_router("instruments")


class RowsRefused(Invalid):
    message = mark("Nothing was taken in: {rows} rows are refused.")


@dataclass(frozen=True)
class HolderRef:
    id: int
    name: str


@dataclass(frozen=True)
class InstrumentJson:
    id: int
    code: str
    kind: str
    serial: str
    model: str
    manufacturer: str
    holder: HolderRef
    district: str
    purpose: Purpose | None
    status: InstrumentStatus
    verified_on: date | None
    valid_until: date | None


def instrument_json(row: InstrumentRow) -> InstrumentJson:
    return InstrumentJson(
        id=row.id,
        code=row.code,
        kind=row.kind,
        serial=row.serial,
        model=row.model,
        manufacturer=row.manufacturer,
        holder=HolderRef(row.holder_id, row.holder_name),
        district=row.district,
        purpose=row.purpose,
        status=row.status,
        verified_on=row.verified_on,
        valid_until=row.valid_until,
    )


def _of_programme(
    session: Reading,
    programme: Annotated[str | None, Query(description="Instruments promised to this programme")] = None,
    district: Annotated[str | None, Query(description="Code of a district; its subtree")] = None,
    verified: Annotated[bool | None, Query(description="Verified in the programme, or not yet")] = None,
    figure: Annotated[Figure | None, Query(description="The ones behind a figure of the report")] = None,
) -> OfProgramme | None:
    if programme is None:
        return None
    found = programme_row(session, programme)
    root_id = found.district_id if district is None else district_by_code(session, district).id
    if figure is None and verified is not None:
        figure = Figure.VERIFIED if verified else Figure.OUTSTANDING
    return OfProgramme(programme_id=found.id, root_id=root_id, figure=figure or Figure.BASE)


def _filter(
    session: Reading,
    of_programme: Annotated[OfProgramme | None, Depends(_of_programme)],
    district: Annotated[str | None, Query()] = None,
    kind: Annotated[str | None, Query(description="Key of the catalogue")] = None,
    status: InstrumentStatus | None = None,
    holder: Annotated[int | None, Query(description="Number of a holder; its stalls too")] = None,
    holder_kind: HolderKind | None = None,
    purpose: Purpose | None = None,
    due_before: Annotated[date | None, Query(description="Valid until an earlier day")] = None,
    verified: Annotated[bool | None, Query(description="Without a programme: at any time, or never")] = None,
    q: Annotated[
        str | None, Query(max_length=80, description="Serial, code, holder, pinyin initials")
    ] = None,
) -> InstrumentFilter:
    # With a programme the district is where it was promised, which of_programme asks for.
    here = district if of_programme is None else None
    return InstrumentFilter(
        district_id=None if here is None else district_by_code(session, here).id,
        of_programme=of_programme,
        kind=None if kind is None else kind_by_key(session, kind).key,
        status=status,
        holder_id=holder,
        holder_kind=holder_kind,
        purpose=purpose,
        due_before=due_before,
        verified=verified if of_programme is None else None,
        q=q,
    )


@router.get("")
def register(
    session: Reading,
    caller: Annotated[Caller, needs(Right.READ_REGISTER)],
    wanted: Annotated[InstrumentFilter, Depends(_filter)],
    paging: Paged,
    today: Today,
    on: Annotated[date | None, Query(description="As of this day; absent: today")] = None,
) -> Page[InstrumentJson]:
    """List the instruments in the caller's scope."""

    def fetch(after: int | None, limit: int) -> list[InstrumentRow]:
        return instruments(session, caller.scope, wanted, on=on or today, after=after, limit=limit)

    page = page_by_number(paging, fetch, number=lambda row: row.id)
    return Page([instrument_json(row) for row in page.items], page.next)


@router.get("/{number}")
def instrument(
    number: int,
    session: Reading,
    caller: Annotated[Caller, needs(Right.READ_REGISTER)],
    today: Today,
    response: Response,
) -> InstrumentJson:
    """Show one instrument."""
    row = instrument_row(session, number, caller.scope, on=today)
    response.headers["ETag"] = etag(row.version)
    return instrument_json(row)


@router.post("", status_code=201, response_model=InstrumentJson)
def add(
    command: RegisterInstrument,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_REGISTER)],
    answers: Once,
    settings: InstallationSettings,
) -> Response:
    """Register one instrument."""

    def deed() -> Created[InstrumentJson]:
        minus = settings.valid_until_minus_one_day
        added = register_instrument(session, command, who=who, minus_one_day=minus)
        return Created(_seen(session, added.id, who), f"{router.prefix}/{added.id}")

    return answers.once(session, command, deed)


@router.post("/{number}/status")
def move(
    number: int,
    command: MoveInstrument,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_REGISTER)],
    response: Response,
    if_match: IfMatch = None,
) -> InstrumentJson:
    """Suspend, scrap, confiscate, remove or bring back an instrument."""
    found = instrument_for_update(session, number)
    require_match(if_match, found.version)
    move_instrument(session, found, command, who=who)
    response.headers["ETag"] = etag(found.version)
    return _seen(session, number, who)


def _seen(session: Transaction, number: int, who: Doer) -> InstrumentJson:
    assert who.caller is not None  # noqa: S101  acts() gives no other
    return instrument_json(instrument_row(session, number, who.caller.scope, on=who.today))


@router.post("/import")
def upload(
    file: UploadFile,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_REGISTER)],
    settings: InstallationSettings,
    language: Language,
    district: Annotated[str | None, Query(description="Code of the district the register is for")] = None,
    *,
    strict: Annotated[bool, Query(description="Refuse the whole file if one row is bad")] = False,
    dry_run: Annotated[bool, Query(description="Only say what would happen")] = False,
) -> dict[str, Any]:
    """Import a register from XLSX or CSV."""
    imported = import_register(
        session,
        file.file.read(),
        file.filename or "register",
        ImportRegister(district=district, strict=strict, dry_run=dry_run),
        who=who,
        minus_one_day=settings.valid_until_minus_one_day,
    )
    shown = register_json(imported, language)
    if strict and imported.faults:
        raise RowsRefused(rows=len(imported.faults), refused=shown["refused"])
    return shown
