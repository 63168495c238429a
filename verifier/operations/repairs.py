"""What happens between a failure and the next verification: the repair, recorded."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from annotated_types import Len

from verifier.db import Session
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Instrument, Repair
from verifier.operations.chain import enchain
from verifier.operations.instruments import DayInFuture
from verifier.operations.journal import Doer, note
from verifier.operations.territory import check_place
from verifier.queries.verifications import findings
from verifier.rules.codes import instrument_code
from verifier.rules.lifecycle import AFTER_FAILURE_STEPS, Step, after_failure
from verifier.rules.verdict import Outcome


class RepairWithoutFailure(Conflict):
    message = mark("Instrument {instrument} has no failure to be repaired; its last verification passed.")


class RepairBeforeFailure(Invalid):
    message = mark("The repair on {repaired_on} lies before the failure on {failed_on}.")


class NotRepairable(Conflict):
    message = mark("Instrument {instrument} is {status}; it is repaired no more.")


class RepairTextMissing(Invalid):
    message = mark("Say who repaired the instrument and what was done.")


@dataclass(frozen=True, kw_only=True)
class RecordRepair:
    repaired_on: date
    repairer: Annotated[str, Len(1, 120)]
    work: Annotated[str, Len(1, 500)]


def record_repair(session: Session, instrument: Instrument, command: RecordRepair, *, who: Doer) -> Repair:
    """Write down a repair after a failure; the instrument stays suspended until it passes again.

    `instrument` comes locked.
    """
    code = instrument_code(instrument.id)
    check_place(session, instrument.district_id, code, who)
    if not (command.repairer.strip() and command.work.strip()):
        raise RepairTextMissing
    found = findings(session, instrument.id)
    if not found or max(found).outcome is Outcome.PASSED:
        raise RepairWithoutFailure(instrument=code)
    if Step.REPAIR not in AFTER_FAILURE_STEPS[after_failure(instrument.status, is_repaired=False)]:
        raise NotRepairable(instrument=code, status=instrument.status)
    if command.repaired_on > who.today:
        raise DayInFuture(day=command.repaired_on)
    if command.repaired_on < max(found).performed_on:
        raise RepairBeforeFailure(repaired_on=command.repaired_on, failed_on=max(found).performed_on)
    repair = Repair(
        instrument_id=instrument.id,
        repaired_on=command.repaired_on,
        repairer=command.repairer.strip(),
        work=command.work.strip(),
        recorded_at=who.now,
        recorded_by=who.name,
    )
    session.add(repair)
    session.flush()
    enchain(session, repair, who.caller.body_id if who.caller else None)
    note(session, who, "record_repair", "instrument", instrument.id, repaired_on=command.repaired_on)
    return repair
