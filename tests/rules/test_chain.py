"""The digests that tie a history together, and heads as they are noted."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.rules.chain import (
    START,
    Link,
    NotANotedHead,
    NotedHead,
    canonical,
    link_digest,
    note_head,
    noted_head,
    record_digest,
)
from verifier.rules.verdict import Outcome

WORDS = st.text(max_size=12)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS
JSON_VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
RECORDS = st.dictionaries(WORDS, JSON_VALUES, max_size=5)
LINK = Link(body_id=1, position=1, subject="verification", subject_id=7, record_digest="ab" * 32)


def test_a_records_canonical_form_is_one_line_anybody_can_write_again():
    columns = {
        "id": 7,
        "outcome": Outcome.PASSED,
        "performed_on": date(2026, 5, 1),
        "recorded_at": datetime(2026, 5, 1, 8, tzinfo=UTC),
        "error": Decimal("0.10"),
        "adjusted": False,
        "remark": "血压计",
        "environment": {"t": 20.5, "rh": [60, None]},
        "valid_until": None,
    }
    assert canonical("verification", columns) == (
        '["verification",{"adjusted":false,"environment":{"rh":[60,null],"t":20.5},"error":"0.10","id":7,'
        '"outcome":"passed","performed_on":"2026-05-01","recorded_at":"2026-05-01T08:00:00.000000+00:00",'
        '"remark":"\\u8840\\u538b\\u8ba1"}]'
    )


def test_a_digest_is_sha256_of_the_canonical_form():
    assert record_digest("repair", {"id": 1}) == sha256(b'["repair",{"id":1}]').hexdigest()


def test_an_empty_column_changes_no_digest_and_a_null_inside_json_does():
    assert record_digest("repair", {"id": 1, "added_later": None}) == record_digest("repair", {"id": 1})
    assert canonical("repair", {"facts": {"a": None}}) != canonical("repair", {"facts": {}})


def test_one_instant_has_one_form_in_every_zone():
    beijing = datetime(2026, 5, 1, 8, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))
    assert canonical("t", {"at": beijing}) == '["t",{"at":"2026-05-01T00:00:00.000005+00:00"}]'


def test_a_decimal_keeps_its_digits_and_has_no_exponent():
    assert canonical("t", {"e": Decimal("1E+2")}) == '["t",{"e":"100"}]'
    assert canonical("t", {"e": Decimal("0.10")}) != canonical("t", {"e": Decimal("0.1")})


def test_a_number_and_its_spelling_differ():
    assert canonical("t", {"e": {"v": 5}}) != canonical("t", {"e": {"v": "5"}})
    assert canonical("t", {"e": {"v": 1}}) != canonical("t", {"e": {"v": 1.0}})


def test_what_has_no_canonical_form_is_a_bug():
    with pytest.raises(TypeError, match="bytes has no canonical form"):
        canonical("t", {"e": b"5"})


@given(RECORDS)
def test_the_canonical_form_survives_being_stored_as_json(columns):
    read_back = {name: json.loads(json.dumps(value)) for name, value in columns.items()}
    assert canonical("t", read_back) == canonical("t", columns)


@given(st.dictionaries(st.integers(), st.tuples(st.integers(), WORDS), max_size=5))
def test_what_json_changes_is_changed_before_it_counts(facts):
    assert canonical("t", {"f": json.loads(json.dumps(facts))}) == canonical("t", {"f": facts})


@given(RECORDS)
def test_the_order_of_columns_and_keys_does_not_matter(columns):
    turned = dict(reversed(columns.items()))
    assert canonical("t", {"f": turned}) == canonical("t", {"f": columns})
    assert canonical("t", turned) == canonical("t", columns)


@given(RECORDS, RECORDS)
def test_two_records_that_differ_have_two_digests(one, other):
    same = json.dumps({"f": one}, sort_keys=True) == json.dumps({"f": other}, sort_keys=True)
    assert (record_digest("t", {"f": one}) == record_digest("t", {"f": other})) is same


def test_two_tables_never_share_a_digest():
    assert record_digest("signature", {"id": 1}) != record_digest("repair", {"id": 1})


def test_a_link_says_all_of_itself_and_of_the_one_before():
    text = f'["{START}",1,1,"verification",7,"{"ab" * 32}"]'
    assert link_digest(START, LINK) == sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"body_id": 2},
        {"position": 2},
        {"subject": "certificate"},
        {"subject_id": 8},
        {"record_digest": "ac" * 32},
    ],
)
def test_nothing_of_a_link_changes_without_its_digest(change):
    assert link_digest(START, replace(LINK, **change)) != link_digest(START, LINK)


def test_a_link_behind_another_has_another_digest():
    assert link_digest("1" * 64, LINK) != link_digest(START, LINK)


def test_a_damaged_link_has_a_digest_too():
    held_by_sqlite: Any = b"\xff"
    damaged = replace(LINK, subject_id=held_by_sqlite)
    assert link_digest(START, damaged) != link_digest(START, LINK)


@given(
    st.text(min_size=1).filter(lambda code: code == code.strip() and code.isprintable()),
    st.integers(1, 10**17),
)
def test_a_noted_head_is_read_as_it_was_written(body, position):
    digest = "0123456789abcdef" * 4
    assert noted_head(note_head(body, position, digest)) == NotedHead(body, position, "0123456789abcdef")


def test_a_whole_digest_may_be_noted_too_and_blanks_around_it_do_no_harm():
    assert noted_head(f" 所:一:12:{'ab' * 32}\n") == NotedHead("所:一", 12, "ab" * 32)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "office",
        "office:5",
        "office:5:0123456789abcde",
        "office:5:0123456789ABCDEF",
        "office:0:0123456789abcdef",
        "office:-1:0123456789abcdef",
        "office:x:0123456789abcdef",
        f"office:{10**18}:0123456789abcdef",
        ":5:0123456789abcdef",
        f"office:5:{'0' * 65}",
    ],
)
def test_what_is_no_noted_head_is_refused_by_name(given):
    with pytest.raises(NotANotedHead) as refused:
        noted_head(given)
    assert refused.value.sentence("en") == (
        f"{given} is not a head of a history: "
        "it is noted as `verifier check` prints it, BODY:POSITION:DIGEST."
    )
