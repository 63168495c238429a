"""The best plan made of routes that were seen: a small set-packing by exchange, one and two rounds at a time.

A stop in two of the chosen routes counts once and is dropped from the dearer place afterwards, so that the
choice is among covers, of which there are many more than partitions.
"""

import numpy as np
import numpy.typing as npt

from scheduler.ground import Ground, Routes, route_cost, route_moves
from scheduler.improving import Pool

_STARTS = 48
_MOST_ROUTES = 4_000
_PAIRED = 250
_POLISHED = 3
_MOST_PAIRED_ROUNDS = 8
# Beyond these many rounds exchanging them one by one takes longer than it is worth.
_MOST_ROUNDS = 64

Matrix = npt.NDArray[np.float64]


class _Pack:
    """The routes of each kind of shift as rows of zeros and ones over the stops."""

    def __init__(self, ground: Ground, pool: Pool, routes: Routes) -> None:
        self.ground = ground
        self.shifts = range(len(routes))
        self.kinds = ground.kinds
        self.prizes = ground.prizes.astype(np.float64)
        first = {kind: shift for shift, kind in reversed(list(enumerate(ground.kinds)))}
        by_kind: dict[int, dict[tuple[int, ...], None]] = {kind: {(): None} for kind in first}
        for shift, own in enumerate(routes):
            by_kind[ground.kinds[shift]][tuple(own)] = None
        for kind, route in _most_valuable(ground, pool):
            by_kind[kind][route] = None
        self.routes = {kind: list(found) for kind, found in by_kind.items()}
        self.rows = {kind: self._rows(found) for kind, found in self.routes.items()}
        self.valued = {kind: rows * self.prizes for kind, rows in self.rows.items()}
        # A prize is never given up for a cheaper way: prizes are whole, all costs together weigh half of one.
        # Whoever was told another time is lost prize.
        costs = {
            kind: np.array([route_cost(ground, first[kind], list(r)) for r in found], np.float64)
            for kind, found in self.routes.items()
        }
        dearest = sum(float(cost.max()) for cost in costs.values()) + 1.0
        moves = {
            kind: np.array([route_moves(ground, first[kind], list(r)) for r in found], np.float64)
            for kind, found in self.routes.items()
        }
        self.costs = {kind: cost * (0.5 / dearest) + moves[kind] for kind, cost in costs.items()}

    def _rows(self, routes: list[tuple[int, ...]]) -> Matrix:
        rows = np.zeros((len(routes), self.ground.stop_count), np.float64)
        for row, route in zip(rows, routes, strict=True):
            row[[self.ground.stop_of[choice] for choice in route]] = 1
        return rows

    def gains(self, shift: int, uncovered: Matrix) -> Matrix:
        """By route of the shift's kind (and start), what it adds where the stops are still uncovered."""
        kind = self.kinds[shift]
        gain: Matrix = (self.valued[kind] @ uncovered.T).T - self.costs[kind]
        return gain

    def cover(self, shift: int, chosen: npt.NDArray[np.intp]) -> Matrix:
        return self.rows[self.kinds[shift]][chosen]


