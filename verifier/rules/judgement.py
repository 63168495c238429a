"""What came of judging: a result for each item with reading, error and the limit applied."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from verifier.rules.readings import Reading, reading_from_json, reading_json
from verifier.rules.stages import Confidence, Outcome, Stage


class ItemVerdict(StrEnum):
    """Only `pass` is a pass."""

    PASS = "pass"  # noqa: S105  a verdict
    FAIL = "fail"
    # The stage does not ask for it; readings there may be are kept and not judged.
    NOT_REQUIRED = "not_required"
    # The kind or this instrument has nothing of the sort.
    NOT_APPLICABLE = "not_applicable"
    # Something decisive failed first.
    NOT_EXAMINED = "not_examined"


class FoundBy(StrEnum):
    """How the error of a point was found."""

    # Error prior to rounding, P = I + 0.5 e - ΔL (R 76-1, A.4.4.3).
    CHANGEOVER = "changeover"
    # Indication less reference; a display rounds by up to half an interval.
    INDICATION = "indication"
    # The indication is itself what the limit is for.
    VALUE = "value"
    # `error` is the greatest difference within the group of readings.
    SPREAD = "spread"
    # `error` is the change an extra load made.
    RESPONSE = "response"
    # Somebody looked.
    FINDING = "finding"


@dataclass(frozen=True)
class PointResult:
    """One reading and what it was held against; None where nothing was judged."""

    reading: Reading
    found_by: FoundBy | None = None
    error: Decimal | None = None
    # E0, already taken off the error.
    zero_error: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    # Whether a value equal to the limit fails.
    strict: bool = False
    passed: bool | None = None


@dataclass(frozen=True)
class ItemResult:
    """One item; figures of its points are in `unit`."""

    key: str
    name_zh: str
    name_en: str
    # The regulation and paragraph, as far as known.
    rule: str
    confidence: Confidence
    verdict: ItemVerdict
    unit: str = ""
    points: tuple[PointResult, ...] = ()
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Judgement:
    """The verdict with everything it rests on; kept with the record and never computed again."""

    regulation: str
    stage: Stage
    outcome: Outcome
    # Of the least sure item that was judged.
    confidence: Confidence
    # What failed, as the notice says it.
    reasons: tuple[str, ...]
    items: tuple[ItemResult, ...]

    def to_json(self) -> dict[str, Any]:
        """For a database: figures as text with every digit."""
        return {
            "regulation": self.regulation,
            "stage": self.stage.value,
            "outcome": self.outcome.value,
            "confidence": self.confidence.value,
            "reasons": list(self.reasons),
            "items": [_item_json(item) for item in self.items],
        }


def judgement_from_json(stored: Mapping[str, Any]) -> Judgement:
    """What `to_json` wrote, the same to the last digit."""
    return Judgement(
        regulation=stored["regulation"],
        stage=Stage(stored["stage"]),
        outcome=Outcome(stored["outcome"]),
        confidence=Confidence(stored["confidence"]),
        reasons=tuple(stored["reasons"]),
        items=tuple(_item_from(item) for item in stored["items"]),
    )


_ITEM_TEXTS = ("key", "name_zh", "name_en", "rule", "unit", "note_zh", "note_en")
_POINT_FIGURES = ("error", "zero_error", "lower", "upper")


def _item_json(item: ItemResult) -> dict[str, Any]:
    return {
        **{name: getattr(item, name) for name in _ITEM_TEXTS},
        "confidence": item.confidence.value,
        "verdict": item.verdict.value,
        "points": [_point_json(point) for point in item.points],
    }


def _item_from(stored: Mapping[str, Any]) -> ItemResult:
    return ItemResult(
        confidence=Confidence(stored["confidence"]),
        verdict=ItemVerdict(stored["verdict"]),
        points=tuple(_point_from(point) for point in stored["points"]),
        **{name: stored[name] for name in _ITEM_TEXTS},
    )


def _point_json(point: PointResult) -> dict[str, Any]:
    figures = {name: getattr(point, name) for name in _POINT_FIGURES}
    return {
        "reading": reading_json(point.reading),
        "found_by": None if point.found_by is None else point.found_by.value,
        "strict": point.strict,
        "passed": point.passed,
        **{name: None if figure is None else str(figure) for name, figure in figures.items()},
    }


def _point_from(stored: Mapping[str, Any]) -> PointResult:
    figures = {name: stored[name] for name in _POINT_FIGURES}
    return PointResult(
        reading=reading_from_json(stored["reading"]),
        found_by=None if stored["found_by"] is None else FoundBy(stored["found_by"]),
        strict=stored["strict"],
        passed=stored["passed"],
        **{name: None if figure is None else Decimal(figure) for name, figure in figures.items()},
    )
