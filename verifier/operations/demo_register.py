"""The demo's register: who holds what in each of Suzhou's districts, as it was filed before any programme."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from verifier.operations.demo_kit import (
    CATALOGUE_KIND,
    CREDIT_CODE_BEGINNINGS,
    KITS,
    MAKES,
    PURPOSES,
    STALL_SCALES,
    Make,
)
from verifier.operations.demo_names import Names, spread
from verifier.queries.catalogue import KindRow
from verifier.queries.districts import DistrictRow
from verifier.rules import holders
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.purposes import Purpose

# Share of a county's instruments: markets, primary care, hospitals, opticians, petrol stations.
_SECTORS = {"markets": 52, "primary": 40, "hospitals": 5, "opticians": 1, "petrol": 2}
_PRIMARY_KINDS = {
    HolderKind.COMMUNITY_HEALTH_CENTRE: 8,
    HolderKind.COMMUNITY_HEALTH_STATION: 27,
    HolderKind.VILLAGE_CLINIC: 40,
    HolderKind.CLINIC: 25,
}
_MARKET_SIZES = (35, 110)
_ROOM_FOR_A_CENTRE = 30
# No market has fewer; what is left over goes to the last one.
_SMALLEST_MARKET = 30
_HALF_A_YEAR = 6
# The earlier of the two programmes starts this many months from today's.
FIRST_PROGRAMME_MONTH = -7


@dataclass(slots=True, eq=False)
class DemoHolder:
    name: str
    kind: HolderKind
    county: DistrictRow
    town: DistrictRow
    # When somebody verified here the last time before the register was made.
    last_visit: date
    uscc: str | None = None
    market: "DemoHolder | None" = None
    stall_no: str = ""
    address: str = ""
    contact_name: str = ""
    id: int = 0


@dataclass(slots=True, eq=False)
class DemoInstrument:
    holder: DemoHolder
    kind: KindRow
    make: Make
    serial: str
    purpose: Purpose
    status: InstrumentStatus
    registered_on: date
    stated_verified_on: date | None
    manufactured_on: date | None
    # Bought shortly before the register was made, and never verified yet.
    is_new: bool
    is_fair_scale: bool = False
    # Not in the register at first: a technician came upon it.
    is_found: bool = False
    remark: str = ""
    id: int = 0
    version: int = 1

    @property
    def unit(self) -> DemoHolder:
        """Where one goes to verify it: the market of a stall, or the holder."""
        return self.holder.market or self.holder


@dataclass(frozen=True)
class Ground:
    """What the demo grows on: chance, names, the catalogue, today and the day of the register.

    Chance has two sources, so that what is measured and signed moves nothing in the register.
    """

    rng: random.Random
    papers: random.Random
    names: Names
    kinds: Mapping[str, KindRow]
    today: date

    def month(self, away: int) -> date:
        """The first day of the month that many months from this one."""
        year, month = divmod(self.today.year * 12 + self.today.month - 1 + away, 12)
        return date(year, month + 1, 1)

    @property
    def registered_on(self) -> date:
        """The register is made before either programme starts."""
        return self.month(FIRST_PROGRAMME_MONTH) - timedelta(days=34)


def county_register(
    ground: Ground, county: DistrictRow, towns: Sequence[DistrictRow], size: int
) -> Iterator[DemoInstrument]:
    """Exactly `size` instruments of one county, market by market and clinic by clinic."""
    parts = spread(ground.rng, size, list(_SECTORS.values()))
    county_ground = _County(ground, county, towns)
    for sector, part in zip(_SECTORS, parts, strict=True):
        made = 0
        while made < part:
            instruments = county_ground.next_unit(sector, part - made)
            made += len(instruments)
            yield from instruments


class _County:
    """One county, filled unit after unit."""

    def __init__(self, ground: Ground, county: DistrictRow, towns: Sequence[DistrictRow]) -> None:
        self._ground, self._county, self._towns = ground, county, towns
        self._rng, self._names = ground.rng, ground.names
        # Every town has one health centre, and a county a few hospitals.
        self._without_centre = list(towns)
        self._rng.shuffle(self._without_centre)
        self._makers: dict[str, Callable[[int], list[DemoInstrument]]] = {
            "markets": self._market,
            "primary": self._primary,
            "hospitals": self._hospital,
            "opticians": self._optician,
            "petrol": self._petrol_station,
        }

    def next_unit(self, sector: str, room: int) -> list[DemoInstrument]:
        """At least one and at most `room` instruments."""
        return self._makers[sector](room)[:room]

    def _holder(self, kind: HolderKind, name: str, town: DistrictRow) -> DemoHolder:
        beginning = CREDIT_CODE_BEGINNINGS.get(kind)
        code = self._names.credit_code(beginning, self._county.code) if beginning else None
        # So that hardly anything is overdue already when its programme starts.
        longest_ago = 275 if kind is HolderKind.MARKET else 300
        return DemoHolder(
            name=name,
            kind=kind,
            county=self._county,
            town=town,
            last_visit=self._ground.registered_on - timedelta(days=self._rng.randint(10, longest_ago)),
            uscc=code,
            address=self._names.address(town.name_zh),
            contact_name=self._names.person(),
        )

    def _primary(self, room: int) -> list[DemoInstrument]:
        kind = self._rng.choices(list(_PRIMARY_KINDS), list(_PRIMARY_KINDS.values()))[0]
        town = self._rng.choice(self._towns)
        is_first = room >= _ROOM_FOR_A_CENTRE and len(self._without_centre) == len(self._towns)
        if is_first or kind is HolderKind.COMMUNITY_HEALTH_CENTRE:
            if self._without_centre:
                return self._kit(self._health_centre(self._without_centre.pop()))
            kind = HolderKind.COMMUNITY_HEALTH_STATION
        # There are villages in a town, not in a city's streets.
        if kind is HolderKind.VILLAGE_CLINIC and town.name_zh.endswith("镇"):
            return self._kit(self._holder(kind, self._names.village_clinic(town.name_zh), town))
        if kind is HolderKind.CLINIC:
            name = self._names.clinic(self._county.name_zh, town.name_zh)
            return self._kit(self._holder(kind, name, town))
        name = self._names.station(town.name_zh)
        return self._kit(self._holder(HolderKind.COMMUNITY_HEALTH_STATION, name, town))

    def _health_centre(self, town: DistrictRow) -> DemoHolder:
        name = self._names.health_centre(self._county.name_zh, town.name_zh)
        return self._holder(holders.holder_kind_by_name(name), name, town)

    def _hospital(self, _room: int) -> list[DemoInstrument]:
        name = self._names.hospital(self._county.name_zh)
        return self._kit(self._holder(HolderKind.HOSPITAL, name, self._rng.choice(self._towns)))

    def _optician(self, _room: int) -> list[DemoInstrument]:
        name = self._names.optician(self._county.name_zh)
        return self._kit(self._holder(HolderKind.OPTICIAN, name, self._rng.choice(self._towns)))

    def _petrol_station(self, _room: int) -> list[DemoInstrument]:
        town = self._rng.choice(self._towns)
        return self._kit(
            self._holder(HolderKind.PETROL_STATION, self._names.petrol_station(town.name_zh), town)
        )

    def _market(self, room: int) -> list[DemoInstrument]:
        town = self._rng.choice(self._towns)
        market = self._holder(HolderKind.MARKET, self._names.market(town.name_zh), town)
        size = self._rng.randint(*_MARKET_SIZES)
        if room < size + _SMALLEST_MARKET:
            size = room
        found = self._kit(market)
        stall = 0
        while len(found) < size:
            stall += 1
            found += self._stall(market, stall)
        return found

    def _stall(self, market: DemoHolder, number: int) -> list[DemoInstrument]:
        person, name = self._names.stall()
        stall = DemoHolder(
            name=name,
            kind=HolderKind.STALL,
            county=market.county,
            town=market.town,
            last_visit=market.last_visit,
            market=market,
            stall_no=f"{'ABCDE'[(number - 1) // 30 % 5]}{number:03d}",
            address=market.address,
            contact_name=person,
        )
        scales = 2 if self._rng.random() < 0.1 else 1
        kinds = self._rng.choices(list(STALL_SCALES), list(STALL_SCALES.values()), k=scales)
        return [self._instrument(stall, kind) for kind in kinds]

    def _kit(self, holder: DemoHolder) -> list[DemoInstrument]:
        return [
            self._instrument(holder, kit.kind)
            for kit in KITS[holder.kind]
            for _ in range(self._rng.randint(kit.least, kit.most))
        ]

    def _instrument(self, holder: DemoHolder, kind: str) -> DemoInstrument:
        make = self._rng.choice(MAKES[kind])
        row = self._ground.kinds[CATALOGUE_KIND.get(kind, kind)]
        is_new = self._rng.random() < 0.03
        stated = None if is_new or self._rng.random() < 0.06 else self._stated(holder, row)
        made = self._made(stated, is_new=is_new)
        return DemoInstrument(
            holder=holder,
            kind=row,
            make=make,
            serial=self._names.serial(make.model, made or holder.last_visit),
            purpose=self._purpose(holder),
            status=self._status(),
            registered_on=self._ground.registered_on,
            stated_verified_on=stated,
            manufactured_on=made,
            is_new=is_new,
            is_fair_scale=holder.kind is HolderKind.MARKET and kind == "nawi_price_computing",
        )

    def _stated(self, holder: DemoHolder, kind: KindRow) -> date:
        """What the register says of the last verification; half-yearly kinds were seen once more since."""
        again = holder.last_visit + timedelta(days=182)
        half_yearly = kind.interval_months == _HALF_A_YEAR and self._rng.random() < 0.75
        return again if half_yearly and again < self._ground.registered_on else holder.last_visit

    def _made(self, stated: date | None, *, is_new: bool) -> date | None:
        if is_new:
            return self._ground.registered_on - timedelta(days=self._rng.randint(10, 250))
        if self._rng.random() < 0.3:
            return None
        return (stated or self._ground.registered_on) - timedelta(days=self._rng.randint(90, 2900))

    def _purpose(self, holder: DemoHolder) -> Purpose:
        # Somebody's own kitchen scale: in the register, and not under the law.
        if holder.kind is HolderKind.STALL and self._rng.random() < 0.008:
            return Purpose.OTHER
        return PURPOSES.get(holder.kind, Purpose.MEDICAL)

    def _status(self) -> InstrumentStatus:
        chance = self._rng.random()
        if chance < 0.006:
            return InstrumentStatus.SUSPENDED
        return InstrumentStatus.SCRAPPED if chance < 0.01 else InstrumentStatus.IN_USE
