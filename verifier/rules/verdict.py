"""What a verification found: the verdict from the readings, under the regulation of the day."""

from collections.abc import Sequence
from decimal import Context, localcontext

from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.rules.asking import Case, check_complete, check_fields
from verifier.rules.device import Device
from verifier.rules.expected import Expected, ExpectedPoint, asked_of
from verifier.rules.items import Item, Method, Need
from verifier.rules.judgement import (
    FoundBy,
    ItemResult,
    ItemVerdict,
    Judgement,
    PointResult,
    judgement_from_json,
)
from verifier.rules.judging import Evidence, enough, judged
from verifier.rules.nawi import fitting
from verifier.rules.readings import Finding3, Reading
from verifier.rules.regulation import Design, Regulation
from verifier.rules.stages import Outcome, Stage, least_sure

__all__ = [
    "Expected",
    "ExpectedPoint",
    "FoundBy",
    "ItemResult",
    "ItemVerdict",
    "Judgement",
    "Outcome",
    "PointResult",
    "Stage",
    "as_found",
    "expected",
    "judge",
    "judgement_from_json",
]

# Wide enough that no sum, product or limit of nine and twelve digits is ever rounded.
_EXACT = Context(prec=80)
_JUDGED = (ItemVerdict.PASS, ItemVerdict.FAIL)


class ItemUnknown(Invalid):
    message = mark("The regulation {regulation} has no item “{item}”.")


class ReadingNotApplicable(Invalid):
    message = mark("“{item}” does not apply to this instrument, yet there are readings of it.")


class FindingNotAllowed(Invalid):
    message = mark("“{item}” must be examined on every instrument; it cannot be marked as not applicable.")


class StageNotCovered(Invalid):
    message = mark("The regulation {regulation} examines nothing at the stage {stage}.")


def as_found(outcome: Outcome, *, worked_on: bool) -> Outcome:
    """The verdict before anybody adjusted or repaired: only an untouched pass was found passing."""
    return Outcome.FAILED if worked_on else outcome


def judge(regulation: Regulation, stage: Stage, device: Device, readings: Sequence[Reading]) -> Judgement:
    """The verdict with a result for each item; an instrument passes when every item required passes.

    A decisive check that failed ends it: nothing else is examined. Otherwise raises a refusal that
    names what is missing, unknown or impossible in readings, device or regulation.
    """
    with localcontext(_EXACT):
        evidence = Evidence(Case(regulation, stage, device), _by_item(regulation, readings))
        if any(_fails_at_sight(item, evidence) for item in regulation.items):
            results = [_seen_only(item, evidence) for item in regulation.items]
        else:
            evidence = Evidence(_case(regulation, stage, device), evidence.readings)
            results = [_result(item, evidence) for item in regulation.items]
    failed = [result for result in results if result.verdict is ItemVerdict.FAIL]
    sure = [result.confidence for result in results if result.verdict in _JUDGED]
    return Judgement(
        regulation=regulation.code,
        stage=stage,
        outcome=Outcome.FAILED if failed else Outcome.PASSED,
        confidence=least_sure([regulation.confidence, *sure]),
        reasons=tuple(f"{result.name_zh}不合格" for result in failed),
        items=tuple(results),
    )


def expected(regulation: Regulation, stage: Stage, device: Device) -> tuple[Expected, ...]:
    """What every item asks for at this stage, with the test points and the limit at each.

    Raises CharacteristicMissing or DeviceImpossible where the instrument is not known well enough.
    """
    with localcontext(_EXACT):
        case = _case(regulation, stage, device)
        return tuple(asked_of(item, case) for item in regulation.items)


def _case(regulation: Regulation, stage: Stage, device: Device) -> Case:
    if all(item.needs[stage] is Need.NOT_REQUIRED for item in regulation.items):
        raise StageNotCovered(regulation=regulation.code, stage=stage)
    return Case(regulation, stage, fitting(device) if regulation.design is Design.R76 else device)


def _by_item(regulation: Regulation, readings: Sequence[Reading]) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = {}
    for reading in readings:
        if regulation.item(reading.item) is None:
            raise ItemUnknown(regulation=regulation.code, item=reading.item)
        found.setdefault(reading.item, []).append(reading)
    return found


def _fails_at_sight(item: Item, evidence: Evidence) -> bool:
    asked = item.decisive and item.needs[evidence.case.stage] is not Need.NOT_REQUIRED
    return asked and any(reading.finding is Finding3.NOT_OK for reading in evidence.of(item.key))


def _seen_only(item: Item, evidence: Evidence) -> ItemResult:
    """After a decisive failure: checks that were made keep their result, nothing else is judged."""
    readings = evidence.of(item.key)
    if item.needs[evidence.case.stage] is Need.NOT_REQUIRED:
        return _not_judged(item, ItemVerdict.NOT_REQUIRED, readings)
    said = {reading.finding for reading in readings}
    if item.method is not Method.CHECK or not said <= {Finding3.OK, Finding3.NOT_OK} or not said:
        return _not_judged(item, ItemVerdict.NOT_EXAMINED, readings)
    return _with_points(item, "", judged(item, evidence))


def _result(item: Item, evidence: Evidence) -> ItemResult:
    case, readings = evidence.case, evidence.of(item.key)
    if not _is_there(item, case, readings):
        return _not_judged(item, ItemVerdict.NOT_APPLICABLE, readings)
    if item.needs[case.stage] is Need.NOT_REQUIRED:
        return _not_judged(item, ItemVerdict.NOT_REQUIRED, readings)
    unit = case.unit(item)
    check_fields(item, readings)
    check_complete(item, case, readings)
    return _with_points(item, f"{unit}/{item.per}" if item.per else unit, judged(item, evidence))


def _is_there(item: Item, case: Case, readings: Sequence[Reading]) -> bool:
    """Whether the instrument has what is examined, by its kind, its functions or the technician's word."""
    absent = [reading.finding is Finding3.NOT_APPLICABLE for reading in readings]
    if not case.applies(item):
        if not all(absent):
            raise ReadingNotApplicable(item=item.title)
        return False
    if not any(absent) or item.needs[case.stage] is Need.NOT_REQUIRED:
        return True
    if item.needs[case.stage] is Need.REQUIRED or not all(absent):
        raise FindingNotAllowed(item=item.title)
    return False


def _not_judged(item: Item, verdict: ItemVerdict, readings: Sequence[Reading]) -> ItemResult:
    return _made(item, verdict, "", tuple(PointResult(reading) for reading in readings))


def _with_points(item: Item, unit: str, points: tuple[PointResult, ...]) -> ItemResult:
    verdict = ItemVerdict.PASS if enough(item, points) else ItemVerdict.FAIL
    return _made(item, verdict, unit, points)


def _made(item: Item, verdict: ItemVerdict, unit: str, points: tuple[PointResult, ...]) -> ItemResult:
    return ItemResult(
        key=item.key,
        name_zh=item.name_zh,
        name_en=item.name_en,
        rule=item.reference,
        confidence=item.confidence,
        verdict=verdict,
        unit=unit,
        points=points,
        note_zh=item.note_zh,
        note_en=item.note_en,
    )
