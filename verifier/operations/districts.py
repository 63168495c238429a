"""Importing districts: a tree that grows file by file and changes over the years."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.db import Session
from verifier.i18n import mark, say
from verifier.models import District, DistrictSuccessor
from verifier.operations.district_lines import DistrictLine, check_no_circle, read_districts
from verifier.operations.facts_files import add, assign
from verifier.operations.journal import Doer, note
from verifier.queries.facts import stored_districts, stored_successors

PARENT_UNKNOWN = mark(
    "{file}, line {line}, {field}: there is no district {value} yet; the district stands at the top until "
    "its parent is imported."
)
SUCCESSOR_UNKNOWN = mark(
    "{file}, line {line}, {field}: there is no district {value} yet; import it, and then this file again."
)


@dataclass(frozen=True)
class DistrictWarning:
    """What was imported otherwise than the line says; `message` is a marked sentence."""

    message: str
    file: str
    line: int
    field: str
    value: str

    def sentence(self, language: str = "en") -> str:
        facts = {"file": self.file, "line": self.line, "field": self.field, "value": self.value}
        return say(self.message, language, facts)


@dataclass(frozen=True)
class ImportedDistricts:
    created: int
    # Stored districts that changed, with those linked to a parent they had waited for.
    updated: int
    unchanged: int
    warnings: tuple[DistrictWarning, ...]


def import_districts(session: Session, content: bytes, filename: str, *, who: Doer) -> ImportedDistricts:
    """Take over a CSV of districts, all of it or nothing; raises everything that is wrong with it.

    Its columns are those of verifier/data/districts.csv. Only code, level, parent_code and name_zh are
    needed, and a column the file lacks changes nothing. A mere year in valid_from means its first day,
    in valid_to its last. Rows may come in any order.
    """
    imported = store_districts(session, read_districts(content, filename))
    if imported.created or imported.updated:
        # 0: the whole table.
        note(
            session,
            who,
            "import_districts",
            "district",
            0,
            file=filename,
            created=imported.created,
            updated=imported.updated,
        )
    session.flush()
    return imported


def store_districts(session: Session, districts: Sequence[DistrictLine]) -> ImportedDistricts:
    """Create or update the districts and hang them into the tree; raises DistrictsInACircle."""
    stored, successors = stored_districts(session), stored_successors(session)
    known = set(stored)
    _check_tree(districts, stored, successors)
    new = [line for line in districts if line.code not in known]
    changed = {
        line.code for line in districts if line.code in known and assign(stored[line.code], line.columns)
    }
    if new:
        add(session, District, [line.columns for line in new])
        stored = stored_districts(session)
    changed |= {code for code, parent in _parents(districts, stored).items() if _hang(stored, code, parent)}
    changed |= {line.code for line in districts if _take_over_heirs(session, line, stored, successors)}
    session.flush()
    return ImportedDistricts(
        created=len(new),
        updated=len(changed & known),
        unchanged=len({line.code for line in districts} & known - changed),
        warnings=tuple(_warnings(districts, stored)),
    )


def _parents(districts: Sequence[DistrictLine], stored: Mapping[str, District]) -> dict[str, str]:
    """In which district each one lies, or waits to lie; "" at the top."""
    codes = {district.id: code for code, district in stored.items()}
    parents = {
        code: codes[district.parent_id] if district.parent_id else district.awaited_parent_code
        for code, district in stored.items()
    }
    return parents | {line.code: line.parent_code for line in districts}


def _hang(stored: Mapping[str, District], code: str, parent_code: str) -> bool:
    """Link a district to its parent, or note that it waits for one; whether that is new."""
    parent = stored.get(parent_code)
    place = {
        "parent_id": parent.id if parent else None,
        "awaited_parent_code": "" if parent else parent_code,
    }
    return assign(stored[code], place)


def _take_over_heirs(
    session: Session,
    line: DistrictLine,
    stored: Mapping[str, District],
    successors: Mapping[tuple[int, int], DistrictSuccessor],
) -> bool:
    if line.successors is None:
        return False
    district_id = stored[line.code].id
    # One of two heirs alone would inherit everything, so it is all of them or none.
    known = all(code in stored for code in line.successors)
    wanted = {(district_id, stored[code].id) for code in line.successors} if known else set()
    present = {pair for pair in successors if pair[0] == district_id}
    session.add_all(
        DistrictSuccessor(district_id=district, successor_id=successor)
        for district, successor in sorted(wanted - present)
    )
    for pair in present - wanted:
        session.delete(successors[pair])
    return wanted != present


def _check_tree(
    districts: Sequence[DistrictLine],
    stored: Mapping[str, District],
    successors: Mapping[tuple[int, int], DistrictSuccessor],
) -> None:
    codes = {district.id: code for code, district in stored.items()}
    heirs: dict[str, list[str]] = {}
    for district_id, successor_id in successors:
        heirs.setdefault(codes[district_id], []).append(codes[successor_id])
    heirs |= {line.code: list(line.successors) for line in districts if line.successors is not None}
    sole_heirs = {code: found[0] for code, found in heirs.items() if len(found) == 1}
    check_no_circle(districts, _parents(districts, stored), sole_heirs)


def _warnings(districts: Sequence[DistrictLine], stored: Mapping[str, District]) -> Iterator[DistrictWarning]:
    for district in districts:
        if district.parent_code and district.parent_code not in stored:
            yield _warning(PARENT_UNKNOWN, district, "parent_code", district.parent_code)
        for code in district.successors or ():
            if code not in stored:
                yield _warning(SUCCESSOR_UNKNOWN, district, "successor_codes", code)


def _warning(message: str, district: DistrictLine, field: str, value: str) -> DistrictWarning:
    return DistrictWarning(message, district.line.file, district.line.number, field, value)
