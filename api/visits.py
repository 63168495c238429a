"""Visits as every door shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Query

from api.planning import clock
from verifier.db import Session
from verifier.i18n import say
from verifier.queries.staff import body_by_code
from verifier.queries.visits import VisitFilter, VisitInstrumentRow, VisitRow, narrowed_to
from verifier.rules.access import Caller
from verifier.rules.visiting import VisitStatus


def visit_json(visit: VisitRow, language: str) -> dict[str, Any]:
    """A visit; times are clocks of the office."""
    return {
        "id": visit.id,
        "body": visit.body,
        "holder": {"id": visit.holder_id, "name": visit.holder, "address": visit.address},
        "district": visit.district,
        "technician": {"id": visit.person_id, "name": visit.person},
        "plan": visit.plan_id,
        "day": visit.day.isoformat(),
        "starts": clock(visit.starts),
        "ends": clock(visit.ends),
        "status": visit.status.value,
        "status_told": say(visit.status.word, language),
        "remark": visit.remark,
        "announced_at": visit.announced_at.isoformat(),
        "changed_at": visit.changed_at.isoformat(),
        "uid": visit.uid,
        "sequence": visit.sequence,
        "instrument_count": visit.instruments,
        "version": visit.version,
    }


def whole_visit_json(
    visit: VisitRow, instruments: Sequence[VisitInstrumentRow], language: str
) -> dict[str, Any]:
    """A visit with what it is for."""
    return visit_json(visit, language) | {
        "instruments": [
            {
                "id": one.id,
                "code": one.code,
                "kind": one.kind,
                "serial": one.serial,
                "holder": {"id": one.holder_id, "name": one.holder_name},
                "verified_on": None if one.verified_on is None else one.verified_on.isoformat(),
                "valid_until": None if one.valid_until is None else one.valid_until.isoformat(),
            }
            for one in instruments
        ]
    }


@dataclass(frozen=True, kw_only=True)
class VisitsAsked:
    """The conditions on visits as an address says them; every condition left out is no condition."""

    body: Annotated[str | None, Query(description="Code of a verification body")] = None
    holder: Annotated[int | None, Query(description="A holder's number")] = None
    technician: Annotated[int | None, Query(description="A technician's number")] = None
    plan: Annotated[int | None, Query(description="A plan's number")] = None
    first_on: Annotated[date | None, Query(description="From this day on")] = None
    last_on: Annotated[date | None, Query(description="Until this day")] = None
    status: VisitStatus | None = None


def narrowed(session: Session, asked: VisitsAsked, caller: Caller) -> VisitFilter:
    """The same with numbers for codes, and no more than the caller may see; raises BodyUnknown."""
    wanted = VisitFilter(
        body_id=None if asked.body is None else body_by_code(session, asked.body).id,
        holder_id=asked.holder,
        person_id=asked.technician,
        plan_id=asked.plan,
        first_on=asked.first_on,
        last_on=asked.last_on,
        statuses=None if asked.status is None else frozenset({asked.status}),
    )
    return narrowed_to(caller, wanted)
