"""Judging what a technician read: by the rules in force, for the very instrument, as found and as left."""

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.db import Session
from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.models import Examination, Instrument, InstrumentKind, RegulationRules
from verifier.queries.catalogue import rules_in_force
from verifier.rules.device import Device, DeviceStated, completed, device_from_register
from verifier.rules.readings import Reading, reading_json
from verifier.rules.regulation import Regulation, read_regulation
from verifier.rules.traceability import Point
from verifier.rules.verdict import (
    FoundBy,
    ItemResult,
    Judgement,
    Outcome,
    PointResult,
    Stage,
    as_found,
    judge,
)

_AGAINST_A_STANDARD = (FoundBy.CHANGEOVER, FoundBy.INDICATION)
# By digest: what was read under one never changes.
_READ: dict[str, Regulation] = {}


class RulesUnknown(Invalid):
    message = mark(
        "No rules of {regulation} are known here, so readings cannot be judged; import its file, "
        "or give the outcome alone."
    )


class OutcomeMissing(Invalid):
    message = mark("Give the readings, or where only the outcome is recorded, the outcome.")


class OutcomeContradictsReadings(Invalid):
    message = mark("The outcome given is {outcome}, but the readings say {judged}: {why}.")


class AsFoundWithoutWork(Invalid):
    message = mark(
        "Readings as found stand beside those as left only where something was adjusted or repaired; "
        "say which."
    )


class AsFoundWithoutReadings(Invalid):
    message = mark("Readings as found need the readings as left, which decide.")


class ReasonsMissing(Invalid):
    message = mark("A failed verification needs at least one reason.")


class ReasonsWithoutFailure(Invalid):
    message = mark("Reasons belong to a failure; this verification passed.")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What there is to judge."""

    stage: Stage
    stated: DeviceStated | None
    as_left: Sequence[Reading]
    # None: nothing was read before the work, or nothing was worked on.
    as_found: Sequence[Reading] | None
    outcome: Outcome | None
    is_worked_on: bool


@dataclass(frozen=True)
class Judged:
    """The judgements with everything they rest on."""

    rules: RegulationRules
    regulation: Regulation
    device: Device
    asked: Asked
    as_left: Judgement
    as_found: Judgement | None

    def examination(self, verification_id: int) -> Examination:
        found = self.asked.as_found
        return Examination(
            verification_id=verification_id,
            rules_id=self.rules.id,
            device=self.device.to_json(),
            as_found=None if found is None else [reading_json(one) for one in found],
            as_left=[reading_json(one) for one in self.asked.as_left],
            judged_as_found=None if self.as_found is None else self.as_found.to_json(),
            judged_as_left=self.as_left.to_json(),
        )


def examine(
    session: Session, asked: Asked, instrument: Instrument, kind: InstrumentKind, regulation: str | None
) -> Judged | None:
    """Judge the readings by the newest rules of the regulation; None where only an outcome was given.

    Raises a refusal by name where readings cannot be judged, or contradict the outcome given.
    """
    if asked.as_found is not None and not asked.as_left:
        raise AsFoundWithoutReadings
    if asked.as_found is not None and not asked.is_worked_on:
        raise AsFoundWithoutWork
    if not asked.as_left:
        return None
    rules = None if regulation is None else rules_in_force(session, regulation)
    if rules is None:
        raise RulesUnknown(regulation=regulation or "-")
    read = regulation_of(rules)
    device = device_of(instrument, kind.key, asked.stated)
    left = judge(read, asked.stage, device, asked.as_left)
    if asked.outcome is not None and asked.outcome is not left.outcome:
        raise OutcomeContradictsReadings(
            outcome=asked.outcome, judged=left.outcome, why="; ".join(left.reasons) or "-"
        )
    found = None if asked.as_found is None else judge(read, asked.stage, device, asked.as_found)
    return Judged(rules, read, device, asked, left, found)


@dataclass(frozen=True)
class Found:
    """What the verification came to: as left decides, as found is what first-pass figures count."""

    outcome: Outcome
    as_found: Outcome
    reasons: tuple[str, ...]


def decide(asked: Asked, stated: Sequence[str], judged: Judged | None) -> Found:
    """The outcome and its reasons, by the readings or as stated; raises where reasons are amiss."""
    if judged is not None:
        outcome = judged.as_left.outcome
    elif asked.outcome is not None:
        outcome = asked.outcome
    else:
        raise OutcomeMissing
    reasons = tuple(dict.fromkeys([*(judged.as_left.reasons if judged else ()), *stated]))
    if outcome is Outcome.FAILED and not all(reason.strip() for reason in reasons or ("",)):
        raise ReasonsMissing
    if outcome is Outcome.PASSED and reasons:
        raise ReasonsWithoutFailure
    if judged is not None and judged.as_found is not None:
        return Found(outcome, judged.as_found.outcome, reasons)
    return Found(outcome, as_found(outcome, worked_on=asked.is_worked_on), reasons)


def compared_points(judged: Judged | None) -> tuple[Point, ...]:
    """Where an error was held against a limit: there a standard has to be good enough."""
    if judged is None:
        return ()
    judgements = [judged.as_left, *([judged.as_found] if judged.as_found else [])]
    return tuple(
        point
        for judgement in judgements
        for item in judgement.items
        for read in item.points
        if (point := _compared(item, read)) is not None
    )


def _compared(item: ItemResult, read: PointResult) -> Point | None:
    value = read.reading.reference
    limits = [abs(limit) for limit in (read.lower, read.upper) if limit is not None]
    if value is None or not limits or read.found_by not in _AGAINST_A_STANDARD:
        return None
    return Point(item=item.name_zh, value=value, unit=item.unit, limit=min(limits))


def device_of(instrument: Instrument, kind: str, stated: DeviceStated | None) -> Device:
    """What the register says of the instrument, corrected by what stands on it."""
    device = device_from_register(
        instrument.measuring_range, instrument.accuracy_class, instrument.scale_interval, kind=kind
    )
    return device if stated is None else completed(device, stated)


def regulation_of(rules: RegulationRules) -> Regulation:
    """The rules of a row, read once however often they are applied: rows of rules never change."""
    if rules.digest not in _READ:
        _READ[rules.digest] = read_regulation(rules.document, source=rules.code)
    return _READ[rules.digest]
