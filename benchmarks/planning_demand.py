"""A made-up month of one body, as the demo's Suzhou has it: what is due, who works, and the way between."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from scheduler.plan_values import Kit, Shift, Stop, Window
from scheduler.travel import Position, Travel, by_air

OFFICE = Position(31.2990, 120.5853)
DAYS, TECHNICIANS, TOWNSHIPS = 20, 10, 9
START, END, OVERTIME = 8 * 60, 17 * 60, 60
# The ten counties: where their middle lies, and how far, in degrees, their townships lie around it.
COUNTIES = (
    (31.312, 120.617, 0.03), (31.295, 120.540, 0.07), (31.180, 120.480, 0.12), (31.420, 120.640, 0.08),
    (31.325, 120.730, 0.06), (31.010, 120.650, 0.14), (31.650, 120.750, 0.15), (31.870, 120.560, 0.12),
    (31.380, 120.960, 0.12), (31.510, 121.110, 0.11),
)  # fmt: skip


@dataclass(frozen=True)
class Demand:
    """What is asked of every planner; by stop, in which township it lies and the day it is due."""

    stops: tuple[Stop, ...]
    shifts: tuple[Shift, ...]
    travel: Travel
    townships: dict[int, int]
    due: dict[int, int]


@dataclass(frozen=True)
class _Trade:
    """Who has instruments of a kind: how often, how many, minutes for each, and when one may come."""

    share: int
    needs: str
    most: int
    each: int
    opens: int
    closes: int


_TRADES = (
    _Trade(18, "nawi_retail", 40, 5, START, 11 * 60 + 30),  # markets, in the morning
    _Trade(30, "nawi_retail", 6, 8, 9 * 60, 20 * 60),  # shops
    _Trade(8, "platform_1t", 4, 20, START, END),  # stores with a platform scale
    _Trade(30, "bp_auto", 8, 7, START, END),  # clinics
    _Trade(14, "patient_monitor", 12, 12, START, 16 * 60),  # hospitals and health centres
)


def made_up(seed: int, sites: int = 1_000) -> Demand:
    """The same month for the same seed."""
    rng = Random(seed)  # noqa: S311  a demand to be had again, and no secrets
    centres = list(_townships(rng))
    places, stops, townships, due = [OFFICE], [], {}, {}
    for number in range(sites):
        township = rng.randrange(len(centres))
        middle = centres[township]
        places.append(Position(rng.gauss(middle.latitude, 0.012), rng.gauss(middle.longitude, 0.014)))
        due[number] = rng.randrange(-4, DAYS + 8)
        stops.append(_site(rng, number, len(places) - 1, due[number]))
        townships[number] = township
    return Demand(tuple(stops), tuple(_shifts()), by_air(places), townships, due)


def _townships(rng: Random) -> Iterator[Position]:
    for latitude, longitude, around in COUNTIES:
        for _ in range(TOWNSHIPS):
            yield Position(
                latitude + rng.uniform(-around, around), longitude + rng.uniform(-around, around) * 1.17
            )


def _site(rng: Random, number: int, place: int, due: int) -> Stop:
    (trade,) = rng.choices(_TRADES, [each.share for each in _TRADES])
    instruments = 1 + int(trade.most * rng.random() ** 2)
    works_weekends = trade.needs == "nawi_retail"
    rests = rng.choice((None, None, 0, 4)) if works_weekends else None
    return Stop(
        id=number,
        place=place,
        service=15 + trade.each * instruments,
        prize=instruments * (2 if due < 0 else 1),
        windows=tuple(Window(day, trade.opens, trade.closes) for day in range(DAYS) if day % 5 != rests),
        competences=frozenset({trade.needs}),
        kits=frozenset({trade.needs} if trade.needs == "platform_1t" else ()),
        latest_day=due if 0 <= due < DAYS else None,
    )


def _shifts() -> Iterator[Shift]:
    """Five for scales, four for medical instruments, one for both; heavy weights in two of the cars."""
    for technician in range(TECHNICIANS):
        scales = {"nawi_retail", "platform_1t"} if technician < 5 else set()
        medical = {"bp_auto", "patient_monitor"} if technician >= 5 else set()
        able = frozenset(scales | medical | ({"nawi_retail"} if technician == 9 else set()))
        for day in range(DAYS):
            away = (technician + 2 * day) % 23 == 0
            if not away:
                heavy = (Kit(10 + technician, frozenset({"platform_1t"})),) if technician in (0, 3) else ()
                yield Shift(
                    technician=technician, day=day, start=START, end=END, start_place=0, end_place=0,
                    overtime=OVERTIME, competences=able, kits=heavy,
                )  # fmt: skip
