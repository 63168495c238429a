"""Regulations as data: what a file says is read as it is written, and every slip in it is named."""

import copy
import csv
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.perfect import DEVICES, DIGITAL, REGULATIONS
from verifier.regulation_files import shipped
from verifier.rules.items import Method, Need
from verifier.rules.regulation import Document, Regulation, RegulationWrong, read_regulation
from verifier.rules.stages import Confidence, Stage

DATA = Path(__file__).parents[2] / "verifier" / "data"
DOCUMENTS = {document["code"]: document for _, document in shipped()}
LINES = list(csv.DictReader((DATA / "regulations.csv").read_text(encoding="utf-8").splitlines()))
KINDS = {line["row_key"] for line in csv.DictReader((DATA / "catalogue.csv").read_text("utf-8").splitlines())}
# Product standards: no certificate rests on them, and nobody has said from when they hold.
STANDARDS = {"GB/T 19634-2021", "GB/T 21416-2008"}

Way = tuple[str | int, ...]


@pytest.mark.parametrize("code", sorted(set(REGULATIONS) - STANDARDS))
def test_a_shipped_file_agrees_with_the_list_of_editions(code: str) -> None:
    regulation = REGULATIONS[code]
    listed = {line["kind"]: line for line in LINES if line["code"] == code}

    assert set(regulation.kinds) == set(listed)
    assert {line["effective_from"] for line in listed.values()} == {str(regulation.effective_from)}
    assert regulation.document is Document.CERTIFICATE


@pytest.mark.parametrize("code", sorted(STANDARDS))
def test_without_a_regulation_there_is_a_test_record_and_no_certificate(code: str) -> None:
    assert (REGULATIONS[code].document, REGULATIONS[code].effective_from) == (Document.TEST_RECORD, None)


def test_every_kind_named_stands_in_the_catalogue() -> None:
    assert {kind for regulation in REGULATIONS.values() for kind in regulation.kinds} - KINDS == set()
    assert {device.kind for device in DEVICES.values()} <= KINDS


def test_the_figures_that_were_not_read_say_so() -> None:
    assert {code for code, one in REGULATIONS.items() if one.confidence is Confidence.LOW} == {"JJG 111-2019"}
    assert [item.key for item in DIGITAL.items if item.confidence is Confidence.LOW] == ["repeatability"]


def test_what_a_file_says_is_read_as_it_is_written() -> None:
    mercury = REGULATIONS["JJG 270-2008"]
    sensitivity = mercury.item("sensitivity")

    assert sensitivity is not None
    assert (mercury.effective_from, mercury.effective_to) == (date(2008, 9, 25), None)
    assert (sensitivity.method, sensitivity.kinds) == (Method.VALUE, ("bp_mercury",))
    assert sensitivity.needs == {
        Stage.INITIAL: Need.REQUIRED,
        Stage.SUBSEQUENT: Need.REQUIRED,
        Stage.IN_SERVICE: Need.NOT_REQUIRED,
    }
    assert [limit.bands[0].bounds.lower for limit in sensitivity.limits] == [Decimal("0.3"), Decimal("2.25")]
    assert mercury.item("colour") is None


def test_shared_limits_bring_their_factor_along() -> None:
    eccentricity = DIGITAL.item("eccentricity")

    assert eccentricity is not None
    assert eccentricity.factors == {Stage.IN_SERVICE: Decimal(2)}


@pytest.mark.parametrize("code", sorted(REGULATIONS))
def test_the_copy_in_a_database_is_the_same_regulation(code: str) -> None:
    stored = json.loads(json.dumps(DOCUMENTS[code]))

    assert read_regulation(stored, source="stored") == REGULATIONS[code]


def test_a_day_may_still_be_a_day() -> None:
    document = {**DOCUMENTS["JJG 13-2016"], "effective_from": date(2016, 9, 3), "effective_to": "2026-09-02"}

    assert read_regulation(document, source="x").effective_to == date(2026, 9, 2)


def ways(found: Any, way: Way = ()) -> Iterator[Way]:
    """Every place in a document."""
    if way:
        yield way
    if isinstance(found, dict):
        for key in found:
            yield from ways(found[key], (*way, key))
    if isinstance(found, list):
        for number, inner in enumerate(found):
            yield from ways(inner, (*way, number))


def changed(document: dict[str, Any], way: Way, value: Any) -> dict[str, Any]:
    """The document with something else in one place; None takes it out."""
    copied: Any = copy.deepcopy(document)
    inner = copied
    for step in way[:-1]:
        inner = inner[step]
    if value is None:
        del inner[way[-1]]
    else:
        inner[way[-1]] = value
    whole: dict[str, Any] = copied
    return whole


