"""What the regulation in force asks of a technician for one instrument, as REST and the pages show it."""

from dataclasses import dataclass, replace
from datetime import date

from verifier.db import Session
from verifier.operations.examinations import device_of, regulation_of
from verifier.queries.records import to_examine
from verifier.rules.device import Characteristic, Device, DeviceStated
from verifier.rules.planning import missing_characteristics
from verifier.rules.regulation import Design, Document, Regulation
from verifier.rules.stages import Confidence
from verifier.rules.verdict import Expected, Stage, expected


@dataclass(frozen=True)
class Plan:
    """What is to be read; without rules, or while something is missing, there are no items."""

    stage: Stage
    on: date
    # The code in force on that day; None: none is known.
    regulation_code: str | None
    # None: no rules of that code are known here, and only an outcome can be recorded.
    regulation: Regulation | None
    # What the register says of the instrument, corrected by what was stated.
    device: Device | None
    # What must be read off the instrument first.
    missing: tuple[Characteristic, ...]
    items: tuple[Expected, ...]

    @property
    def is_weighing(self) -> bool:
        return self.regulation is not None and self.regulation.design is Design.R76

    @property
    def document(self) -> Document | None:
        return None if self.regulation is None else self.regulation.document

    @property
    def confidence(self) -> Confidence | None:
        return None if self.regulation is None else self.regulation.confidence


def grounds_of(session: Session, number: int, stage: Stage, stated: DeviceStated | None, *, on: date) -> Plan:
    """What governs the instrument and what of it is not known yet; items are not worked out.

    The instrument may be any: whether the caller sees it is asked elsewhere.
    """
    found = to_examine(session, number, on=on)
    if found.rules is None:
        return Plan(stage, on, found.regulation, None, None, (), ())
    regulation = regulation_of(found.rules)
    device = device_of(found.instrument, found.kind.key, stated)
    missing = missing_characteristics(regulation, stage, device)
    return Plan(stage, on, found.regulation, regulation, device, missing, ())


def with_items(plan: Plan) -> Plan:
    """The plan with its items, as far as they can be worked out.

    Raises a refusal where no such instrument can exist, or the regulation does not examine it.
    """
    if plan.regulation is None or plan.device is None or plan.missing:
        return plan
    return replace(plan, items=expected(plan.regulation, plan.stage, plan.device))
