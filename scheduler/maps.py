"""A round on a sheet of paper: positions as points, north up, without any map behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import cos, radians

from scheduler.travel import Position

_KM_PER_DEGREE = 111.32
_MARGIN = 28.0
# So that places at one point do not blow up the scale: a map shows at least this many kilometres.
_LEAST_KM = 1.0
_SCALES = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)


@dataclass(frozen=True)
class MapPoint:
    """Where a place lies on the sheet, from its upper left corner."""

    x: float
    y: float


@dataclass(frozen=True)
class RouteMap:
    """`points` in the order of the places given; the bar is `bar_km` long, `bar` units of the sheet."""

    width: int
    height: int
    points: tuple[MapPoint, ...]
    bar: float
    bar_km: float

    @property
    def way(self) -> str:
        """Through all the points in their order and back to the first, as SVG writes it."""
        return " ".join(f"{point.x},{point.y}" for point in (*self.points, *self.points[:1]))

    def svg(self, label: str = "") -> str:
        """The whole drawing: the first point is home, the others are numbered; `label` is read aloud.

        Colours stand in attributes for paper; a page's style sheet overrides them by the classes.
        """
        home = self.points[0]
        numbers = "".join(
            f'<circle class="map__stop" cx="{point.x}" cy="{point.y}" r="12" fill="#0e4f79" stroke="#fff"/>'
            f'<text class="map__number" x="{point.x}" y="{point.y + 4.5:.1f}" fill="#fff" font-size="13"'
            f' text-anchor="middle">{number}</text>'
            for number, point in enumerate(self.points[1:], start=1)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {self.width} {self.height}"'
            f' role="img" aria-label="{escape(label)}">'
            f'<polyline class="map__way" points="{self.way}" fill="none" stroke="#2d7fb5" stroke-width="2"/>'
            f'<rect class="map__home" x="{home.x - 9:.1f}" y="{home.y - 9:.1f}" width="18" height="18"/>'
            f"{numbers}"
            f'<path class="map__bar" d="M12 {self.height - 12}h{self.bar}m0 -4v8m-{self.bar} 0v-8"'
            f' fill="none" stroke="#51606f"/>'
            f'<text class="map__scale" x="{self.bar + 20:.1f}" y="{self.height - 8}" fill="#51606f"'
            f' font-size="13">{self.bar_km:g} km</text></svg>'
        )


def route_map(places: Sequence[Position], *, width: int = 640, height: int = 420) -> RouteMap:
    """An equirectangular map that just holds the places; raises ValueError without any."""
    latitudes, longitudes = [place.latitude for place in places], [place.longitude for place in places]
    middle = (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
    east = _KM_PER_DEGREE * cos(radians(middle[0]))
    km = [
        ((place.longitude - middle[1]) * east, (middle[0] - place.latitude) * _KM_PER_DEGREE)
        for place in places
    ]
    wide = max(_LEAST_KM, 2 * max(abs(x) for x, _ in km))
    high = max(_LEAST_KM, 2 * max(abs(y) for _, y in km))
    per_km = min((width - 2 * _MARGIN) / wide, (height - 2 * _MARGIN) / high)
    bar_km = max(scale for scale in _SCALES if scale * per_km <= width / 3 or scale == _SCALES[0])
    points = tuple(
        MapPoint(round(width / 2 + x * per_km, 1), round(height / 2 + y * per_km, 1)) for x, y in km
    )
    return RouteMap(width, height, points, round(bar_km * per_km, 1), bar_km)
