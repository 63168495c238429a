"""Holders: the list behind the units of a report, and one holder with its instruments and stalls."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import Reading, Today, needs
from api.pages.behind import Behind, behind
from api.pages.showing import asked, listing, show
from verifier.queries.districts import DistrictRow, district_by_code
from verifier.queries.holders import (
    HolderFilter,
    HoldersOfProgramme,
    count_holders,
    holder_row,
    holders,
)
from verifier.queries.instruments import InstrumentFilter, count_instruments, instruments
from verifier.queries.parts import Part
from verifier.rules.access import Caller, Right
from verifier.rules.holders import HolderKind
from verifier.rules.purposes import Purpose

router = APIRouter(include_in_schema=False)

Reader = Annotated[Caller, needs(Right.READ_REGISTER)]


@dataclass(frozen=True, kw_only=True)
class HoldersAsked:
    """What the address says; with a programme, the list is what the report counts as units."""

    q: str | None = None
    district: str | None = None
    holder_kind: HolderKind | None = None
    market: int | None = None
    programme: str | None = None
    completed: bool | None = None
    purpose: Purpose | Literal["unknown"] | None = None
    directly: bool = False
    on: date | None = None
    after: int | None = None


@router.get("/holders")
def listed(request: Request, session: Reading, caller: Reader, today: Today) -> Response:
    form = asked(HoldersAsked, request)
    wanted = form.command or HoldersAsked()
    on = wanted.on or today
    district = None if wanted.district is None else district_by_code(session, wanted.district)
    of = behind(session, caller, wanted.programme, district, on=on)
    narrowed = _filter(wanted, district, of)
    rows = listing(
        request,
        "after",
        lambda limit: holders(session, of.scope, narrowed, on=on, after=wanted.after, limit=limit),
    )
    return show(
        request,
        "holders/list.html",
        today,
        status=form.status,
        form=form,
        listing=rows,
        count=count_holders(session, of.scope, narrowed, on=on),
        district=district,
        programme=of.programme,
        asked=wanted,
        on=on,
        holder_kinds=HolderKind,
    )


def _filter(wanted: HoldersAsked, district: DistrictRow | None, of: Behind) -> HolderFilter:
    if of.programme is None:
        district_id = district.id if district else None
        return HolderFilter(
            q=wanted.q, district_id=district_id, kind=wanted.holder_kind, market_id=wanted.market
        )
    part = Part(directly=wanted.directly, holder_kind=wanted.holder_kind, purpose=wanted.purpose)
    counted = HoldersOfProgramme(
        programme_id=of.programme.id, root_id=of.root_id, completed=wanted.completed, part=part
    )
    return HolderFilter(q=wanted.q, market_id=wanted.market, of_programme=counted)


@router.get("/holders/{number}")
def one(request: Request, number: int, session: Reading, caller: Reader, today: Today) -> Response:
    holder = holder_row(session, number, caller.scope, on=today)
    its = InstrumentFilter(holder_id=number)
    stalls = HolderFilter(market_id=number)
    return show(
        request,
        "holders/one.html",
        today,
        holder=holder,
        instruments=instruments(session, caller.scope, its, on=today, limit=200),
        count=count_instruments(session, caller.scope, its, on=today),
        stalls=holders(session, caller.scope, stalls, on=today, limit=200),
        stall_count=count_holders(session, caller.scope, stalls, on=today),
    )
