"""The demo's reference standards: each body has what its kinds are measured with, calibrated year by year."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import insert

from verifier.db import Session
from verifier.models import Standard, StandardCalibration
from verifier.operations.calibrations import AddCalibration, add_calibration
from verifier.operations.demo_office import DemoBody, DemoPerson
from verifier.operations.demo_register import Ground
from verifier.operations.demo_store import ONE_SHAPE
from verifier.operations.journal import Doer
from verifier.queries.standards import standard_for_update
from verifier.rules.validity import valid_until
from verifier.rules.verdict import Outcome

_LABORATORY = "示例省计量科学研究院（演示）"
# Since the newest calibration: it holds today and on every day that has readings.
_DAYS_AGO = (60, 290)
# One that runs out in the next weeks: body's code and the standard's.
_RUNS_OUT, _RAN_FOR = ("jl320585", "YL-2"), 346


@dataclass(frozen=True)
class _Model:
    """What a body measures kinds with whose keys begin so, and how good it is."""

    code: str
    name: str
    model: str
    measuring_range: str
    unit: str
    kinds: tuple[str, ...]
    weight_class: str = ""
    absolute: Decimal | None = None
    percent: Decimal | None = None
    # Every verifier of these kinds has a set of the own.
    is_personal: bool = False


_MODELS = (
    _Model("FM", "砝码组", "FMZ-M1", "1g~50kg", "kg", ("nawi_",), weight_class="M1", is_personal=True),
    _Model(
        code="YL",
        name="数字压力计",
        model="SYJ-60",
        measuring_range="(0~60)kPa",
        unit="kPa",
        kinds=("bp_", "patient_monitor"),
        absolute=Decimal("0.05"),
        is_personal=True,
    ),
    _Model("HT", "耳温计检定用黑体", "HTB-1", "(34~43)℃", "°C", ("clin_",), absolute=Decimal("0.05")),
    _Model("ZK", "血糖质控液", "ZKY-2", "(3~20)mmol/L", "mmol/L", ("glucose_",), percent=Decimal(4)),
    _Model("XD", "心电图机检定仪（电压）", "XDJ-5", "(0.05~10)mV", "mV", ("ecg_",), percent=Decimal(1)),
    _Model("XS", "心电图机检定仪（时间）", "XDJ-5", "(0.02~60)s", "s", ("ecg_",), percent=Decimal("0.1")),
)


@dataclass(frozen=True)
class _Kept:
    """One standard and who takes it along."""

    body: DemoBody
    code: str
    model: _Model
    keepers: tuple[DemoPerson, ...]


@dataclass(frozen=True)
class DemoStandard:
    """A standard with the calibration that holds wherever the demo has readings."""

    id: int
    code: str
    calibration_id: int
    body_id: int
    kinds: tuple[str, ...]


@dataclass
class Standards:
    """What every verifier measures with, and how often each standard was used."""

    of: Mapping[DemoPerson, Sequence[DemoStandard]]
    used: Counter[DemoStandard] = field(default_factory=Counter)

    def take(self, verifier: DemoPerson, kind: str) -> list[DemoStandard]:
        taken = [one for one in self.of[verifier] if kind.startswith(one.kinds)]
        self.used.update(taken)
        return taken


def store_standards(session: Session, ground: Ground, bodies: Mapping[str, DemoBody]) -> Standards:
    """Every body's standards, each with its calibration of last year and one that holds."""
    kept = [one for body in bodies.values() for model in _MODELS for one in _kept(body, model)]
    numbers = session.scalars(
        insert(Standard).returning(Standard.id, sort_by_parameter_order=True),
        [_columns(one, number) for number, one in enumerate(kept, start=1)],
    ).all()
    days = [_calibrated_on(ground, one) for one in kept]
    rows = list(zip(kept, numbers, days, strict=True))
    earlier = [_calibration(one, number, day - timedelta(days=363)) for one, number, day in rows]
    newest = [_calibration(one, number, day) for one, number, day in rows]
    calibrations = session.scalars(
        insert(StandardCalibration)
        .returning(StandardCalibration.id, sort_by_parameter_order=True)
        .execution_options(**ONE_SHAPE),
        earlier + newest,
    ).all()
    of: dict[DemoPerson, list[DemoStandard]] = defaultdict(list)
    for (one, number, _), calibration in zip(rows, calibrations[len(rows) :], strict=True):
        stored = DemoStandard(number, one.code, calibration, one.body.id, one.model.kinds)
        for person in one.keepers:
            of[person].append(stored)
    return Standards(of)


def _kept(body: DemoBody, model: _Model) -> Iterator[_Kept]:
    keepers = body.verifiers(model.kinds[0])
    sets = [(person,) for person in keepers] if model.is_personal else [keepers]
    for number, people in enumerate(sets, start=1):
        yield _Kept(body, f"{model.code}-{number}", model, people)


def _columns(one: _Kept, number: int) -> dict[str, object]:
    model = one.model
    return {
        "body_id": one.body.id,
        "code": one.code,
        "name": model.name,
        "model": model.model,
        "serial": f"{model.code}{20260 + number}",
        "measuring_range": model.measuring_range,
        "unit": model.unit,
        "version": 1,
    }


def _calibrated_on(ground: Ground, one: _Kept) -> date:
    runs_out = (one.body.code, one.code) == _RUNS_OUT
    days = _RAN_FOR if runs_out else ground.papers.randint(*_DAYS_AGO)
    return ground.today - timedelta(days=days)


def _calibration(one: _Kept, number: int, on: date) -> dict[str, object]:
    return {
        "standard_id": number,
        "certificate_no": _certificate_no(on, number),
        "calibrated_by": _LABORATORY,
        "calibrated_on": on,
        "outcome": Outcome.PASSED,
        "valid_until": valid_until(on, 12),
        "weight_class": one.model.weight_class,
        "error_absolute": one.model.absolute,
        "error_percent": one.model.percent,
        "recorded_at": datetime.combine(on, time(6), UTC),
        "recorded_by": one.body.approver.name,
    }


def _certificate_no(on: date, number: int) -> str:
    return f"SL{on:%Y%m}-{number:04d}"


def fail_one(session: Session, standards: Standards, body: DemoBody, *, who: Doer) -> None:
    """The standard used most came back today as failed, of this body if it used any.

    What was found with it since it was last good is in doubt then, and can be listed.
    """
    used = sorted(standards.used, key=lambda one: (one.body_id != body.id, -standards.used[one], one.id))
    for failed in used[:1]:
        command = AddCalibration(
            certificate_no=_certificate_no(who.today, failed.id),
            calibrated_by=_LABORATORY,
            calibrated_on=who.today,
            outcome=Outcome.FAILED,
        )
        add_calibration(session, standard_for_update(session, failed.id), command, who=who)
