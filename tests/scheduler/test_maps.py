from hypothesis import given
from hypothesis import strategies as st

from scheduler.maps import MapPoint, route_map
from scheduler.travel import Position, great_circle_km

places = st.lists(st.builds(Position, st.floats(20, 45), st.floats(100, 125)), min_size=1, max_size=12)


@given(places)
def test_every_place_lies_on_the_sheet(found):
    drawn = route_map(found)
    assert len(drawn.points) == len(found)
    assert all(0 <= point.x <= drawn.width and 0 <= point.y <= drawn.height for point in drawn.points)
    assert 0 < drawn.bar <= drawn.width


def test_north_is_up_and_the_bar_is_true():
    home, north = Position(31.45, 121.10), Position(31.54, 121.10)
    drawn = route_map([home, north])
    below, above = drawn.points
    assert (above.x, above.y < below.y) == (below.x, True)
    km = (below.y - above.y) / (drawn.bar / drawn.bar_km)
    assert abs(km - great_circle_km(home, north)) < 0.1


def test_one_place_lies_in_the_middle():
    assert route_map([Position(31.45, 121.10)]).points == (MapPoint(320.0, 210.0),)


def test_the_way_leads_back_to_the_beginning():
    drawn = route_map([Position(31.45, 121.10), Position(31.45, 121.20)])
    assert drawn.way == "28.0,210.0 612.0,210.0 28.0,210.0"
