"""Importing an office's register: every row stands or is refused with its reason, none is lost."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from verifier import db
from verifier.db import Session
from verifier.i18n import mark, say
from verifier.models import Instrument
from verifier.operations.journal import Doer, note
from verifier.operations.register_holders import store_holders
from verifier.operations.register_lines import Entry, LineReader
from verifier.operations.territory import check_place
from verifier.queries.catalogue import KindRow, kinds
from verifier.queries.districts import DistrictRow, district_by_code, district_by_id
from verifier.rules import validity
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.register import RegisterLine, read_rows
from verifier.rules.register_faults import Fault
from verifier.rules.register_headers import Header
from verifier.sheets import Sheet, faults_workbook, find_register, read_sheets


@dataclass(frozen=True, kw_only=True)
class ImportRegister:
    """How a register file is to be taken in."""

    # Code of the district the register is for; rows outside it are refused.
    district: str | None = None
    # Refuse the whole file if one row is bad.
    strict: bool = False
    # Only say what would happen.
    dry_run: bool = False


@dataclass(frozen=True)
class RegisterImported:
    """`stand` instruments stand now (or would, in a dry run): `created` new ones and `unchanged` old ones."""

    rows: int
    stand: int
    created: int
    unchanged: int
    faults: tuple[Fault, ...]
    # Row and note where a name left a choice and the usual one was taken.
    warnings: tuple[tuple[int, str], ...]
    sheet: Sheet
    header: Header

    def faults_file(self, language: str) -> bytes:
        """The refused rows as an XLSX file, with the reason in one more last column."""
        rows = {row.number: row for row in self.sheet.rows}
        return faults_workbook(
            self.header.row,
            [(rows[fault.row], fault.sentences(language)) for fault in self.faults],
            reason_header=say(mark("Reason"), language),
        )


def import_register(
    session: Session,
    content: bytes,
    filename: str,
    command: ImportRegister,
    *,
    who: Doer,
    minus_one_day: bool = True,
) -> RegisterImported:
    """Take in all good rows of an XLSX or CSV register, or with `strict` none if any is bad.

    Raises a refusal of its own name for a file that is no register; rows are refused by faults.
    """
    db.alone(session, "import_register")
    root = _root(session, command.district, who)
    sheet, header = find_register(read_sheets(content, filename=filename))
    read = list(read_rows(sheet.rows, header, today=who.today))
    reader = LineReader(session, header, filename, root, who.today)
    found = list(reader.entries(line for line in read if isinstance(line, RegisterLine)))
    entries = [entry for entry in found if isinstance(entry, Entry)]
    standing, claims = reader.standing(entries)
    faults = sorted(
        [*(item for item in [*read, *found] if isinstance(item, Fault)), *claims], key=lambda fault: fault.row
    )
    refused = {fault.row for fault in faults}
    good = [entry for entry in entries if entry.line.row not in refused]
    if command.strict and faults:
        good = []
    created = sum(key not in standing for entry in good for key in entry.identities)
    if created and not command.dry_run:
        _store(session, good, standing, who, minus_one_day=minus_one_day)
        facts = {"file": filename, "digest": hashlib.sha256(content).hexdigest(), "created": created}
        note(session, who, "import_register", "instrument", 0, refused=len(refused), **facts)
    stand = sum(len(entry.identities) for entry in good)
    warnings = tuple((entry.line.row, entry.kind.note) for entry in good if entry.kind.note)
    return RegisterImported(
        len(read), stand, created, stand - created, tuple(faults), warnings, sheet, header
    )


def _root(session: Session, code: str | None, who: Doer) -> DistrictRow | None:
    """The district whose register it is: the one named, or the caller's own."""
    own = who.caller.scope.district_id if who.caller else None
    if code is None:
        return None if own is None else district_by_id(session, own)
    root = district_by_code(session, code)
    check_place(session, root.id, code, who)
    return root


def _store(
    session: Session, good: Sequence[Entry], standing: set[str], who: Doer, *, minus_one_day: bool
) -> None:
    store_holders(session, (entry.holder for entry in good))
    kind_rows = {kind.id: kind for kind in kinds(session)}
    session.execute(
        # Rows with and without a date go in one statement.
        insert(Instrument).execution_options(render_nulls=True),
        [
            {"identity": key, "serial": serial}
            | _columns(entry, kind_rows[entry.kind.id], who, minus_one_day=minus_one_day)
            for entry in good
            for key, serial in zip(entry.identities, entry.line.serials, strict=True)
            if key not in standing
        ],
    )


def _columns(entry: Entry, kind: KindRow, who: Doer, *, minus_one_day: bool) -> dict[str, object]:
    line = entry.line
    return {
        "kind_id": kind.id,
        "holder_id": entry.holder.id,
        "district_id": entry.district_id,
        "model": line.model,
        "manufacturer": line.manufacturer,
        "measuring_range": line.measuring_range,
        "accuracy_class": line.accuracy_class,
        "scale_interval": line.scale_interval,
        "max_capacity_g": None if line.max_capacity_kg is None else int(line.max_capacity_kg * 1000),
        "purpose": line.purpose,
        "is_fair_scale": line.is_fair_scale,
        "place": line.address,
        "manufactured_on": line.manufactured_on,
        "registered_on": who.today,
        "stated_verified_on": line.verified_on,
        "status": InstrumentStatus.IN_USE,
        "verified_on": line.verified_on,
        "valid_until": validity.last_day(
            kind.form, kind.interval_months, line.verified_on, minus_one_day=minus_one_day
        ),
        "remark": line.remark,
        "version": 1,
    }
