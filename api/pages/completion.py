"""The completion page of a programme, and the same report as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.completion import Asked, CompletionReport, completion_report, report_json, row_label
from api.deps import InstallationSettings, Reading, Today, needs
from api.exports import completion_csv, completion_xlsx
from api.forms import Form
from api.language import Language, language_of
from api.pages.figures import Links
from api.pages.showing import asked, show
from verifier import db
from verifier.queries.completion import By, CompletionRow
from verifier.queries.districts import DistrictRow, path
from verifier.rules.access import Caller, Right
from verifier.settings import Settings

router = APIRouter(include_in_schema=False)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Reader = Annotated[Caller, needs(Right.READ_REPORTS)]


@dataclass(frozen=True, kw_only=True)
class AskedFor:
    """What the address of a report says; left out is the programme's own district, today, by district."""

    district: str | None = None
    on: date | None = None
    by: By = By.DISTRICT
    # How many were just enrolled, to be told once.
    enrolled: int | None = None


@dataclass(frozen=True)
class Line:
    """One row as it is printed: what it is called, and whether it stands for the district alone."""

    row: CompletionRow
    name: str
    is_the_root: bool


def _asked(code: str, form: Form[AskedFor], today: Today, settings: Settings) -> Asked:
    said = form.command or AskedFor()
    return Asked(
        programme=code,
        district=said.district,
        on=said.on or today,
        by=said.by,
        rounding=settings.rounding,
    )


def _report(
    request: Request,
    code: str,
    session: Reading,
    caller: Reader,
    today: Today,
    settings: InstallationSettings,
) -> CompletionReport:
    return completion_report(session, _asked(code, asked(AskedFor, request), today, settings), caller.scope)


@router.get("/programmes/{code}")
def completion(
    request: Request,
    session: Reading,
    caller: Reader,
    report: Annotated[CompletionReport, Depends(_report)],
    today: Today,
    language: Language,
) -> Response:
    asked_for = asked(AskedFor, request)
    links = Links(report)
    lines = [Line(row, row_label(report, row, language), links.is_the_root(row)) for row in report.found.rows]
    return show(
        request,
        "programmes/completion.html",
        today,
        status=asked_for.status,
        report=report,
        told=report_json(report, language_of(request)),
        programme=report.programme,
        total=report.found.total,
        lines=lines,
        links=links,
        splits=By,
        crumbs=_crumbs(session, report, caller),
        form=asked_for,
    )


def _crumbs(session: db.Session, report: CompletionReport, caller: Caller) -> Sequence[DistrictRow]:
    """The way down to the report's district, from the highest one the reader may open."""
    way = path(session, report.district.id, on=report.on)
    own = [at for at, district in enumerate(way) if district.id == caller.scope.district_id]
    return way[own[0] :] if own else way


@router.get("/programmes/{code}/completion.csv")
def as_csv(report: Annotated[CompletionReport, Depends(_report)], language: Language) -> Response:
    # Spreadsheet programs take a file for UTF-8 by its mark.
    content = completion_csv(report, language).encode("utf-8-sig")
    return Response(content, media_type="text/csv; charset=utf-8", headers=_named(report, "csv"))


@router.get("/programmes/{code}/completion.xlsx")
def as_xlsx(report: Annotated[CompletionReport, Depends(_report)], language: Language) -> Response:
    return Response(completion_xlsx(report, language), media_type=_XLSX, headers=_named(report, "xlsx"))


def _named(report: CompletionReport, ending: str) -> dict[str, str]:
    name = f"{report.programme.code}_{report.district.code}_{report.on.isoformat()}.{ending}"
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
