"""Districts, as the tree stands on a day."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query, UploadFile

from api.deps import Paged, Reading, Today, Transaction, acts, needs
from api.language import Language
from api.strict import rest_router
from verifier.operations.districts import import_districts
from verifier.operations.journal import Doer
from verifier.queries.district_pages import DistrictFilter, district_page
from verifier.queries.districts import DistrictRow, district_by_code
from verifier.queries.paging import Page
from verifier.rules.access import Right

router = rest_router("districts")


@dataclass(frozen=True)
class Imported:
    created: int
    updated: int
    unchanged: int
    warnings: list[str]


def _filter(
    session: Reading,
    today: Today,
    parent: Annotated[str | None, Query(description="Code of the district directly above")] = None,
    q: Annotated[str | None, Query(max_length=80, description="Part of a name, beginning of a code")] = None,
    level: Annotated[str | None, Query(max_length=20)] = None,
    on: Annotated[date | None, Query(description="The tree of which day; absent: today's")] = None,
) -> DistrictFilter:
    parent_id = None if parent is None else district_by_code(session, parent).id
    return DistrictFilter(on=on or today, parent_id=parent_id, level=level, q=q)


@router.get("", dependencies=[needs(Right.READ_FACTS)])
def districts(
    session: Reading, filter: Annotated[DistrictFilter, Depends(_filter)], paging: Paged
) -> Page[DistrictRow]:
    """List the districts that exist on a day."""
    return district_page(session, filter, paging)


@router.get("/{code}", dependencies=[needs(Right.READ_FACTS)])
def district(code: str, session: Reading) -> DistrictRow:
    """Show one district."""
    return district_by_code(session, code)


@router.post("")
def upload(
    file: UploadFile,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_INSTALLATION)],
    language: Language,
) -> Imported:
    """Import a CSV of districts, all of it or nothing."""
    imported = import_districts(session, file.file.read(), file.filename or "districts.csv", who=who)
    warnings = [warning.sentence(language) for warning in imported.warnings]
    return Imported(imported.created, imported.updated, imported.unchanged, warnings)
