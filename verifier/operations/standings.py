"""What an instrument's records say together: those before, the one now, and where that leaves it."""

from collections.abc import Sequence
from datetime import date

from verifier.db import Session
from verifier.errors import Conflict
from verifier.i18n import mark
from verifier.models import Instrument, InstrumentKind, Verification
from verifier.queries.verifications import findings
from verifier.rules import validity
from verifier.rules.validity import Finding

# Of a record that has no number yet.
UNNUMBERED = 0


class SupersedesAnother(Conflict):
    message = mark(
        "Record {verification} cannot be superseded here: "
        "it is of another instrument or was superseded already."
    )


class AlreadyRecorded(Conflict):
    message = mark("This verification stands already as record {verification}.")


def earlier_findings(
    session: Session,
    instrument: Instrument,
    kind: InstrumentKind,
    this: Finding,
    *,
    supersedes: int | None,
    minus_one_day: bool,
) -> list[Finding]:
    """What still counts of the instrument's records, without the one now superseded.

    Raises AlreadyRecorded for the same fact twice, SupersedesAnother for a record that is not there.
    """
    stated_on = instrument.stated_verified_on
    stated = validity.stated(stated_on, last_day_of(kind, stated_on, minus_one_day=minus_one_day))
    found = findings(session, instrument.id)
    if supersedes is not None:
        if supersedes not in {finding.number for finding in found}:
            raise SupersedesAnother(verification=supersedes)
        return [*stated, *(finding for finding in found if finding.number != supersedes)]
    for finding in found:
        # A failure may be followed by a pass on one day, and a pass by a failure; the same twice is one fact.
        if (finding.performed_on, finding.outcome) == (this.performed_on, this.outcome):
            raise AlreadyRecorded(verification=finding.number)
    return [*stated, *found]


def last_day_of(kind: InstrumentKind, performed_on: date | None, *, minus_one_day: bool) -> date | None:
    return validity.last_day(kind.form, kind.interval_months, performed_on, minus_one_day=minus_one_day)


def finding_of(record: Verification) -> Finding:
    return Finding(record.performed_on, record.id, record.outcome, record.valid_until)


def move_standing(instrument: Instrument, found: Sequence[Finding]) -> None:
    """Bring what is stored of the instrument to what its records say."""
    standing = validity.standing(found, status=instrument.status)
    instrument.verified_on = standing.verified_on
    instrument.valid_until = standing.valid_until
    instrument.status = standing.status
