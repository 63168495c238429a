"""The public benchmark's door, on a tiny instance made up in the same format."""

import json
from pathlib import Path

import pytest

from benchmarks.orienteering import main, read

# A depot in the middle, a place in each direction, one too late to come back from.
TINY = """1 4 4 1
0 100
  0 0.00 0.00 0.00 0.00 0 0 0 60.5
  1 10.00 0.00 5.00 10.00 1 1 1 0 50
  2 0.00 10.00 5.00 20.00 1 1 1 0 50
  3 -10.10 0.00 5.00 30.00 1 1 1 0 50
  4 25.00 25.00 5.00 90.00 1 1 1 55 60
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "c900.txt").write_text(TINY)
    (tmp_path / "best_known.json").write_text(json.dumps({"c900": [40, 60]}))
    return tmp_path


def test_times_are_read_exactly_and_truncated_as_published(folder: Path):
    instance = read(folder / "c900.txt")
    assert instance.day == 605
    assert instance.travel.minutes[0] == (0, 100, 100, 101, 353)
    assert [(stop.id, stop.service, stop.prize) for stop in instance.stops] == [
        (1, 50, 10), (2, 50, 20), (3, 50, 30), (4, 50, 90)
    ]  # fmt: skip
    assert instance.stops[3].windows[0].closes == 650
    (folder / "pr90.txt").write_text(TINY)
    assert read(folder / "pr90.txt").travel.minutes[0] == (0, 1000, 1000, 1010, 3535)


def test_the_profit_the_routes_and_the_gap_are_printed(folder: Path, capsys):
    main([str(folder), "--seconds", "2", "--paths", "1", "2"])
    shown = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in shown[1:3]] == [["c900", "1", "50"], ["c900", "2", "60"]]
    assert shown[3] == "c: mean gap -12.50 % over 2"


def test_as_json_without_best_known_plans(folder: Path, capsys):
    (folder / "best_known.json").unlink()
    main([str(folder), "--seconds", "2", "--paths", "4", "--format", "json"])
    (one,) = json.loads(capsys.readouterr().out)
    assert sorted(one) == ["instance", "paths", "profit", "routes", "seconds"]
    assert (one["instance"], one["paths"], one["profit"]) == ("c900", 4, 60)
    assert sorted(site for route in one["routes"] for site in route) == [1, 2, 3]
    assert len(one["routes"]) == 4
    assert one["seconds"] <= 3
