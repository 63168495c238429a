"""Every stored figure counted again from the records it stands for."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, select

from verifier.db import Session
from verifier.i18n import mark, say
from verifier.models import Instrument, InstrumentKind, Programme, Verification
from verifier.queries.programmes import base_lines
from verifier.queries.verifications import counts_still
from verifier.rules import validity
from verifier.rules.codes import instrument_code
from verifier.rules.completion import base_digest
from verifier.rules.lifecycle import RETIRED, ProgrammeStatus
from verifier.rules.validity import Finding, Standing
from verifier.rules.verdict import Outcome

_DIFFERS = mark("{subject} {name}: {column} is {stored}, but the records say {counted}.")


@dataclass(frozen=True)
class Difference:
    """One stored figure that its records contradict."""

    subject: str
    name: str
    column: str
    stored: object
    counted: object

    def sentence(self, language: str) -> str:
        return say(_DIFFERS, language, vars(self) | {"subject": say(self.subject, language)})


@dataclass(frozen=True)
class Recounted:
    instruments: int
    programmes: int
    differences: tuple[Difference, ...]


def recount(session: Session, *, minus_one_day: bool) -> Recounted:
    """Recount instruments' standing and programmes' frozen bases; one question a started programme."""
    instruments, differences = _standings(session, minus_one_day=minus_one_day)
    bases = session.execute(_bases()).all()
    for number, code, count, digest in bases:
        lines = base_lines(session, number)
        counted = {"base_count": (count, len(lines)), "base_digest": (digest, base_digest(lines))}
        differences += [
            Difference(mark("programme"), code, column, stored, found)
            for column, (stored, found) in counted.items()
            if stored != found
        ]
    return Recounted(instruments, len(bases), tuple(differences))


def _standings(session: Session, *, minus_one_day: bool) -> tuple[int, list[Difference]]:
    findings = _findings(session)
    statement = (
        select(
            Instrument.id,
            Instrument.verified_on,
            Instrument.valid_until,
            Instrument.status,
            Instrument.stated_verified_on,
            InstrumentKind.form,
            InstrumentKind.interval_months,
        )
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .order_by(Instrument.id)
    )
    counted = 0
    differences: list[Difference] = []
    for number, verified_on, valid_until, status, stated, form, months in session.execute(statement):
        counted += 1
        until = validity.last_day(form, months, stated, minus_one_day=minus_one_day)
        known = [*validity.stated(stated, until), *findings[number]]
        found = validity.standing(known, status=status)
        # Somebody may have suspended what passed; nobody may use what failed.
        by_hand = found.status is not status and _passed_last(known)
        may_differ = status in RETIRED or by_hand
        stored = Standing(verified_on, valid_until, found.status if may_differ else status)
        differences += _compare(number, stored, found)
    return counted, differences


def _passed_last(findings: list[Finding]) -> bool:
    return bool(findings) and max(findings).outcome is Outcome.PASSED


def _compare(number: int, stored: Standing, found: Standing) -> Iterator[Difference]:
    for column in ("verified_on", "valid_until", "status"):
        was, should = getattr(stored, column), getattr(found, column)
        if was != should:
            yield Difference(mark("instrument"), instrument_code(number), column, was, should)


def _findings(session: Session) -> dict[int, list[Finding]]:
    statement = select(
        Verification.instrument_id,
        Verification.performed_on,
        Verification.id,
        Verification.outcome,
        Verification.valid_until,
    ).where(counts_still())
    found: dict[int, list[Finding]] = defaultdict(list)
    for number, performed_on, record, outcome, valid_until in session.execute(statement):
        found[number].append(Finding(performed_on, record, outcome, valid_until))
    return found


def _bases() -> Select[int, str, int | None, str | None]:
    """What every started programme says of its frozen base."""
    return (
        select(Programme.id, Programme.code, Programme.base_count, Programme.base_digest)
        .where(Programme.status != ProgrammeStatus.DRAFT)
        .order_by(Programme.code)
    )
