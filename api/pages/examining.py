"""What a form shows of the regulation: its items with lines to type in, or what must be known first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from api.examinations import Plan, grounds_of, with_items
from api.forms import bind
from api.pages.readings import DEVICE, DEVICE_FIELDS, FOUND, LEFT, Block, blocks, device_fields, typed_under
from verifier.db import Session
from verifier.errors import VerifierError
from verifier.rules.device import Device, DeviceStated
from verifier.rules.items import Need
from verifier.rules.units import plain
from verifier.rules.verdict import Expected, Stage


@dataclass(frozen=True)
class Sheet:
    """What the form for one instrument at one stage is made of."""

    plan: Plan
    # Why items cannot be worked out, in the reader's language.
    refusal: str
    # Somebody adjusted or repaired it, so that it is read twice.
    is_worked_on: bool
    by_outcome: bool
    found: list[Block] = field(default_factory=list)
    left: list[Block] = field(default_factory=list)

    @property
    def has_rules(self) -> bool:
        return self.plan.regulation is not None

    @property
    def not_asked(self) -> list[Expected]:
        return [item for item in self.plan.items if not item.applicable or item.need is Need.NOT_REQUIRED]

    @property
    def device_fields(self) -> tuple[str, ...]:
        return device_fields(is_weighing=self.plan.is_weighing, missing=self.plan.missing)

    def known(self, name: str) -> str:
        """What is known of the instrument already; "" where nothing is."""
        return "" if self.plan.device is None else _known(self.plan.device, name)


def _known(device: Device, name: str) -> str:
    if name == "e":
        return " / ".join(plain(one.e) for one in device.intervals)
    found = getattr(device, name)
    if found is None:
        return ""
    return found if isinstance(found, str) else plain(found) if name != "supports" else str(found)


def sheet_of(session: Session, number: int, typed: Mapping[str, Any], language: str, *, today: date) -> Sheet:
    """The sheet for what was chosen so far; what cannot be read of it counts as not chosen."""
    stage = next((stage for stage in Stage if stage.value == typed.get("stage")), Stage.SUBSEQUENT)
    stated = typed_under(typed, DEVICE, DEVICE_FIELDS)
    device = bind(DeviceStated, FormData(list(stated.items())), language).command if stated else None
    on = _day(typed.get("performed_on"), today)
    plan, refusal = grounds_of(session, number, stage, device, on=on), ""
    try:
        plan = with_items(plan)
    except VerifierError as refused:
        refusal = refused.sentence(language)
    is_worked_on = any(typed.get(name) for name in ("worked_on", "adjusted", "repaired"))
    return Sheet(
        plan,
        refusal,
        is_worked_on,
        by_outcome=plan.regulation is None or typed.get("mode") == "outcome" or bool(typed.get("outcome")),
        found=blocks(plan.items, FOUND) if is_worked_on else [],
        left=blocks(plan.items, LEFT),
    )


def _day(typed: object, today: date) -> date:
    try:
        return date.fromisoformat(str(typed))
    except ValueError:
        return today
