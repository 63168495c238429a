"""Which papers and labels a door prints: asked for in an address or a command line, read, then let go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Query

from verifier import db
from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.operations.body_keys import bodies_without_key, keep_keys
from verifier.operations.journal import Doer
from verifier.queries.certificates import (
    CertificateFilter,
    certificate_row,
    count_papers,
    papers,
    papers_by_number,
)
from verifier.queries.districts import district_by_code
from verifier.queries.labels import labels
from verifier.queries.programmes import programme_row
from verifier.rules.access import Scope
from verifier.rules.papers import LABEL_SHEETS, DocumentKind, Label, Paper
from verifier.rules.practice import Practice

# So many somebody who waits before a screen gets at once; the command line takes as many as there are.
MOST_AT_ONCE = 2000


class TooManyPapers(Invalid):
    message = mark("{count} papers are too many for one answer, which holds at most {most}.")


class LabelSheetUnknown(Invalid):
    message = mark("There is no label sheet {sheet}; there are {sheets}.")


@dataclass(frozen=True, kw_only=True)
class PapersAsked:
    """The conditions on papers; every condition left out is no condition."""

    instrument: int | None = None
    verification: int | None = None
    holder: int | None = None
    district: Annotated[str | None, Query(description="Code of a district; its subtree")] = None
    programme: str | None = None
    document: DocumentKind | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    q: Annotated[str | None, Query(max_length=100, description="Part of number, serial or holder")] = None


def narrowed(session: db.Session, asked: PapersAsked) -> CertificateFilter:
    """The same with the numbers of what is named; raises a refusal where there is no such thing."""
    return CertificateFilter(
        instrument_id=asked.instrument,
        verification_id=asked.verification,
        holder_id=asked.holder,
        district_id=None if asked.district is None else district_by_code(session, asked.district).id,
        programme_id=None if asked.programme is None else programme_row(session, asked.programme).id,
        document=asked.document,
        issued_from=asked.issued_from,
        issued_to=asked.issued_to,
        q=asked.q,
    )


def papers_asked(
    sessions: db.Sessions,
    scope: Scope,
    asked: PapersAsked,
    *,
    on: date,
    most: int | None = MOST_AT_ONCE,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[Paper]:
    """The papers, read whole: while they are typeset no transaction is open. Raises TooManyPapers."""
    with db.reading(sessions) as session:
        wanted = narrowed(session, asked)
        count = _counted(session, scope, wanted, on, most)
        found: list[Paper] = []
        for paper in papers(session, scope, wanted, on=on):
            found.append(paper)
            progress(len(found), count)
        return found


def labels_asked(
    sessions: db.Sessions,
    scope: Scope,
    asked: PapersAsked,
    *,
    who: Doer,
    practice: Practice,
    most: int | None = MOST_AT_ONCE,
) -> list[Label]:
    """The labels of the certificates that are genuine today, read the same way.

    After the secret was changed a body signs with a new key, which is kept before anything is signed with it.
    """
    on = who.today
    with db.reading(sessions) as session:
        lacking = bodies_without_key(session, practice.secret)
    if lacking:
        with db.transaction(sessions) as session:
            keep_keys(session, lacking, practice.secret, who=who)
    with db.reading(sessions) as session:
        wanted = narrowed(session, asked)
        _counted(session, scope, wanted, on, most)
        return labels(session, scope, wanted, on=on, base_url=practice.base_url, secret=practice.secret)


def _counted(session: db.Session, scope: Scope, wanted: CertificateFilter, on: date, most: int | None) -> int:
    count = count_papers(session, scope, wanted, on=on)
    if most is not None and count > most:
        raise TooManyPapers(count=count, most=most)
    return count


def paper_of(sessions: db.Sessions, number: str, scope: Scope, *, on: date) -> Paper:
    """One paper as it was issued; raises CertificateUnknown, or OutsideScope."""
    with db.reading(sessions) as session:
        row = certificate_row(session, number, scope, on=on)
        return papers_by_number(session, [row.id])[number]


def check_sheet(name: str) -> str:
    """The name of a label sheet; raises LabelSheetUnknown."""
    if name not in LABEL_SHEETS:
        raise LabelSheetUnknown(sheet=name, sheets=", ".join(LABEL_SHEETS))
    return name