PLACES = [(code, way) for code, document in DOCUMENTS.items() for way in ways(document)]
SLIPS: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        "",
        " ",
        "x",
        "0",
        "-1",
        0,
        -1,
        10**12,
        1.5,
        True,
        [],
        {},
        [1],
        [[]],
        {"x": 1},
        "1e9",
        "NaN",
        "Max",
    ]
) | st.text(max_size=5)


@given(st.sampled_from(PLACES), SLIPS)
def test_a_slip_in_a_file_is_named_or_harmless(place: tuple[str, Way], slip: Any) -> None:
    code, way = place
    document = changed(DOCUMENTS[code], way, slip)
    refused = None
    try:
        assert isinstance(read_regulation(document, source="office.toml"), Regulation)
    except RegulationWrong as wrong:
        refused = wrong

    if refused is not None:
        at, field = refused.facts["at"], refused.facts["field"]
        assert at
        assert refused.sentence().startswith(f"office.toml, {at}, field “{field}”: it ")


def item_way(code: str, key: str, *way: str | int) -> Way:
    keys = [item["key"] for item in DOCUMENTS[code]["item"]]
    return ("item", keys.index(key), *way)


E = "indication_error"
R539 = "JJG 539-2016"


@pytest.mark.parametrize(
    ("way", "value", "at", "field", "what"),
    [
        (("code",), None, "regulation", "code", "field"),
        (("code",), " ", "regulation", "code", "text"),
        (("colour",), "red", "regulation", "colour", "nothing"),
        (("document",), "letter", "regulation", "document", "choice"),
        (("kinds",), [], "regulation", "kinds", "list"),
        (("kinds",), ["a", "a"], "regulation", "kinds", "unique"),
        (("effective_from",), "2017-02-30", "regulation", "effective_from", "day"),
        (("effective_to",), "2017-05-29", "regulation", "effective_to", "later"),
        (("design",), "R 99", "regulation", "design", "choice"),
        (("item",), None, "regulation", "item", "field"),
        (("item",), ["x"], "regulation, item 1", "item", "table"),
        (item_way(R539, "tare_setting", "key"), "zero_setting", "item zero_setting", "key", "unique"),
        (item_way(R539, E, "key"), "x" * 61, "item " + "x" * 61, "key", "text"),
        (item_way(R539, E, "method"), "guess", f"item {E}", "method", "choice"),
        (item_way(R539, E, "initial"), "maybe", f"item {E}", "initial", "choice"),
        (item_way(R539, E, "decisive"), True, f"item {E}", "decisive", "nothing"),
        (item_way(R539, E, "each_error"), True, f"item {E}", "each_error", "nothing"),
        (item_way(R539, E, "changeover"), "yes", f"item {E}", "changeover", "flag"),
        (item_way(R539, E, "readings"), 0, f"item {E}", "readings", "count"),
        (item_way(R539, E, "readings"), True, f"item {E}", "readings", "count"),
        (item_way(R539, E, "kinds"), ["weights"], f"item {E}", "kinds", "choice"),
        (item_way(R539, E, "zero_from"), E, f"item {E}", "zero_from", "item"),
        (item_way(R539, E, "zero_from"), "nobody", f"item {E}", "zero_from", "item"),
        (item_way(R539, E, "share"), "4/3", f"item {E}", "share", "share"),
        (item_way(R539, E, "proportion"), 101, f"item {E}", "proportion", "decimal"),
        (item_way(R539, E, "extra"), "1 d", f"item {E}", "extra", "nothing"),
        (item_way(R539, E, "factor"), {"later": 2}, f"item {E}, factor", "later", "nothing"),
        (item_way(R539, E, "factor"), {"in_service": 0}, f"item {E}, factor", "in_service", "positive"),
        (item_way(R539, E, "limit"), None, f"item {E}", "limit", "field"),
        (item_way(R539, "tare_setting", "function"), None, "item tare_setting", "function", "field"),
        (item_way(R539, "eccentricity", "limits_from"), "price", "item eccentricity", "limits_from", "item"),
        (
            item_way(R539, "eccentricity", "limit"),
            [{"plus_minus": 1}],
            "item eccentricity",
            "limits_from",
            "item",
        ),
        (
            item_way(R539, "marks_and_seals", "limit"),
            [{"plus_minus": 1}],
            "item marks_and_seals",
            "limit",
            "nothing",
        ),
        (item_way(R539, "discrimination", "extra"), "1.4 e", "item discrimination", "extra", "choice"),
        (item_way(R539, "discrimination", "extra"), "0 d", "item discrimination", "extra", "positive"),
        (item_way(R539, "discrimination", "extra"), "1 mpe", "item discrimination", "limits_from", "field"),
        (item_way(R539, E, "points", 0, "at"), ["noon"], f"item {E}, points 1", "at", "choice"),
        (item_way(R539, E, "points", 0, "within"), -1, f"item {E}, points 1", "within", "positive"),
        (item_way(R539, E, "limit", 2, "of"), "%", f"item {E}, limit 3", "of", "choice"),
        (
            item_way(R539, E, "limit", 2, "stages"),
            ["late"],
            f"item {E}, limit 3, stages 1",
            "stages",
            "choice",
        ),
        (item_way(R539, E, "limit", 2, "up_to_max"), "30", f"item {E}, limit 3", "up_to_max", "quantity"),
        (
            item_way(R539, E, "limit", 2, "bands", 1, "up_to"),
            500,
            f"item {E}, limit 3",
            "bands",
            "rising",
        ),
        (item_way(R539, E, "limit", 2, "bands", 0, "up_to"), None, f"item {E}, limit 3", "bands", "rising"),
        (
            item_way(R539, E, "limit", 2, "bands", 1, "below"),
            2000,
            f"item {E}, limit 3, bands 2",
            "below",
            "nothing",
        ),
        (
            item_way(R539, E, "limit", 2, "bands", 1, "plus_minus"),
            0.5,
            f"item {E}, limit 3, bands 2",
            "plus_minus",
            "decimal",
        ),
        (
            item_way(R539, E, "limit", 2, "bands", 1, "plus_minus"),
            -1,
            f"item {E}, limit 3, bands 2",
            "plus_minus",
            "limited",
        ),
        (
            item_way(R539, E, "limit", 2, "bands", 1, "at_most"),
            1,
            f"item {E}, limit 3, bands 2",
            "plus_minus",
            "limited",
        ),
        (
            item_way(R539, "zero_setting", "limit", 0),
            {"at_least": 1, "less_than": 2},
            "item zero_setting, limit 1",
            "at_least",
            "limited",
        ),
        (
            item_way(R539, "zero_setting", "limit", 0),
            {"at_least": 2, "at_most": 1},
            "item zero_setting, limit 1",
            "at_least",
            "limited",
        ),
        (
            item_way(R539, "zero_setting", "limit", 0),
            {"at_most": 1, "less_than": 2},
            "item zero_setting, limit 1",
            "at_most",
            "limited",
        ),
        (
            item_way(R539, "zero_setting", "limit", 0),
            {"of": "e"},
            "item zero_setting, limit 1",
            "plus_minus",
            "limited",
        ),
        (
            item_way(R539, "zero_setting", "limit", 0),
            {"plus_minus": 1, "or_larger": {"plus_minus": 2, "or_larger": {}}},
            "item zero_setting, limit 1, or_larger",
            "or_larger",
            "nothing",
        ),
    ],
)
def test_a_wrong_field_is_refused_by_place_and_name(
    way: Way, value: Any, at: str, field: str, what: str
) -> None:
    with pytest.raises(RegulationWrong) as refused:
        read_regulation(changed(DOCUMENTS[R539], way, value), source="office.toml")
    facts = refused.value.facts

    assert (facts["source"], facts["at"], facts["field"], facts["what"]) == ("office.toml", at, field, what)


