"""What was read at the demo's newest verifications, judged by the rules in force as any reading is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import insert

from verifier.db import Session
from verifier.models import RegulationRules, VerificationStandard
from verifier.operations.demo_kit import LACKS, Make
from verifier.operations.demo_office import demo_kinds
from verifier.operations.demo_readings import choose_failing, readings_of
from verifier.operations.demo_register import DemoInstrument, Ground
from verifier.operations.demo_standards import DemoStandard, Standards
from verifier.operations.demo_visits import Visit
from verifier.operations.examinations import Asked, Found, Judged, decide, regulation_of
from verifier.queries.catalogue import RegulationRow, rules_in_force
from verifier.rules.device import Device, DeviceStated, completed, device_from_register
from verifier.rules.readings import Reading
from verifier.rules.regulation import Regulation
from verifier.rules.verdict import Expected, Outcome, Stage, expected, judge


@dataclass(frozen=True)
class Examined:
    """What was found on a visit, by which rules and with what."""

    judged: Judged
    found: Found
    standards: Sequence[DemoStandard]
    environment: Mapping[str, int]


@dataclass(frozen=True)
class _Subject:
    """Everything of one model at one stage that asks for the same readings."""

    rules: RegulationRules
    regulation: Regulation
    stage: Stage
    stated: DeviceStated | None
    device: Device
    asked: tuple[Expected, ...]


@dataclass
class Examinations:
    """Measures what was verified since each body, by its id, issues papers."""

    ground: Ground
    standards: Standards
    papers_from: Mapping[int, date]
    # By the code of the regulation.
    rules: Mapping[str, RegulationRules]
    _subjects: dict[tuple[str, Make, Stage], _Subject] = field(default_factory=dict)

    def is_due(self, visit: Visit) -> bool:
        """Whether a paper follows the verification."""
        return visit.performed_on >= self.papers_from[visit.body.id]

    def applied(self, visit: Visit, editions: Sequence[RegulationRow]) -> RegulationRow | None:
        """The edition the verifier names where none is known to be in force: one there are rules of."""
        known = (row for row in editions if row.effective_from is None and row.code in self.rules)
        return next(known, None) if self.is_due(visit) else None

    def examine(self, visit: Visit, stage: Stage, edition: RegulationRow | None) -> Examined | None:
        """None where no paper follows or nobody has written the regulation down, so only the outcome is."""
        if edition is None or edition.code not in self.rules or not self.is_due(visit):
            return None
        subject = self._subject(visit.item, stage, self.rules[edition.code])
        failed = visit.outcome is Outcome.FAILED
        left = self._readings(subject, fails=failed)
        before = self._readings(subject, fails=True, is_adjustable=True) if visit.adjusted else None
        asked = Asked(
            stage=stage,
            stated=subject.stated,
            as_left=left,
            as_found=before,
            outcome=visit.outcome,
            is_worked_on=visit.adjusted or visit.repaired,
        )
        judged = Judged(
            rules=subject.rules,
            regulation=subject.regulation,
            device=subject.device,
            asked=asked,
            as_left=judge(subject.regulation, stage, subject.device, left),
            as_found=None if before is None else judge(subject.regulation, stage, subject.device, before),
        )
        return Examined(
            judged,
            decide(asked, (), judged),
            self.standards.take(visit.verifier, visit.item.kind.key),
            {
                "temperature_c": self.ground.papers.randint(18, 24),
                "humidity_percent": self.ground.papers.randint(45, 68),
            },
        )

    def _readings(self, subject: _Subject, *, fails: bool, is_adjustable: bool = False) -> list[Reading]:
        rng = self.ground.papers
        failing = choose_failing(subject.asked, rng, is_adjustable=is_adjustable) if fails else ()
        return readings_of(subject.asked, subject.device, rng, failing=failing)

    def _subject(self, item: DemoInstrument, stage: Stage, rules: RegulationRules) -> _Subject:
        key = (item.kind.key, item.make, stage)
        if key not in self._subjects:
            regulation = regulation_of(rules)
            lacks = LACKS.get(item.kind.key)
            stated = None if lacks is None else DeviceStated(lacks=lacks)
            make = item.make
            device = device_from_register(
                make.measuring_range, make.accuracy_class, make.scale_interval, kind=item.kind.key
            )
            device = device if stated is None else completed(device, stated)
            asked = expected(regulation, stage, device)
            self._subjects[key] = _Subject(rules, regulation, stage, stated, device, asked)
        return self._subjects[key]


def rules_of(
    session: Session, ground: Ground, editions: Mapping[str, Sequence[RegulationRow]]
) -> dict[str, RegulationRules]:
    """The rules that are known of the regulations of the demo's kinds, by code."""
    codes = dict.fromkeys(row.code for kind in demo_kinds(ground) for row in editions.get(kind.key, ()))
    found = {code: rules_in_force(session, code) for code in codes}
    return {code: rules for code, rules in found.items() if rules is not None}


def store_examinations(session: Session, examined: Iterable[tuple[int, Examined]]) -> None:
    """What each record, by its number, rests on."""
    rows = list(examined)
    if not rows:
        return
    session.add_all(one.judged.examination(number) for number, one in rows)
    session.flush()
    used = [
        {"verification_id": number, "calibration_id": standard.calibration_id}
        for number, one in rows
        for standard in one.standards
    ]
    session.execute(insert(VerificationStandard), used)
