"""The lines of a table of districts become clean values, or the refusals that say why they cannot."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.operations.facts_files import Faults, Line, first_day, last_day, lines

LEVELS = ("province", "prefecture", "county", "functional_zone", "township", "village")
COUNTRY = "100000"
_NEEDED = ("code", "level", "parent_code", "name_zh")
# What the table has room for.
_TEXTS = {
    "name_zh": 80,
    "name_en": 120,
    "code_system": 40,
    "code_confidence": 10,
    "coord_confidence": 10,
    "source": 200,
    "note": 300,
}
_CODE = re.compile(r"\d{6}|\d{9}|\d{12}", re.ASCII)
_DEGREES = re.compile(r"[-+]?\d{1,3}(?:\.\d{1,12})?", re.ASCII)
_FARTHEST = {"lat": 90, "lon": 180}


class NotADistrictCode(Invalid):
    message = mark(
        "{file}, line {line}, {field}: “{value}” is no district code; it has 6, 9 or 12 digits. "
        "Format the column as text, so that no digit is lost."
    )


class NotADistrictLevel(Invalid):
    message = mark("{file}, line {line}, {field}: “{value}” is no level of district, which are {levels}.")


class DistrictNameMissing(Invalid):
    message = mark("{file}, line {line}, {field}: the district has no Chinese name.")


class DistrictTextTooLong(Invalid):
    message = mark(
        "{file}, line {line}, {field}: “{value}” has {length} characters; there is room for {limit}."
    )


class DistrictListedTwice(Invalid):
    message = mark("{file}, line {line}, {field}: district {value} stands in line {first} already.")


class DistrictIsItsOwnParent(Invalid):
    message = mark("{file}, line {line}, {field}: district {value} cannot lie in itself.")


class DistrictIsItsOwnSuccessor(Invalid):
    message = mark("{file}, line {line}, {field}: district {code} cannot be its own successor.")


class DistrictsInACircle(Invalid):
    message = mark(
        "{file}, line {line}, {field}: these districts lie in each other, so none has a place in the tree: "
        "{circle}."
    )


class EndsBeforeItBegins(Invalid):
    message = mark("{file}, line {line}, {field}: the last day {value} lies before the first, {begins_on}.")


class CoordinateOutOfRange(Invalid):
    message = mark(
        "{file}, line {line}, {field}: “{value}” is no coordinate in degrees, from -{limit} to {limit}."
    )


@dataclass(frozen=True)
class DistrictLine:
    """What one line says; a column the file does not have is not said, so it changes nothing."""

    line: Line
    code: str
    # "" at the top of the tree.
    parent_code: str
    columns: Mapping[str, object]
    successors: tuple[str, ...] | None


def read_districts(content: bytes, file: str) -> list[DistrictLine]:
    """Every line, in the order of the file; raises what is wrong with it."""
    faults = Faults(file)
    found: dict[str, DistrictLine] = {}
    for line in lines(content, file, needed=_NEEDED):
        with faults.noted():
            district = _district(line)
            earlier = found.setdefault(district.code, district)
            if earlier is not district:
                raise DistrictListedTwice(**line.at("code"), first=earlier.line.number)
    faults.refuse()
    return list(found.values())


def _district(line: Line) -> DistrictLine:
    code, parent = _code(line, "code"), _code(line, "parent_code", optional=True)
    if parent == code:
        raise DistrictIsItsOwnParent(**line.at("parent_code"))
    if line["level"] not in LEVELS:
        raise NotADistrictLevel(**line.at("level"), levels=", ".join(LEVELS))
    if not line["name_zh"]:
        raise DistrictNameMissing(**line.at("name_zh"))
    columns: dict[str, object] = {"code": code, "level": line["level"]}
    columns |= {name: _text(line, name) for name in _TEXTS if name in line.cells}
    columns |= {name: _degrees(line, name) for name in _FARTHEST if name in line.cells}
    return DistrictLine(
        line, code, "" if parent == COUNTRY else parent, columns | _validity(line), _successors(line, code)
    )


def _code(line: Line, field: str, *, optional: bool = False) -> str:
    code = line[field]
    if not _CODE.fullmatch(code) and not (optional and not code):
        raise NotADistrictCode(**line.at(field))
    return code


def _text(line: Line, field: str) -> str:
    limit = _TEXTS[field]
    if len(line[field]) > limit:
        raise DistrictTextTooLong(**line.at(field), length=len(line[field]), limit=limit)
    return line[field]


def _degrees(line: Line, field: str) -> float | None:
    written, limit = line[field], _FARTHEST[field]
    if not written:
        return None
    if not _DEGREES.fullmatch(written) or abs(Decimal(written)) > limit:
        raise CoordinateOutOfRange(**line.at(field), limit=limit)
    return float(written)


def _validity(line: Line) -> dict[str, date | None]:
    begins_on, ends_on = first_day(line, "valid_from"), last_day(line, "valid_to")
    if begins_on and ends_on and ends_on < begins_on:
        raise EndsBeforeItBegins(**line.at("valid_to"), begins_on=begins_on)
    said = {"valid_from": begins_on, "valid_to": ends_on}
    return {name: day for name, day in said.items() if name in line.cells}


def _successors(line: Line, code: str) -> tuple[str, ...] | None:
    if "successor_codes" not in line.cells:
        return None
    codes = tuple(part.strip() for part in line["successor_codes"].split(";") if part.strip())
    if any(not _CODE.fullmatch(successor) for successor in codes):
        raise NotADistrictCode(**line.at("successor_codes"))
    if code in codes:
        raise DistrictIsItsOwnSuccessor(**line.at("successor_codes"), code=code)
    return codes


def check_no_circle(
    districts: Sequence[DistrictLine], parents: Mapping[str, str], heirs: Mapping[str, str]
) -> None:
    """Refuse districts that would lie in each other on some day.

    `parents` and `heirs` say of every district, in the file or not, in which it lies and which
    single one took its place: from its last day on, that is where it lies.
    """
    sorter = TopologicalSorter[str]()
    for code, above in [*parents.items(), *heirs.items()]:
        sorter.add(code, above)
    try:
        sorter.prepare()
    except CycleError as found:
        circle: list[str] = found.args[1]
        line = next(district.line for district in districts if district.code in circle)
        field = "parent_code" if line["parent_code"] in circle else "successor_codes"
        raise DistrictsInACircle(**line.at(field), circle=" - ".join(circle)) from None
