"""What an import must know beforehand: the holders there are, and which instruments stand already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from verifier.db import Session
from verifier.models import District, Holder, Instrument
from verifier.rules.holders import HolderKind

# SQLite takes 32 766 variables in one statement.
_AT_ONCE = 5_000


@dataclass(frozen=True)
class KnownHolder:
    id: int
    identity: str
    name: str
    kind: HolderKind
    uscc: str | None
    district_code: str


@dataclass(frozen=True)
class KnownInstrument:
    identity: str
    holder_id: int
    holder_name: str


def known_holders(session: Session) -> list[KnownHolder]:
    statement = select(Holder.id, Holder.identity, Holder.name, Holder.kind, Holder.uscc, District.code).join(
        District, District.id == Holder.district_id
    )
    return [KnownHolder(*row) for row in session.execute(statement)]


def known_instruments(session: Session, identities: Sequence[str]) -> Iterator[KnownInstrument]:
    """Those of the identities that stand already, asked for some thousands at a time."""
    for start in range(0, len(identities), _AT_ONCE):
        statement = (
            select(Instrument.identity, Instrument.holder_id, Holder.name)
            .join(Holder, Holder.id == Instrument.holder_id)
            .where(Instrument.identity.in_(identities[start : start + _AT_ONCE]))
        )
        for row in session.execute(statement):
            yield KnownInstrument(*row)


def holder_ids(session: Session, identities: Sequence[str]) -> Iterator[tuple[str, int]]:
    for start in range(0, len(identities), _AT_ONCE):
        asked = identities[start : start + _AT_ONCE]
        for row in session.execute(select(Holder.identity, Holder.id).where(Holder.identity.in_(asked))):
            yield row.identity, row.id
