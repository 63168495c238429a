"""Writing down what a coordinator changed in a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import update
from sqlalchemy.orm.attributes import flag_modified

from verifier.db import Session
from verifier.errors import Conflict
from verifier.i18n import mark
from verifier.models import PlanRound, PlanStop, VisitPlan
from verifier.operations.journal import Doer, note
from verifier.operations.publishing import PlanNotDraft
from verifier.operations.staff import check_keeper
from verifier.queries.plans import plan_for_update
from verifier.queries.staff import body_by_id
from verifier.rules.visiting import PlanStatus


class PlanChanged(Conflict):
    message = mark("Somebody else changed plan {plan} in between.")


@dataclass(frozen=True, kw_only=True)
class TimedStop:
    stop_id: int
    arrives: int
    starts: int
    ends: int


@dataclass(frozen=True, kw_only=True)
class TimedRound:
    """A technician's day as it is from now on, its stops in their order; minutes since midnight."""

    round_id: int
    leaves: int
    returns: int
    travel_minutes: int
    stops: tuple[TimedStop, ...]


@dataclass(frozen=True, kw_only=True)
class TakenOut:
    """A stop that is left out from now on, with the reason, its sentence and facts."""

    stop_id: int
    reason: str
    sentence: str
    facts: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class SaveEdit:
    plan_id: int
    # The plan as it was when the change was worked out.
    version: int
    # In a word, for the journal, with its facts.
    deed: str
    facts: Mapping[str, object]
    rounds: Sequence[TimedRound] = ()
    taken_out: Sequence[TakenOut] = ()
    # Whether a stop stays where it is, by stop.
    pins: Mapping[int, bool] = field(default_factory=dict)


def save_edit(session: Session, command: SaveEdit, *, who: Doer) -> VisitPlan:
    """Raises PlanNotDraft, or PlanChanged where somebody was faster."""
    plan = plan_for_update(session, command.plan_id)
    check_keeper(session, body_by_id(session, plan.body_id), who)
    if plan.status is not PlanStatus.DRAFT:
        raise PlanNotDraft(plan=plan.id, status=plan.status)
    if plan.version != command.version:
        raise PlanChanged(plan=plan.id)
    # Its stops are part of it: whoever read them before sees that they changed.
    flag_modified(plan, "seed")
    for one in command.rounds:
        _write_round(session, one)
    for out in command.taken_out:
        nowhere: dict[str, None] = dict.fromkeys(("round_id", "position", "arrives", "starts", "ends"))
        told = {"reason": out.reason, "sentence": out.sentence, "facts": dict(out.facts)}
        _write_stop(session, out.stop_id, {**nowhere, **told, "is_pinned": False})
    for stop_id, is_pinned in command.pins.items():
        _write_stop(session, stop_id, {"is_pinned": is_pinned})
    session.flush()
    note(session, who, "edit_plan", "visit_plan", plan.id, edit=command.deed, **command.facts)
    return plan


def _write_round(session: Session, one: TimedRound) -> None:
    its = {"leaves": one.leaves, "returns": one.returns, "travel_minutes": one.travel_minutes}
    session.execute(update(PlanRound).where(PlanRound.id == one.round_id).values(its))
    for position, stop in enumerate(one.stops, start=1):
        where: dict[str, object] = {
            "round_id": one.round_id,
            "position": position,
            "reason": None,
            "sentence": "",
            "facts": {},
        }
        when = {"arrives": stop.arrives, "starts": stop.starts, "ends": stop.ends}
        _write_stop(session, stop.stop_id, {**where, **when})


def _write_stop(session: Session, stop_id: int, values: Mapping[str, object]) -> None:
    session.execute(update(PlanStop).where(PlanStop.id == stop_id).values(**values))