def _most_valuable(ground: Ground, pool: Pool) -> list[tuple[int, tuple[int, ...]]]:
    """The routes with the greatest prizes, of every kind its share."""
    prizes = ground.prizes
    share = max(100, _MOST_ROUTES // max(1, len(set(ground.kinds))))
    ranked = sorted(
        (
            (-float(sum(prizes[ground.stop_of[c]] for c in route)), kind, route)
            for (kind, _), route in pool.items()
        )
    )
    taken: dict[int, int] = {}
    found = []
    for _, kind, route in ranked:
        taken[kind] = taken.get(kind, 0) + 1
        if taken[kind] <= share:
            found.append((kind, route))
    return found


def recombined(ground: Ground, pool: Pool, routes: Routes, seed: int) -> Routes:
    """The best combination found of pooled routes, at least as good as `routes`, each stop once."""
    if len(routes) > _MOST_ROUNDS:
        return routes
    pack = _Pack(ground, pool, routes)
    noise = np.random.default_rng(seed)
    chosen, counts = _greedy(pack, noise)
    for shift, route in enumerate(routes):
        chosen[0, shift] = pack.routes[pack.kinds[shift]].index(tuple(route))
    counts[0] = sum(pack.cover(shift, chosen[:1, shift])[0] for shift in pack.shifts)
    _exchange_one(pack, chosen, counts)
    scores = _scores(pack, chosen, counts)
    order = np.argsort(-scores, kind="stable")[:_POLISHED]
    if 1 < len(routes) <= _MOST_PAIRED_ROUNDS:
        scores[order] = [_exchange_two(pack, chosen[start]) for start in order]
    best = order[int(scores[order].argmax())]
    return _each_once(ground, [list(pack.routes[pack.kinds[s]][chosen[best, s]]) for s in pack.shifts])


def _greedy(pack: _Pack, noise: np.random.Generator) -> tuple[npt.NDArray[np.intp], Matrix]:
    """Some plans, each put together in its own order and with its own noise."""
    counts = np.zeros((_STARTS, pack.ground.stop_count), np.float64)
    chosen = np.zeros((_STARTS, len(pack.shifts)), np.intp)
    for shift in noise.permutation(len(pack.shifts)).tolist():
        gain = pack.gains(shift, (counts <= 0).astype(np.float64))
        chosen[:, shift] = (gain * noise.uniform(0.85, 1, gain.shape)).argmax(1)
        counts += pack.cover(shift, chosen[:, shift])
    return chosen, counts


def _scores(pack: _Pack, chosen: npt.NDArray[np.intp], counts: Matrix) -> Matrix:
    costs = sum(pack.costs[pack.kinds[shift]][chosen[:, shift]] for shift in pack.shifts)
    scores: Matrix = (counts > 0).astype(np.float64) @ pack.prizes - costs
    return scores


def _exchange_one(pack: _Pack, chosen: npt.NDArray[np.intp], counts: Matrix) -> None:
    """Exchange single routes of all plans until none gets better."""
    rows = np.arange(len(chosen))
    stale, shift = 0, 0
    while stale < len(pack.shifts):
        own = pack.cover(shift, chosen[:, shift])
        gain = pack.gains(shift, (counts - own <= 0).astype(np.float64))
        better = gain.argmax(1)
        up = gain[rows, better] > gain[rows, chosen[:, shift]] + 1e-9
        chosen[up, shift] = better[up]
        counts += pack.cover(shift, chosen[:, shift]) - own
        stale = 0 if up.any() else stale + 1
        shift = (shift + 1) % len(pack.shifts)


def _exchange_two(pack: _Pack, chosen: npt.NDArray[np.intp]) -> float:
    """Exchange two routes of one plan at once until none gets better; the score."""
    rows = [pack.rows[kind] for kind in pack.kinds]
    pairs = [(one, other) for one in pack.shifts for other in pack.shifts if one < other]
    stale, i = 0, 0
    score = _score_of(pack, chosen)
    while stale < len(pairs):
        one, other = pairs[i]
        rest = np.zeros(pack.ground.stop_count, np.float64)
        for shift in pack.shifts:
            if shift not in (one, other):
                rest = np.maximum(rest, rows[shift][chosen[shift]])
        trial = chosen.copy()
        trial[one], trial[other] = _best_pair(pack, one, other, 1 - rest)
        found = _score_of(pack, trial)
        stale += 1
        if found > score + 1e-9:
            chosen[:], score, stale = trial, found, 0
        i = (i + 1) % len(pairs)
    return score


def _best_pair(pack: _Pack, one: int, other: int, uncovered: Matrix) -> tuple[int, int]:
    """The two routes that together add most, of the best few of each."""
    gains = [pack.gains(shift, uncovered[None, :])[0] for shift in (one, other)]
    top = [np.argsort(-gain, kind="stable")[:_PAIRED] for gain in gains]
    left = pack.valued[pack.kinds[one]][top[0]] * uncovered
    right = pack.rows[pack.kinds[other]][top[1]]
    together = gains[0][top[0]][:, None] + gains[1][top[1]][None, :] - left @ right.T
    row, column = divmod(int(together.argmax()), together.shape[1])
    return int(top[0][row]), int(top[1][column])


def _score_of(pack: _Pack, chosen: npt.NDArray[np.intp]) -> float:
    counts = sum(pack.cover(shift, chosen[shift : shift + 1]) for shift in pack.shifts)
    return float(_scores(pack, chosen[None, :], np.asarray(counts))[0])


def _each_once(ground: Ground, routes: Routes) -> Routes:
    """Drop a stop from all routes but the one that would save least without it."""
    where: dict[int, list[int]] = {}
    for shift, route in enumerate(routes):
        for choice in route:
            where.setdefault(ground.stop_of[choice], []).append(shift)
    for stop, shifts in where.items():
        while len(shifts) > 1:
            saved = [_saving(ground, shift, routes[shift], stop) for shift in shifts]
            shift = shifts.pop(saved.index(max(saved)))
            routes[shift] = [c for c in routes[shift] if ground.stop_of[c] != stop]
    return routes


def _saving(ground: Ground, shift: int, route: list[int], stop: int) -> float:
    without = [choice for choice in route if ground.stop_of[choice] != stop]
    return route_cost(ground, shift, route) - route_cost(ground, shift, without)