@pytest.mark.parametrize(
    ("table", "field", "what"),
    [
        ({"1 kg": [1] * 8}, "1 kg", "list"),
        ({"1 stone": [1] * 9}, "1 stone", "quantity"),
        ({"heavy": [1] * 9}, "heavy", "quantity"),
        ({"1 kg": [0] * 9}, "1 kg", "positive"),
        ({"1 kg": ["x"] * 9}, "1 kg", "positive"),
        ({}, "1 kg", "field"),
        ([], "by_nominal", "table"),
    ],
)
def test_a_wrong_table_of_weights_is_refused(table: Any, field: str, what: str) -> None:
    code = "JJG 99-2022"
    way = item_way(code, "conventional_mass", "limit", 0, "by_nominal")
    with pytest.raises(RegulationWrong) as refused:
        read_regulation(changed(DOCUMENTS[code], way, table), source="office.toml")

    assert (refused.value.facts["field"], refused.value.facts["what"]) == (field, what)


def test_what_was_found_is_shown_but_not_at_any_length() -> None:
    with pytest.raises(RegulationWrong) as refused:
        read_regulation({**DOCUMENTS[R539], "title_en": "x" * 301}, source="office.toml")

    assert refused.value.facts["found"] == "x" * 80
    assert refused.value.sentence() == (
        "office.toml, regulation, field “title_en”: it must be a text that is neither blank nor longer than "
        f"300 characters (such as Digital indicating scales). Found: {'x' * 80}."
    )
