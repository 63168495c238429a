"""Minutes between places, and where they come from."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.travel import (
    MISSING_TIMES,
    Position,
    TravelSource,
    TravelTableWrong,
    by_air,
    from_csv,
    from_service,
    great_circle_km,
)

TAICANG, SUZHOU, KUNSHAN = (
    Position(31.4575, 121.1303),
    Position(31.2990, 120.5853),
    Position(31.3847, 120.9807),
)
WHERE = "121.130300,31.457500;120.585300,31.299000;120.980700,31.384700"
PLACES = (TAICANG, SUZHOU, KUNSHAN)
positions = st.builds(Position, st.floats(-90, 90, allow_nan=False), st.floats(-180, 180, allow_nan=False))


def test_taicang_to_suzhou_is_an_hour_and_three_quarters_on_country_roads():
    assert round(great_circle_km(TAICANG, SUZHOU), 1) == 54.7
    assert by_air((TAICANG, SUZHOU)).minutes == ((0, 107), (107, 0))
    assert by_air((TAICANG, SUZHOU), road_factor=1.0, km_per_hour=60).minutes == ((0, 55), (55, 0))
    assert by_air(()).minutes == ()


@given(positions, positions)
def test_there_is_as_far_as_back_and_never_round_the_world(one: Position, other: Position):
    there = great_circle_km(one, other)
    assert 0 <= there <= 20_016
    assert there == pytest.approx(great_circle_km(other, one), abs=1e-6)


def test_the_offices_table_says_what_it_says_and_the_rest_is_by_air():
    codes = ("TC", "SZ", "KS")
    air = by_air(PLACES)
    found = from_csv("\ufefffrom,to,minutes\nTC,SZ,70\n\nSZ,KS,40\nKS,SZ,50\nTC,??,1\nTC,TC,9\n", codes, air)
    assert found.minutes == ((0, 70, air.minutes[0][2]), (70, 0, 40), (air.minutes[2][0], 50, 0))
    assert found.source is TravelSource.TABLE


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The travel table is wrong: row 1, the header must be from,to,minutes."),
        ("a,b,c\n", "The travel table is wrong: row 1, the header must be from,to,minutes."),
        ("From, To ,MINUTES\nTC,SZ\n", "The travel table is wrong: row 2, there are not three cells."),
        (
            "from,to,minutes\nTC,SZ,-1\n",
            "The travel table is wrong: row 2, the minutes are not a whole number of 0 or more.",
        ),
        (
            "from,to,minutes\nTC,SZ,²\n",
            "The travel table is wrong: row 2, the minutes are not a whole number of 0 or more.",
        ),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_row(content: str, sentence: str):
    with pytest.raises(TravelTableWrong) as refused:
        from_csv(content, ("TC", "SZ"), by_air(PLACES[:2]))
    assert refused.value.sentence() == sentence


class _Router(BaseHTTPRequestHandler):
    answer: ClassVar[bytes] = b""
    asked: ClassVar[list[str]] = []
    delay: ClassVar[float] = 0.0

    def do_GET(self) -> None:
        self.asked.append(self.path)
        time.sleep(self.delay)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, format: str, *facts: object) -> None:
        """Tests are quiet."""


@contextmanager
def router(answer: object, *, delay: float = 0.0) -> Iterator[str]:
    """A routing service that gives one answer."""
    _Router.answer = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    _Router.asked, _Router.delay = [], delay
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Router)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/table/v1/driving"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_routing_service_is_asked_once_for_the_whole_table():
    with router({"code": "Ok", "durations": [[0, 4199.9, 61], [4200, 0, None], [89, 91, 5]]}) as url:
        found = from_service(url + "/", PLACES)
        assert _Router.asked == [f"/table/v1/driving/{WHERE}?annotations=duration"]
    assert found.source is TravelSource.SERVICE
    assert found.minutes == ((0, 70, 1), (70, 0, 70 * MISSING_TIMES), (1, 2, 0))


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        b"\xff\xfe",
        [],
        {},
        {"durations": [[0, 1, 2]]},
        {"durations": [[0, 1], [1, 0], [1, 1]]},
        {"durations": [None, None, None]},
        {"durations": [[0, "1", 2], [1, 0, 1], [1, 1, 0]]},
        {"durations": [[0, -1, 2], [1, 0, 1], [1, 1, 0]]},
        {"durations": [[0, float("inf"), 2], [1, 0, 1], [1, 1, 0]]},
    ],
)
def test_a_service_that_talks_nonsense_is_not_believed(answer: object):
    with router(answer) as url:
        found = from_service(url, PLACES)
    assert found.source is TravelSource.SERVICE_FAILED
    assert found.minutes == by_air(PLACES).minutes


def test_a_service_that_is_late_or_away_is_not_waited_for():
    with router({}, delay=0.5) as url:
        assert from_service(url, PLACES, timeout=0.05).source is TravelSource.SERVICE_FAILED
    assert from_service(url, PLACES).source is TravelSource.SERVICE_FAILED
    assert from_service("file:///etc/passwd", PLACES).source is TravelSource.SERVICE_FAILED
