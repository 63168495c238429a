"""The completion report as every door shows it: the command line, REST, CSV, XLSX and the page."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from verifier.db import Session
from verifier.i18n import mark, say
from verifier.queries.completion import By, Completion, CompletionRow, completion
from verifier.queries.districts import DistrictRow, district_by_code, district_by_id
from verifier.queries.programmes import FunderRow, ProgrammeRow, funders, programme_row
from verifier.queries.scopes import is_within
from verifier.rules.access import OutsideScope, Scope
from verifier.rules.completion import Rounding, percent
from verifier.rules.entitlement import split_by_share
from verifier.rules.holders import HolderKind
from verifier.rules.purposes import Purpose

TOTAL = mark("Total")
UNKNOWN_PURPOSE = mark("purpose not stated")
BRIDGE = ("frozen", "found", "scrapped", "moved", "otherwise_withdrawn")


@dataclass(frozen=True)
class CompletionReport:
    """One programme under one district on one day."""

    programme: ProgrammeRow
    district: DistrictRow
    on: date
    by: By
    rounding: Rounding
    found: Completion
    funders: tuple[FunderRow, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a report is asked for; a day or district left out is today, or the programme's own."""

    programme: str
    district: str | None = None
    on: date
    by: By = By.DISTRICT
    rounding: Rounding = "half_up"


def completion_report(session: Session, asked: Asked, scope: Scope) -> CompletionReport:
    """Raises ProgrammeUnknown, DistrictUnknown, or OutsideScope for a district that is not the caller's."""
    programme = programme_row(session, asked.programme)
    district = _district(session, asked, programme, scope)
    found = completion(session, programme.id, district.id, on=asked.on, by=asked.by)
    shares = tuple(funders(session, programme.id))
    return CompletionReport(programme, district, asked.on, asked.by, asked.rounding, found, shares)


def _district(session: Session, asked: Asked, programme: ProgrammeRow, scope: Scope) -> DistrictRow:
    if asked.district is not None:
        wanted = district_by_code(session, asked.district)
    else:
        wanted = district_by_id(session, programme.district_id)
    own = scope.district_id
    if scope.is_everything or (own is not None and is_within(session, wanted.id, own, on=asked.on)):
        return wanted
    # Nobody asked for this district by name: show the part of the programme that is the caller's.
    if asked.district is None and own is not None and is_within(session, own, wanted.id, on=asked.on):
        return district_by_id(session, own)
    raise OutsideScope(what=wanted.code)


def row_json(row: CompletionRow, rounding: Rounding) -> dict[str, Any]:
    """The row's counts and its percentages as strings with one decimal, or null for an empty base."""
    return asdict(row) | {
        "completion_percent": percent(row.verified, row.base, rounding),
        "unit_completion_percent": percent(row.holders_completed, row.holders, rounding),
        "pass_percent": percent(row.passed, row.verified, rounding),
        "first_pass_percent": percent(row.first_passed, row.verified, rounding),
        "on_time_percent": percent(row.on_time, row.had_due_date, rounding),
    }


def report_json(report: CompletionReport, language: str) -> dict[str, Any]:
    total = report.found.total
    by_place = report.by is By.DISTRICT
    split = split_by_share(total.fee_waived_fen, [funder.share_percent for funder in report.funders])
    return {
        "programme": report.programme.code,
        "programme_name": report.programme.name,
        "status": report.programme.status,
        "starts_on": report.programme.starts_on,
        "ends_on": report.programme.ends_on,
        "frozen_on": report.programme.frozen_on,
        "base_digest": report.programme.base_digest,
        "district": report.district.code,
        "district_name": report.district.name_zh,
        "on": report.on,
        "by": report.by,
        "rows": [
            row_json(row, report.rounding) | ({} if by_place else {"name": row_label(report, row, language)})
            for row in report.found.rows
        ],
        "total": row_json(total, report.rounding),
        "bridge": {name: getattr(total, name) for name in BRIDGE} | {"now": total.base},
        "funders": [
            {"name": funder.name, "share_percent": funder.share_percent, "fee_waived_fen": fen}
            for funder, fen in zip(report.funders, split, strict=True)
        ],
    }


def row_label(report: CompletionReport, row: CompletionRow, language: str) -> str:
    """The row's name as a person reads it: a district's own, or a kind in the reader's language."""
    if report.by is By.DISTRICT:
        return row.name_en if language == "en" and row.name_en else row.name
    if report.by is By.HOLDER_KIND:
        return say(HOLDER_KIND_NAMES[HolderKind(row.code)], language)
    return say(PURPOSE_NAMES.get(row.code, UNKNOWN_PURPOSE), language)


def flat_rows(report: CompletionReport, language: str) -> Iterator[dict[str, Any]]:
    """One flat record a row and a last one whose code is `total`, for tables and spreadsheets."""
    for row in report.found.rows:
        yield row_json(row, report.rounding) | {"name": row_label(report, row, language)}
    yield row_json(report.found.total, report.rounding) | {"code": "total", "name": say(TOTAL, language)}


HOLDER_KIND_NAMES = {
    HolderKind.HOSPITAL: mark("hospital"),
    HolderKind.COMMUNITY_HEALTH_CENTRE: mark("community health centre"),
    HolderKind.COMMUNITY_HEALTH_STATION: mark("community health station"),
    HolderKind.TOWNSHIP_HEALTH_CENTRE: mark("township health centre"),
    HolderKind.VILLAGE_CLINIC: mark("village clinic"),
    HolderKind.CLINIC: mark("clinic"),
    HolderKind.WELFARE_HOME: mark("welfare home"),
    HolderKind.MARKET: mark("market"),
    HolderKind.STALL: mark("stall"),
    HolderKind.SHOP: mark("shop"),
    HolderKind.OPTICIAN: mark("optician"),
    HolderKind.PETROL_STATION: mark("petrol station"),
    HolderKind.OTHER: mark("other holder"),
}
PURPOSE_NAMES: dict[str, str] = {
    Purpose.TRADE: mark("trade settlement"),
    Purpose.MEDICAL: mark("medical care"),
    Purpose.SAFETY: mark("safety"),
    Purpose.ENVIRONMENT: mark("environment monitoring"),
    Purpose.OTHER: mark("other use"),
}
