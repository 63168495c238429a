"""Plans of visits that tests save, so that each says only what it is about."""

from dataclasses import replace
from datetime import date

from verifier.operations.plans import DraftRound, DraftStop, SavePlan

DAY_LENGTH = "The days are full; {minutes} more minutes for technician {technician} on day {day} would do."


def an_empty_plan(body_id: int, day: date) -> SavePlan:
    """A draft for one day on which nobody goes out."""
    return SavePlan(
        body_id=body_id,
        district_id=None,
        first_on=day,
        last_on=day,
        previous_id=None,
        demand="0" * 64,
        travel_source="great_circle",
        was_counted=True,
        seed=0,
        rounds=(),
        left_out=(),
    )


def a_stop(holder_id: int, instruments: tuple[int, ...], starts: int | None = None) -> DraftStop:
    """Half an hour; without a time it is left out because the days are full."""
    stop = DraftStop(
        holder_id=holder_id,
        part=0,
        instruments=instruments,
        service_minutes=30,
        prize=60,
        is_mandatory=True,
        due_on=date(2026, 5, 20),
    )
    if starts is not None:
        return replace(stop, arrives=starts, starts=starts, ends=starts + 30)
    return replace(
        stop,
        reason="day_length",
        sentence=DAY_LENGTH,
        facts={"minutes": 12, "technician": "王检定", "day": "2026-05-11"},
    )


def a_round(person_id: int, day: date, *stops: DraftStop) -> DraftRound:
    """From eight to five, with ten minutes between any two places."""
    ends = [stop.ends for stop in stops if stop.ends is not None]
    return DraftRound(
        person_id=person_id,
        day=day,
        starts=480,
        ends=1020,
        overtime_allowed=60,
        leaves=480,
        returns=max(ends, default=470) + 10,
        travel_minutes=10 * (len(stops) + 1) if stops else 0,
        kits=(),
        stops=stops,
    )
