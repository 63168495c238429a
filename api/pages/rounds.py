"""A technician's day: the route sheet as a page, as a PDF, and as a calendar."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.calendars import MEDIA_TYPE, calendar_of
from api.deps import InstallationSettings, OpenSessions, Reading, Today, needs
from api.html import see_other
from api.language import Language
from api.pages.showing import show
from api.pages.visits import visit_chip
from api.papers import Printer, attachment, pdf
from api.planning import clock
from api.route_sheets import kinds_told, map_of, round_of, sheet_of
from verifier import db
from verifier.rules.access import Caller, Right

router = APIRouter(include_in_schema=False)

Technician = Annotated[Caller, needs(Right.RECORD)]


@router.get("/rounds")
def mine(caller: Technician, today: Today) -> Response:
    """Today's own round; who signs nothing has none, and sees everybody's visits."""
    return see_other("/visits" if caller.person_id is None else f"/rounds/{today}/{caller.person_id}")


@router.get("/rounds/{day}/{person_id}")
def one(
    request: Request,
    day: date,
    person_id: int,
    session: Reading,
    caller: Technician,
    today: Today,
    language: Language,
) -> Response:
    found = round_of(session, person_id, day, caller, on=today)
    return show(
        request,
        "rounds/one.html",
        today,
        round=found,
        kinds={visit.id: kinds_told(found.instruments.get(visit.id, ()), language) for visit in found.visits},
        drawn=map_of(found.places, language) if found.visits else None,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        visit_chip=visit_chip,
        clock=clock,
    )


@router.get("/rounds/{day}/{person_id}/sheet.pdf")
def printed(
    day: date,
    person_id: int,
    sessions: OpenSessions,
    caller: Technician,
    today: Today,
    language: Language,
    press: Printer,
) -> Response:
    with db.reading(sessions) as session:
        sheet = sheet_of(round_of(session, person_id, day, caller, on=today), language)
    return pdf(press.route_sheet(sheet), f"{day} {sheet.technician}")


@router.get("/rounds/{day}/{person_id}/round.ics")
def as_calendar(
    day: date,
    person_id: int,
    session: Reading,
    caller: Technician,
    settings: InstallationSettings,
    today: Today,
    language: Language,
) -> Response:
    found = round_of(session, person_id, day, caller, on=today)
    name = f"{day} {found.technician.name}"
    content = calendar_of(found.visits, name, settings, language)
    return Response(content, media_type=MEDIA_TYPE, headers=attachment(f"{name}.ics"))
