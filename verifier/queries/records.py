"""Questions about single records: what is to be examined, what was judged, which record took its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from verifier.db import Session
from verifier.models import Examination, Instrument, InstrumentKind, RegulationRules, Verification
from verifier.queries.catalogue import kind_by_id, regulation_in_force, rules_in_force
from verifier.queries.instruments import InstrumentUnknown
from verifier.rules.judgement import Judgement, judgement_from_json


@dataclass(frozen=True)
class ToExamine:
    """An instrument with what governs it, as table objects that are only read."""

    instrument: Instrument
    kind: InstrumentKind
    # The code in force on the day; None where none is known.
    regulation: str | None
    # None: nobody loaded any for that code.
    rules: RegulationRules | None


def to_examine(session: Session, number: int, *, on: date) -> ToExamine:
    """What governs the instrument on the day; raises InstrumentUnknown."""
    instrument = session.get(Instrument, number)
    if instrument is None:
        raise InstrumentUnknown(instrument=number)
    edition = regulation_in_force(session, instrument.kind_id, on=on)
    code = None if edition is None else edition.code
    rules = None if code is None else rules_in_force(session, code)
    return ToExamine(instrument, kind_by_id(session, instrument.kind_id), code, rules)


def examination_of(session: Session, verification_id: int) -> Examination | None:
    """What was read; None where the outcome alone was recorded."""
    return session.get(Examination, verification_id)


def judged_as_left(session: Session, verification_ids: Sequence[int]) -> dict[int, Judgement]:
    """The judgement that decided each record; records without readings are left out."""
    statement = select(Examination.verification_id, Examination.judged_as_left).where(
        Examination.verification_id.in_(verification_ids)
    )
    return {number: judgement_from_json(judged) for number, judged in session.execute(statement)}


def superseded_by(session: Session, verification_id: int) -> int | None:
    """The record that took the place of a wrong one."""
    statement = select(Verification.id).where(Verification.supersedes_id == verification_id)
    return session.scalars(statement).one_or_none()
