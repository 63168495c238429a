"""The stored facts themselves, whole tables at a time, for the deeds that load and import them."""

from sqlalchemy import select

from verifier.db import Session
from verifier.models import (
    Body,
    District,
    DistrictSuccessor,
    InstrumentKind,
    JournalEntry,
    KindAlias,
    RegulationEdition,
    Tariff,
)


def stored_kinds(session: Session) -> dict[str, InstrumentKind]:
    return {kind.key: kind for kind in session.scalars(select(InstrumentKind))}


def stored_aliases(session: Session) -> dict[str, KindAlias]:
    return {alias.alias: alias for alias in session.scalars(select(KindAlias))}


def stored_editions(session: Session) -> dict[tuple[int, str], RegulationEdition]:
    found = session.scalars(select(RegulationEdition))
    return {(edition.kind_id, edition.code): edition for edition in found}


def stored_districts(session: Session) -> dict[str, District]:
    return {district.code: district for district in session.scalars(select(District))}


def stored_successors(session: Session) -> dict[tuple[int, int], DistrictSuccessor]:
    found = session.scalars(select(DistrictSuccessor))
    return {(successor.district_id, successor.successor_id): successor for successor in found}


def stored_tariffs(session: Session) -> list[Tariff]:
    return list(session.scalars(select(Tariff).order_by(Tariff.kind_id, Tariff.effective_from)))


def has_bodies(session: Session) -> bool:
    return session.scalar(select(Body.id).limit(1)) is not None


def digest_last_loaded(session: Session) -> str | None:
    """Which release's facts were loaded last."""
    statement = (
        select(JournalEntry.facts)
        .where(JournalEntry.subject == "facts", JournalEntry.deed == "load_facts")
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )
    facts = session.scalars(statement).one_or_none()
    return None if facts is None else facts.get("digest")
