"""The programme and district a list is about when it stands behind a figure of a report."""

from dataclasses import dataclass
from datetime import date

from api.pages.showing import scope_behind
from verifier import db
from verifier.queries.districts import DistrictRow
from verifier.queries.programmes import ProgrammeRow, programme_row
from verifier.rules.access import Caller, Scope


@dataclass(frozen=True)
class Behind:
    """Without a programme it is a plain list of the register, bound by the reader's own scope."""

    scope: Scope
    programme: ProgrammeRow | None = None
    root_id: int = 0


def behind(
    session: db.Session, caller: Caller, code: str | None, district: DistrictRow | None, *, on: date
) -> Behind:
    """Raises ProgrammeUnknown."""
    if code is None:
        return Behind(caller.scope)
    programme = programme_row(session, code)
    root_id = programme.district_id if district is None else district.id
    return Behind(scope_behind(session, caller, root_id, on=on), programme, root_id)
