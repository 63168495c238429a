"""Piles of papers: set part by part, and one PDF in the end."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from tests.papers import CERTIFICATE
from verifier.documents import NothingToPrint, find_fonts, print_papers
from verifier.piles import print_pile

FIVE = [replace(CERTIFICATE, number=f"TC2026-LX-00000{count}") for count in range(1, 6)]


def heard():
    said: list[tuple[int, int]] = []
    return said, lambda done, everything: said.append((done, everything))


@pytest.fixture(scope="module")
def pile():
    said, progress = heard()
    return print_pile(FIVE, None, progress, part=2), said


def test_a_pile_holds_every_paper_in_its_order_each_with_its_own_pages(pile):
    reader = PdfReader(io.BytesIO(pile[0]))
    a_paper = len(PdfReader(io.BytesIO(print_papers(FIVE[:1], find_fonts()))).pages)
    assert len(reader.pages) == 5 * a_paper
    for place, paper in enumerate(FIVE):
        pages = [reader.pages[place * a_paper + page].extract_text() for page in range(a_paper)]
        assert all(paper.number in page for page in pages)
        assert f"第1页 共{a_paper}页" in pages[0]


def test_the_whole_pile_says_how_many_it_holds_and_still_claims_to_be_for_keeping(pile):
    reader = PdfReader(io.BytesIO(pile[0]))
    metadata, xmp = reader.metadata, reader.xmp_metadata
    assert metadata is not None
    assert xmp is not None
    assert metadata.title == "检定文书 5份"
    claim = xmp.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in claim
    assert "检定文书 5份" in claim
    assert "/OutputIntents" in reader.root_object


def test_whoever_waits_hears_how_far_it_is(pile):
    assert pile[1] == [(2, 5), (4, 5), (5, 5)]


def test_a_pile_of_one_part_is_the_very_same_file():
    said, progress = heard()
    assert print_pile(FIVE[:2], None, progress, part=2) == print_papers(FIVE[:2], find_fonts())
    assert said == [(2, 2)]


def test_an_empty_pile_is_refused():
    with pytest.raises(NothingToPrint):
        print_pile([], None, lambda _done, _all: None)
