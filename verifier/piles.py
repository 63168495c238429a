"""Many papers in one PDF: set part by part in processes of their own, which bounds the memory it takes."""

import io
import multiprocessing
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from pypdf import PdfWriter

from verifier.documents import NothingToPrint, find_fonts, print_papers
from verifier.rules.papers import Paper

# Typst needs some 2 MB a paper while it sets them, and gives them back with the process.
_PART = 100
# What it has set before it remembers, which is no use here.
_PARTS_A_PROCESS = 3


def print_pile(
    papers: Sequence[Paper],
    font_path: Path | None,
    progress: Callable[[int, int], None],
    *,
    part: int = _PART,
) -> bytes:
    """One PDF with all papers in their order; `progress` hears done and all.

    `part` papers are set at a time. A pile of one part is the very file `print_papers` makes. Raises
    NothingToPrint and FontMissing.
    """
    if not papers:
        raise NothingToPrint
    fonts = find_fonts(font_path)
    parts = [papers[start : start + part] for start in range(0, len(papers), part)]
    if len(parts) == 1:
        content = print_papers(papers, fonts)
        progress(len(papers), len(papers))
        return content
    return _joined(parts, font_path, progress)


def _joined(
    parts: Sequence[Sequence[Paper]], font_path: Path | None, progress: Callable[[int, int], None]
) -> bytes:
    """The first part lends the whole its catalogue: title, language, colours, the claim to be PDF/A."""
    done, everything = 0, sum(map(len, parts))
    context = multiprocessing.get_context("spawn")
    workers = min(len(parts), os.cpu_count() or 1)
    print_part = partial(_print_part, font_path, everything)
    with context.Pool(workers, maxtasksperchild=_PARTS_A_PROCESS) as pool:
        printed = pool.imap(print_part, parts)
        pile = PdfWriter(clone_from=io.BytesIO(next(printed)))
        done += len(parts[0])
        progress(done, everything)
        for part, content in zip(parts[1:], printed, strict=True):
            pile.append(io.BytesIO(content), import_outline=False)
            done += len(part)
            progress(done, everything)
    written = io.BytesIO()
    pile.write(written)
    return written.getvalue()


def _print_part(font_path: Path | None, pile: int, papers: Sequence[Paper]) -> bytes:
    return print_papers(papers, find_fonts(font_path), pile=pile)
