"""The holders a register names: found among those there are, or written down new, each once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, bindparam, insert

from verifier.db import Session
from verifier.models import Holder
from verifier.queries.register import KnownHolder, holder_ids
from verifier.rules import holders
from verifier.rules.holders import HolderKind
from verifier.rules.pinyin import initials
from verifier.rules.register import RegisterLine


@dataclass(eq=False)
class NamedHolder:
    """A holder while the file is read; `id` is None until it is stored."""

    identity: str
    name: str
    kind: HolderKind
    uscc: str | None
    id: int | None = None
    district_id: int = 0
    market: "NamedHolder | None" = None
    stall_no: str = ""
    address: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    learnt_uscc: bool = False


class HolderBook:
    """Every holder there is and every one the file names."""

    def __init__(self, known: Iterable[KnownHolder]) -> None:
        self._by_identity: dict[str, NamedHolder] = {}
        self._by_code: dict[tuple[str, str], NamedHolder] = {}
        self._markets: dict[tuple[str, str], NamedHolder] = {}
        for row in known:
            named = NamedHolder(row.identity, row.name, row.kind, row.uscc, id=row.id)
            self._enter(named, row.district_code)

    def _enter(self, named: NamedHolder, district_code: str) -> None:
        self._by_identity[named.identity] = named
        if named.uscc:
            self._by_code.setdefault((named.uscc, named.name), named)
        if named.kind is HolderKind.MARKET:
            self._markets.setdefault((named.name, district_code[:6]), named)

    def holder(self, line: RegisterLine, district_id: int, district_code: str) -> NamedHolder:
        """The line's holder; a name under the same code is the same holder wherever it is written to be."""
        if line.holder_kind is HolderKind.MARKET and line.holder_name == line.market:
            return self._market(line, district_id, district_code)
        identity = _identity(line, district_code)
        found = self._by_code.get((line.uscc, line.holder_name)) or self._by_identity.get(identity)
        if found is None:
            found = self._new(line, district_id, district_code)
            self._enter(found, district_code)
        if line.uscc and found.uscc is None:
            found.uscc, found.learnt_uscc = line.uscc, True
        return found

    def _market(self, line: RegisterLine, district_id: int, district_code: str) -> NamedHolder:
        """One market of a name in a county, wherever in it the row says it lies."""
        key = (line.market, district_code[:6])
        if key not in self._markets:
            identity = holders.identity(line.market, district_code)
            named = self._by_identity.get(identity) or NamedHolder(
                identity, line.market, HolderKind.MARKET, None, district_id=district_id
            )
            self._by_identity[identity] = self._markets[key] = named
        return self._markets[key]

    def _new(self, line: RegisterLine, district_id: int, district_code: str) -> NamedHolder:
        return NamedHolder(
            _identity(line, district_code),
            line.holder_name,
            line.holder_kind,
            line.uscc or None,
            district_id=district_id,
            market=self._market(line, district_id, district_code) if line.market else None,
            stall_no=line.stall_no,
            address=line.address,
            contact_name=line.contact_name,
            contact_phone=line.contact_phone,
        )


def _identity(line: RegisterLine, district_code: str) -> str:
    return holders.identity(line.holder_name, district_code, market=line.market, stall_no=line.stall_no)


def store_holders(session: Session, named: Iterable[NamedHolder]) -> None:
    """Store the new ones, markets before their stalls, and the codes learnt of old ones."""
    wanted = list(dict.fromkeys(named))
    _insert(session, list(dict.fromkeys(holder.market for holder in wanted if holder.market)))
    _insert(session, wanted)
    learnt = [{"number": h.id, "code": h.uscc} for h in wanted if h.learnt_uscc]
    if learnt:
        table = cast(Table, Holder.__table__)
        statement = table.update().where(table.c.id == bindparam("number"))
        session.connection().execute(
            statement.values(uscc=bindparam("code"), version=table.c.version + 1), learnt
        )


def _insert(session: Session, named: list[NamedHolder]) -> None:
    new = {holder.identity: holder for holder in named if holder.id is None}
    if new:
        statement = insert(Holder).execution_options(render_nulls=True)
        session.execute(statement, [_columns(holder) for holder in new.values()])
        for identity, number in holder_ids(session, list(new)):
            new[identity].id = number


def _columns(named: NamedHolder) -> dict[str, object]:
    return {
        "identity": named.identity,
        "name": named.name,
        "initials": initials(named.name)[:120],
        "kind": named.kind,
        "uscc": named.uscc,
        "district_id": named.district_id,
        "parent_id": named.market.id if named.market else None,
        "stall_no": named.stall_no,
        "address": named.address,
        "contact_name": named.contact_name,
        "contact_phone": named.contact_phone,
        "version": 1,
    }
