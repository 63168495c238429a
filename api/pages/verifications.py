"""Verifications: the list behind actions and fees."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import Reading, Today, needs
from api.pages.behind import Behind, behind
from api.pages.showing import asked, listing, show
from verifier.queries.districts import DistrictRow, district_by_code
from verifier.queries.parts import Part
from verifier.queries.verifications import (
    VerificationFilter,
    WorkOfProgramme,
    sum_verifications,
    verifications,
)
from verifier.rules.access import Caller, Right
from verifier.rules.holders import HolderKind
from verifier.rules.purposes import Purpose
from verifier.rules.verdict import Outcome

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class VerificationsAsked:
    """What the address says; with a programme, the list is what its report counts as actions."""

    district: str | None = None
    outcome: Outcome | None = None
    performed_from: date | None = None
    performed_to: date | None = None
    programme: str | None = None
    without_tariff: bool = False
    holder_kind: HolderKind | None = None
    purpose: Purpose | Literal["unknown"] | None = None
    directly: bool = False
    on: date | None = None
    before: int | None = None


@router.get("/verifications")
def listed(
    request: Request, session: Reading, caller: Annotated[Caller, needs(Right.READ_REGISTER)], today: Today
) -> Response:
    form = asked(VerificationsAsked, request)
    wanted = form.command or VerificationsAsked()
    on = wanted.on or today
    district = None if wanted.district is None else district_by_code(session, wanted.district)
    of = behind(session, caller, wanted.programme, district, on=on)
    narrowed = _filter(wanted, district, of)
    rows = listing(
        request,
        "before",
        lambda limit: verifications(session, of.scope, narrowed, on=on, before=wanted.before, limit=limit),
    )
    return show(
        request,
        "verifications/list.html",
        today,
        status=form.status,
        form=form,
        listing=rows,
        sums=sum_verifications(session, of.scope, narrowed, on=on),
        district=district,
        programme=of.programme,
        asked=wanted,
        on=on,
        outcomes=Outcome,
    )


def _filter(wanted: VerificationsAsked, district: DistrictRow | None, of: Behind) -> VerificationFilter:
    of_district = district.id if district and of.programme is None else None
    part = Part(directly=wanted.directly, holder_kind=wanted.holder_kind, purpose=wanted.purpose)
    return VerificationFilter(
        district_id=of_district,
        outcome=wanted.outcome,
        performed_from=wanted.performed_from,
        performed_to=wanted.performed_to,
        work_of=None
        if of.programme is None
        else WorkOfProgramme(
            programme_id=of.programme.id,
            root_id=of.root_id,
            part=part,
            without_tariff=wanted.without_tariff,
        ),
    )
