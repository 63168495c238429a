import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.papers import CERTIFICATE, NOTICE, RECORD
from verifier.rules.papers import (
    LABEL_SHEETS,
    DocumentKind,
    Paper,
    PaperItem,
    PaperPoint,
    PaperStandard,
    paper_from_json,
    paper_json,
)
from verifier.rules.verdict import Outcome

TEXT = st.text(max_size=20)


@pytest.mark.parametrize("paper", [CERTIFICATE, NOTICE, RECORD], ids=["certificate", "notice", "record"])
def test_a_paper_comes_back_out_of_json_as_it_was(paper: Paper):
    stored = json.loads(json.dumps(paper_json(paper)))

    assert paper_from_json(stored) == paper
    assert paper_json(paper_from_json(stored)) == stored


@given(
    number=TEXT,
    reasons=st.lists(TEXT, max_size=3),
    environment=st.lists(st.tuples(TEXT, TEXT), max_size=3),
    standards=st.lists(st.builds(PaperStandard, name=TEXT, valid_until=st.none() | st.dates()), max_size=3),
    items=st.lists(
        st.builds(
            PaperItem,
            name_zh=TEXT,
            verdict=TEXT,
            points=st.lists(st.builds(PaperPoint, reference=TEXT, unit=TEXT), max_size=3).map(tuple),
        ),
        max_size=3,
    ),
)
def test_whatever_stands_on_a_paper_is_kept_exactly(number, reasons, environment, standards, items):
    paper = replace(
        CERTIFICATE,
        number=number,
        failed_reasons=tuple(reasons),
        environment=tuple(environment),
        standards=tuple(standards),
        items=tuple(items),
        as_found=tuple(items),
    )
    assert paper_from_json(json.loads(json.dumps(paper_json(paper)))) == paper


def test_a_paper_from_before_a_field_was_there_is_still_a_paper():
    stored = paper_json(CERTIFICATE)
    del stored["fee_line"]

    assert paper_from_json(stored) == replace(CERTIFICATE, fee_line="")


def test_a_paper_that_says_what_nobody_knows_is_not_read_as_if_it_did_not():
    with pytest.raises(KeyError):
        paper_from_json({**paper_json(CERTIFICATE), "colour": "green"})


@pytest.mark.parametrize("paper", [NOTICE, RECORD], ids=["notice", "record"])
def test_only_a_certificate_says_until_when_it_is_valid(paper: Paper):
    with pytest.raises(ValueError, match="only a certificate"):
        replace(paper, valid_until=date(2027, 7, 9))


def test_no_certificate_says_failed_and_no_notice_passed():
    with pytest.raises(ValueError, match="verification certificate cannot say failed"):
        replace(CERTIFICATE, outcome=Outcome.FAILED)
    with pytest.raises(ValueError, match="rejection notice cannot say passed"):
        replace(NOTICE, outcome=Outcome.PASSED)
    assert replace(RECORD, outcome=Outcome.FAILED).kind is DocumentKind.TEST_RECORD


@pytest.mark.parametrize("sheet", LABEL_SHEETS.values(), ids=LABEL_SHEETS)
def test_the_stickers_of_a_sheet_lie_on_it(sheet):
    across = sheet.first[0] + sheet.columns * sheet.sticker[0] + (sheet.columns - 1) * sheet.gap[0]
    down = sheet.first[1] + sheet.rows * sheet.sticker[1] + (sheet.rows - 1) * sheet.gap[1]

    assert (across <= sheet.page[0], down <= sheet.page[1]) == (True, True)


def test_sheets_hold_as_many_stickers_as_they_are_sold_with():
    counts = {name: sheet.stickers for name, sheet in LABEL_SHEETS.items()}

    assert counts == {"a4-24": 24, "a4-14": 14, "roll-50x30": 1, "roll-40x30": 1}
