"""Questions about repairs, and where an instrument stands after a failure."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from verifier.db import Session
from verifier.models import Repair
from verifier.queries.verifications import findings
from verifier.rules.lifecycle import AFTER_FAILURE_STEPS, AfterFailure, InstrumentStatus, Step, after_failure
from verifier.rules.verdict import Outcome


@dataclass(frozen=True)
class RepairRow:
    id: int
    repaired_on: date
    repairer: str
    work: str
    recorded_by: str


@dataclass(frozen=True)
class Aftermath:
    """Where an instrument stands that failed, and what may follow."""

    failed_on: date
    state: AfterFailure
    steps: tuple[Step, ...]


def repairs_of(session: Session, instrument_id: int) -> list[RepairRow]:
    """The newest first."""
    statement = (
        select(Repair.id, Repair.repaired_on, Repair.repairer, Repair.work, Repair.recorded_by)
        .where(Repair.instrument_id == instrument_id)
        .order_by(Repair.id.desc())
    )
    return [RepairRow(*row) for row in session.execute(statement)]


def aftermath(session: Session, instrument_id: int, status: InstrumentStatus) -> Aftermath | None:
    """None for an instrument whose last verification did not fail."""
    found = findings(session, instrument_id)
    if not found or max(found).outcome is Outcome.PASSED:
        return None
    failed_on = max(found).performed_on
    repaired = any(repair.repaired_on >= failed_on for repair in repairs_of(session, instrument_id))
    state = after_failure(status, is_repaired=repaired)
    return Aftermath(failed_on, state, tuple(AFTER_FAILURE_STEPS[state]))
