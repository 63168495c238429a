"""A register's lines with their kind, district and holder found, or the fault that refuses them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from verifier.db import Session
from verifier.operations.register_holders import HolderBook, NamedHolder
from verifier.queries.catalogue import KindRef, folded, kinds_by_name
from verifier.queries.districts import DistrictRow, district_index
from verifier.queries.register import KnownInstrument, known_holders, known_instruments
from verifier.rules.district_names import Where, is_code_elsewhere
from verifier.rules.register import RegisterLine, identity
from verifier.rules.register_faults import Fault, FaultReason
from verifier.rules.register_headers import Field, Header


@dataclass(frozen=True)
class Entry:
    """A line that can stand; one identity a serial, None for those that stand already."""

    line: RegisterLine
    kind: KindRef
    district_id: int
    holder: NamedHolder
    identities: tuple[str, ...]


@dataclass
class LineReader:
    """Loads once what finding kinds, districts and holders for thousands of lines needs."""

    session: Session
    header: Header
    filename: str
    root: DistrictRow | None
    on: date
    first_rows: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kinds = kinds_by_name(self.session)
        self.places = district_index(self.session, on=self.on)
        self.book = HolderBook(known_holders(self.session))

    def entries(self, lines: Iterable[RegisterLine]) -> Iterator[Entry | Fault]:
        """One answer a line, in the file's order; of two lines of one instrument the later is refused."""
        for line in lines:
            kind = self.kinds.get(folded(line.kind_name))
            place = self._district(line)
            if kind is None:
                yield self._fault(line, Field.KIND, FaultReason.UNKNOWN_KIND, line.kind_name)
            elif isinstance(place, Fault):
                yield place
            else:
                yield self._entry(line, kind, *place)

    def _entry(
        self, line: RegisterLine, kind: KindRef, district_id: int, district_code: str
    ) -> Entry | Fault:
        identities = tuple("\t".join(identity(line, serial, kind.key)) for serial in line.serials)
        for serial, key in zip(line.serials, identities, strict=True):
            if key in self.first_rows:
                first = f"{self.filename}:{self.first_rows[key]}"
                return self._fault(line, Field.SERIAL, FaultReason.DUPLICATE, serial, first=first)
        self.first_rows |= dict.fromkeys(identities, line.row)
        holder = self.book.holder(line, district_id, district_code)
        return Entry(line, kind, district_id, holder, identities)

    def _district(self, line: RegisterLine) -> tuple[int, str] | Fault:
        """A blank one is the district whose register it is, where that was said."""
        if not line.district_text:
            if self.root is not None:
                return self.root.id, self.root.code
            return self._fault(line, Field.DISTRICT, FaultReason.MISSING_DISTRICT, "")
        found = self.places.resolve(line.district_text, self.root.id if self.root else None)
        if found.where is Where.INSIDE and found.district is not None:
            return found.district.id, found.district.code
        outside = found.where is Where.OUTSIDE or (
            self.root is not None and is_code_elsewhere(line.district_text, self.root.code)
        )
        reason = FaultReason.DISTRICT_OUTSIDE if outside else FaultReason.UNKNOWN_DISTRICT
        return self._fault(line, Field.DISTRICT, reason, line.district_text)

    def standing(self, entries: Sequence[Entry]) -> tuple[set[str], list[Fault]]:
        """Which identities stand already, and a fault for every line that claims another holder's."""
        asked = [key for entry in entries for key in entry.identities]
        known = {row.identity: row for row in known_instruments(self.session, asked)}
        faults = [fault for entry in entries for fault in self._claims(entry, known)]
        return set(known), faults

    def _claims(self, entry: Entry, known: dict[str, KnownInstrument]) -> Iterator[Fault]:
        for serial, key in zip(entry.line.serials, entry.identities, strict=True):
            if key in known and known[key].holder_id != entry.holder.id:
                first = known[key].holder_name
                yield self._fault(entry.line, Field.SERIAL, FaultReason.DUPLICATE, serial, first=first)
                return

    def _fault(
        self, line: RegisterLine, column: Field, reason: FaultReason, value: str, **facts: str
    ) -> Fault:
        return Fault(line.row, self.header.written(column), reason, {"value": value, **facts})
