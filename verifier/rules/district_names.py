"""Which district an office means by a code, a name or an address down to the town."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from verifier.rules import cells

_SEPARATORS = re.compile(r"[\s/\\\-—·,、>]")
_CODE = re.compile(r"\d{6}|\d{9}|\d{12}", re.ASCII)
# The longer first: 自治州 is no 州.
_RANKS = ("自治区", "自治州", "自治县", "街道", "地区", *"省市区县镇乡旗盟")


class Where(StrEnum):
    """Whether exactly one district is meant, and on which side of the boundary it lies."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Place:
    """A district as the tree stands on one day; `exists` that day."""

    id: int
    code: str
    level: str
    name_zh: str
    name_en: str
    parent_id: int | None
    exists: bool


@dataclass(frozen=True)
class Resolved:
    """`district` is given for INSIDE and OUTSIDE only."""

    where: Where
    district: Place | None = None


class DistrictIndex:
    """Every district by its names and codes, to look up thousands without asking anybody."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = {place.id: place for place in places}
        self._by_code = {place.code: place for place in self._places.values()}
        self._full: dict[int, frozenset[str]] = {}
        self._all: dict[int, frozenset[str]] = {}
        self._by_name: defaultdict[str, list[Place]] = defaultdict(list)
        for place in self._places.values():
            self._full[place.id] = frozenset(_full_names(place))
            self._all[place.id] = self._full[place.id] | frozenset(_short_names(place))
            for name in self._all[place.id]:
                self._by_name[name].append(place)
        self._meant: dict[str, list[Place]] = {}

    def resolve(self, text: str, within: int | None = None) -> Resolved:
        """The one district meant; inside the district `within`, or anywhere where it is None.

        A code with or without trailing zeros, a name in Chinese or English, or the names of
        several levels one behind the other. What exists on the day outweighs what no longer does.
        """
        meant = self._districts(text)
        inside = [place for place in meant if within is None or self.lies_within(place.id, within)]
        candidates = inside or meant
        if len(candidates) > 1:
            candidates = [place for place in candidates if place.exists] or candidates
        if len(candidates) == 1:
            return Resolved(Where.INSIDE if inside else Where.OUTSIDE, candidates[0])
        return Resolved(Where.AMBIGUOUS if candidates else Where.UNKNOWN)

    def lies_within(self, district_id: int, root_id: int) -> bool:
        return district_id == root_id or any(above.id == root_id for above in self._above(district_id))

    def _districts(self, text: str) -> list[Place]:
        key = _key(text)
        if key not in self._meant:
            self._meant[key] = (
                self._by_digits(key) or self._named(key, self._full) or self._named(key, self._all)
            )
        return self._meant[key]

    def _by_digits(self, key: str) -> list[Place]:
        if not _CODE.fullmatch(key):
            return []
        while key not in self._by_code and len(key) > 6 and key.endswith("000"):
            key = key[:-3]
        return [self._by_code[key]] if key in self._by_code else []

    def _named(self, key: str, names: dict[int, frozenset[str]]) -> list[Place]:
        return [
            place
            for start in range(len(key))
            for place in self._by_name.get(key[start:], ())
            if key[start:] in names[place.id] and _are_above(key[:start], list(self._above(place.id)), names)
        ]

    def _above(self, district_id: int) -> Iterator[Place]:
        """The districts in which one lies, the nearest first."""
        seen = {district_id}
        parent = self._places[district_id].parent_id
        while parent is not None and parent not in seen:
            seen.add(parent)
            yield self._places[parent]
            parent = self._places[parent].parent_id


def _are_above(key: str, above: Sequence[Place], names: dict[int, frozenset[str]]) -> bool:
    """Whether a text is made of names of these districts, in order; any of them may be left out."""
    return not key or any(
        _are_above(key[: -len(name)], above[nth + 1 :], names)
        for nth, place in enumerate(above)
        for name in names[place.id]
        if key.endswith(name)
    )


def _key(text: str) -> str:
    return _SEPARATORS.sub("", cells.text(text).lower())


def _full_names(place: Place) -> Iterator[str]:
    for name in (place.name_zh, place.name_en):
        if _key(name):
            yield _key(name)


def _short_names(place: Place) -> Iterator[str]:
    name = _key(place.name_zh)
    rank = next((rank for rank in _RANKS if name.endswith(rank)), "")
    # 通州 is short for 通州区, but 赵 is not said for 赵县.
    if rank and len(name) - len(rank) > 1:
        yield name.removesuffix(rank)
    if rank == "街道":
        yield name + "办事处"


def is_code_elsewhere(text: str, root_code: str) -> bool:
    """Whether a text is a district's code outside the root, even of a district nobody has imported.

    GB/T 2260 codes nest: the first two digits are the province, the next two the prefecture,
    the next two the county, and three more (GB/T 10114) the town.
    """
    prefix = re.sub(r"^(\d\d(?:\d\d)??)(?:00)+$", r"\1", root_code)
    return _CODE.fullmatch(text) is not None and not text.startswith(prefix)
