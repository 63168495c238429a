"""Changing a draft by hand: a stop moved, taken out, put in or pinned, two rounds swapped; and what follows.

Reads in one session, asks for the ways without any, writes in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Interval

from scheduler.drafts import Draft, read_draft, shift_of, stop_of
from scheduler.plan_values import Reason
from scheduler.planning import travel_for
from scheduler.retiming import best_position, retimed, way
from scheduler.round_faults import Fault
from verifier import db
from verifier.errors import Conflict, Invalid
from verifier.i18n import Worded, mark
from verifier.operations.journal import Doer
from verifier.operations.plan_edits import SaveEdit, TakenOut, TimedRound, TimedStop, save_edit
from verifier.queries.plans import PlanRow, RoundRow, StopRow
from verifier.settings import Settings

_MOST_STOPS = 200
_TAKEN_OUT = mark("{who} took this visit out of the plan.")


class EditDeed(Worded):
    MOVE = "move", mark("move the visit")
    LEAVE_OUT = "leave_out", mark("leave the visit out")
    PIN = "pin", mark("pin the visit")
    UNPIN = "unpin", mark("unpin the visit")
    SWAP = "swap", mark("swap the rounds")


class EditIncomplete(Invalid):
    message = mark("To {deed}, say {field} too.")


class StopPinned(Conflict):
    message = mark("The visit to {holder} is pinned; unpin it first.")


class StopNotPlanned(Conflict):
    message = mark("{holder} is left out of the plan; put it into a round first.")


class RoundsNotSwappable(Invalid):
    message = mark("Only the rounds of two technicians on the same day are swapped.")


@dataclass(frozen=True, kw_only=True)
class EditPlan:
    """One change. A left-out stop is put in by moving it into a round."""

    deed: EditDeed
    stop_id: int | None = None
    # The technician-day a stop goes to; of a swap the first.
    round_id: int | None = None
    other_round_id: int | None = None
    # From 1; None: where it does least harm.
    position: Annotated[int, Interval(ge=1, le=_MOST_STOPS)] | None = None


@dataclass(frozen=True)
class Load:
    """What a plan, or a technician's days, costs; minutes."""

    visits: int
    left_out: int
    travel_minutes: int
    overtime_minutes: int


@dataclass(frozen=True)
class Consequences:
    """What a change costs, and everything that cannot be kept now."""

    before: Load
    after: Load
    faults: tuple[Fault, ...]
    version: int
    # The technician-day the change is seen on: where the stop is now, or where it was.
    round_id: int | None


@dataclass
class _Change:
    """The rounds that change, with their stops in order, and what else does."""

    rounds: dict[int, list[StopRow]] = field(default_factory=dict)
    taken_out: list[StopRow] = field(default_factory=list)
    pins: dict[int, bool] = field(default_factory=dict)
    # Put in where it does least harm.
    to_place: tuple[int, StopRow] | None = None


def edit_plan(
    sessions: db.Sessions, number: int, command: EditPlan, settings: Settings, *, who: Doer
) -> Consequences:
    """Change a draft; its rounds are timed anew. Faults are told and do not hinder: publishing asks for them.

    Raises PlanUnknown, PlanNotDraft, PlanChanged, and what the change itself is refused for.
    """
    with db.reading(sessions) as session:
        draft = read_draft(session, number, on=who.today)
    change = _DEEDS[command.deed](draft, command)
    save = SaveEdit(
        plan_id=number,
        version=draft.plan.version,
        deed=command.deed.value,
        facts=_facts(command),
        rounds=_timed(draft, change, settings),
        taken_out=[
            TakenOut(
                stop_id=stop.id,
                reason=Reason.TAKEN_OUT.value,
                sentence=_TAKEN_OUT,
                facts={"who": who.name},
            )
            for stop in change.taken_out
        ],
        pins=change.pins,
    )
    with db.transaction(sessions) as session:
        save_edit(session, save, who=who)
    with db.reading(sessions) as session:
        after = read_draft(session, number, on=who.today)
    return Consequences(
        load_of(draft.plan), load_of(after.plan), after.faults(), after.plan.version, _seen_on(command, draft)
    )


def _seen_on(command: EditPlan, draft: Draft) -> int | None:
    return draft.stop(command.stop_id).round_id if command.round_id is None else command.round_id


