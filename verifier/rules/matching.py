"""Which visit of one list is which of another: at the same site, for most of the same instruments."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Called:
    """A visit, told by where it is and what it is for."""

    holder_id: int
    instruments: frozenset[int]


def matched(new: Sequence[Called], old: Sequence[Called]) -> dict[int, int]:
    """For places in `new` the place in `old` of the same visit; each at most once, the most alike first."""
    at_site: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(old):
        at_site[one.holder_id].append(place)
    pairs = [
        (-len(one.instruments & old[before].instruments), place, before)
        for place, one in enumerate(new)
        for before in at_site[one.holder_id]
        if one.instruments & old[before].instruments
    ]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, place, before in sorted(pairs):
        if place not in found and before not in taken:
            found[place] = before
            taken.add(before)
    return found
