"""Before the search: sites too big for one day in parallel parts, and kits of standards into cars."""

from collections.abc import Sequence
from dataclasses import replace

from scheduler.plan_values import Kit, Shift, Stop


def split_stop(stop: Stop, longest: int, first_id: int) -> tuple[Stop, ...]:
    """A stop in as few parts as `longest` units of service allow, as equal as they can be, none over it.

    Parts have ids from `first_id` and name their stop in `part_of`; together they have its time and prize.
    Several technicians may visit them on the same day. A promised stop is not divided: one was promised.
    """
    if longest < 1:
        raise ValueError(f"a part takes at least one unit of time, not {longest}")
    if stop.service <= longest or stop.promised is not None:
        return (stop,)
    parts = -(-stop.service // longest)
    return tuple(
        replace(
            stop,
            id=first_id + number,
            service=_share(stop.service, parts, number),
            prize=_share(stop.prize, parts, number),
            part_of=stop.id,
            told=None,
        )
        for number in range(parts)
    )


def _share(whole: int, parts: int, number: int) -> int:
    """The number-th of almost equal whole shares."""
    return whole * (number + 1) // parts - whole * number // parts


def load_cars(shifts: Sequence[Shift], kits: Sequence[Kit], stops: Sequence[Stop]) -> tuple[Shift, ...]:
    """The shifts with kits in their cars: each kit in one car a day, where it is worth most.

    Worth is the prize of the stops open that day that the technician may visit with it and not without;
    a stop counts for the first car that can visit it, so that several kits spread over the cars.
    """
    loaded = list(shifts)
    for day in sorted({shift.day for shift in shifts}):
        crew = [i for i, shift in enumerate(loaded) if shift.day == day]
        wanted = [stop for stop in stops if stop.kits and any(w.day == day for w in stop.windows)]
        for kit in sorted(kits, key=lambda kit: kit.id):
            if kit.serves_on(day):
                _give(loaded, crew, kit, wanted)
    return tuple(loaded)


def _give(loaded: list[Shift], crew: Sequence[int], kit: Kit, wanted: Sequence[Stop]) -> None:
    served = [stop for stop in wanted if any(_can(loaded[i], stop) for i in crew)]
    open_still = [stop for stop in wanted if stop not in served]

    def worth(i: int) -> tuple[int, int, int]:
        shift = loaded[i]
        able = [stop for stop in open_still if stop.competences <= shift.competences]
        with_it = shift.standards | kit.serves_on(shift.day)
        complete = sum(stop.prize for stop in able if stop.kits <= with_it)
        touched = sum(stop.prize for stop in able if stop.kits & kit.serves_on(shift.day))
        # Nobody gains: then to the car with the fewest kits, so that a second one is carried elsewhere.
        return complete, touched, -len(shift.kits)

    taker = max(crew, key=worth)
    loaded[taker] = replace(loaded[taker], kits=(*loaded[taker].kits, kit))


def _can(shift: Shift, stop: Stop) -> bool:
    return stop.competences <= shift.competences and stop.kits <= shift.standards