def load_of(plan: PlanRow) -> Load:
    return Load(plan.visits, plan.left_out, plan.travel_minutes, plan.overtime_minutes)


def _facts(command: EditPlan) -> Mapping[str, object]:
    named = {"stop": command.stop_id, "round": command.round_id, "other_round": command.other_round_id}
    return {name: value for name, value in named.items() if value is not None}


def _needed(command: EditPlan, value: int | None, name: str) -> int:
    if value is None:
        raise EditIncomplete(deed=command.deed, field=name)
    return value


def _moved(draft: Draft, command: EditPlan) -> _Change:
    stop = _free(draft.stop(_needed(command, command.stop_id, "stop_id")))
    target = draft.round(_needed(command, command.round_id, "round_id"))
    change = _Change()
    if stop.round_id is not None:
        change.rounds[stop.round_id] = _without(draft.round(stop.round_id), stop)
    stops = change.rounds.setdefault(target.id, list(target.stops))
    if command.position is None:
        change.to_place = (target.id, stop)
    else:
        stops.insert(command.position - 1, stop)
    return change


def _left_out(draft: Draft, command: EditPlan) -> _Change:
    stop = _free(_planned(draft.stop(_needed(command, command.stop_id, "stop_id"))))
    round_ = draft.round(stop.round_id)
    return _Change({round_.id: _without(round_, stop)}, [stop])


def _pinned(draft: Draft, command: EditPlan) -> _Change:
    stop = _planned(draft.stop(_needed(command, command.stop_id, "stop_id")))
    return _Change(pins={stop.id: command.deed is EditDeed.PIN})


def _swapped(draft: Draft, command: EditPlan) -> _Change:
    one = draft.round(_needed(command, command.round_id, "round_id"))
    other = draft.round(_needed(command, command.other_round_id, "other_round_id"))
    if one.day != other.day or one.id == other.id:
        raise RoundsNotSwappable
    for stop in (*one.stops, *other.stops):
        _free(stop)
    return _Change({one.id: list(other.stops), other.id: list(one.stops)})


_DEEDS = {
    EditDeed.MOVE: _moved,
    EditDeed.LEAVE_OUT: _left_out,
    EditDeed.PIN: _pinned,
    EditDeed.UNPIN: _pinned,
    EditDeed.SWAP: _swapped,
}


def _free(stop: StopRow) -> StopRow:
    if stop.is_pinned:
        raise StopPinned(holder=stop.holder)
    return stop


def _planned(stop: StopRow) -> StopRow:
    if stop.round_id is None:
        raise StopNotPlanned(holder=stop.holder)
    return stop


def _without(round_: RoundRow, stop: StopRow) -> list[StopRow]:
    return [one for one in round_.stops if one.id != stop.id]


def _timed(draft: Draft, change: _Change, settings: Settings) -> Sequence[TimedRound]:
    stops = [stop for its in change.rounds.values() for stop in its]
    stops += [change.to_place[1]] if change.to_place else []
    if not change.rounds:
        return ()
    minutes = travel_for(draft.places(stops), settings).minutes
    place = {stop.id: number for number, stop in enumerate(stops, start=1)}
    return [
        _timed_round(draft, draft.round(number), its, change, (place, minutes))
        for number, its in change.rounds.items()
    ]


def _timed_round(
    draft: Draft,
    round_: RoundRow,
    rows: Sequence[StopRow],
    change: _Change,
    ways: tuple[Mapping[int, int], Sequence[Sequence[int]]],
) -> TimedRound:
    place, minutes = ways
    shift = shift_of(draft.register, round_)
    stops = [stop_of(draft.register, row, round_.day, place[row.id]) for row in rows]
    if change.to_place is not None and change.to_place[0] == round_.id:
        row = change.to_place[1]
        new = stop_of(draft.register, row, round_.day, place[row.id])
        stops.insert(best_position(shift, stops, new, minutes), new)
    timed = retimed(shift, stops, minutes)
    return TimedRound(
        round_id=round_.id,
        leaves=timed.leaves,
        returns=timed.returns,
        travel_minutes=way(shift, stops, minutes),
        stops=tuple(
            TimedStop(stop_id=visit.stop, arrives=visit.arrives, starts=visit.starts, ends=visit.ends)
            for visit in timed.visits
        ),
    )
