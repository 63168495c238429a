"""Walking the history of every body: is each record still what it was, each link where it was?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, groupby
from typing import Any

from sqlalchemy import Integer, Row, cast, or_, select

from verifier import db
from verifier.db import Session
from verifier.i18n import mark, say
from verifier.models import Body, ChainHead, ChainLink
from verifier.queries.history import BODY_OF, NAMES, StoredRows, has_no_link
from verifier.queries.staff import OFFICE
from verifier.rules.chain import START, Link, NotedHead, link_digest, note_head

# Rows are read in such portions, never all at once.
_AT_A_TIME = 1000


class Break(StrEnum):
    """What is wrong; of two at one place the first here is named."""

    LINK_MISSING = "link_missing"
    LINK_CHANGED = "link_changed"
    REMOVED = "removed"
    CHANGED = "changed"
    HEAD_CHANGED = "head_changed"
    PUT_IN = "put_in"


_SENTENCES = {
    Break.LINK_MISSING: mark(
        "{body}: the history has no record {position} where it should stand; "
        "it was removed together with its link."
    ),
    Break.LINK_CHANGED: mark(
        "{body}: record {position} of the history, {subject} {number}, does not follow from the one before; "
        "the link of one of the two was changed or put in."
    ),
    Break.REMOVED: mark("{body}: record {position} of the history, {subject} {number}, was removed."),
    Break.CHANGED: mark("{body}: record {position} of the history, {subject} {number}, was changed."),
    Break.HEAD_CHANGED: mark("{body}: the head of the history does not fit its last record, {position}."),
    Break.PUT_IN: mark("{body}: {subject} {number} was put in; no link of the history holds it."),
}
_RANK = {kind: rank for rank, kind in enumerate(Break)}


@dataclass(frozen=True)
class Broken:
    """The first place at which the history of a body does not hold."""

    # The body's code.
    body: str
    kind: Break
    # None for a record that stands in no chain.
    position: int | None
    # Table and key of the record; None where no link is left to tell.
    subject: str | None = None
    subject_id: int | None = None

    def sentence(self, language: str) -> str:
        name = say(NAMES.get(self.subject or "", self.subject or ""), language)
        facts = {"body": self.body, "position": self.position, "subject": name, "number": self.subject_id}
        return say(_SENTENCES[self.kind], language, facts)


@dataclass(frozen=True)
class Head:
    """The newest link of a body's history."""

    # The body's code.
    body: str
    # How many records the history has.
    position: int
    digest: str

    @property
    def noted(self) -> str:
        """As an office writes it down; rules/chain reads it again."""
        return note_head(self.body, self.position, self.digest)


@dataclass(frozen=True)
class Walked:
    # Of the bodies that have a history, by code.
    heads: tuple[Head, ...]
    # By code; of each body the first break in its chain, then the first record that stands beside it.
    broken: tuple[Broken, ...]


def walk(session: Session) -> Walked:
    """Compute every digest of every history again; two statements a table and two more."""
    heads: list[Head] = []
    with db.undecoded(session):
        codes = dict(session.execute(select(Body.id, Body.code)).all())
        broken = _firsts(_breaks(session, codes, heads))
    return Walked(tuple(sorted(heads, key=lambda head: head.body)), broken)


def holds(session: Session, head: NotedHead) -> bool:
    """Whether a head that was noted earlier is still a link of its body's history."""
    statement = (
        select(ChainLink.digest)
        .join(Body, Body.id == ChainLink.body_id)
        .where(Body.code == head.body, ChainLink.position == head.position)
    )
    digest = session.scalars(statement).one_or_none()
    return digest is not None and digest.startswith(head.digest)


def _firsts(found: Iterable[Broken]) -> tuple[Broken, ...]:
    firsts: dict[tuple[str, bool], Broken] = {}
    for broken in found:
        place = (broken.body, broken.position is None)
        if place not in firsts or _order(broken) < _order(firsts[place]):
            firsts[place] = broken
    return tuple(firsts[place] for place in sorted(firsts))


def _order(broken: Broken) -> tuple[int, int]:
    return broken.position or 0, _RANK[broken.kind]


def _breaks(session: Session, codes: Mapping[int, str], heads: list[Head]) -> Iterator[Broken]:
    """Every break there is; `heads` gets those that are stored."""
    for body_id, rows in groupby(_links(session), lambda row: int(row.of_body)):
        yield from _followed(codes[body_id], rows, heads)
    for table in BODY_OF:
        yield from _records(session, table, codes)
        yield from _beside(session, table, codes)


def _links(session: Session) -> Iterable[Row[Any]]:
    """Every link with the head of its body, in one statement: somebody may be adding to it."""
    statement = (
        select(
            Body.id.label("of_body"),
            # SQLite keeps a word where a number should be, and a word is no position.
            cast(ChainLink.position, Integer).label("position"),
            ChainLink.subject,
            ChainLink.subject_id,
            ChainLink.record_digest,
            ChainLink.digest,
            cast(ChainHead.position, Integer).label("head_position"),
            ChainHead.digest.label("head_digest"),
        )
        .outerjoin(ChainHead, ChainHead.body_id == Body.id)
        .outerjoin(ChainLink, ChainLink.body_id == Body.id)
        .where(or_(ChainHead.body_id.is_not(None), ChainLink.id.is_not(None)))
        .order_by(Body.id, ChainLink.position)
        .execution_options(yield_per=_AT_A_TIME)
    )
    return session.execute(statement)


def _followed(code: str, rows: Iterator[Row[Any]], heads: list[Head]) -> Iterator[Broken]:
    """The first link of a body that does not follow from the one before, if there is one."""
    first = next(rows)
    if first.head_position:
        heads.append(Head(code, first.head_position, first.head_digest))
    position, digest = 0, START
    for row in chain([first] if first.digest is not None else [], rows):
        if row.position != position + 1:
            yield Broken(code, Break.LINK_MISSING, position + 1)
            return
        position += 1
        link = Link(row.of_body, position, row.subject, row.subject_id, row.record_digest)
        digest = link_digest(digest, link)
        if digest != row.digest or row.subject not in BODY_OF:
            yield Broken(code, Break.LINK_CHANGED, position, row.subject, row.subject_id)
            return
    if (first.head_position or 0) > position:
        yield Broken(code, Break.LINK_MISSING, position + 1)
    elif (first.head_position, first.head_digest) != (position, digest):
        yield Broken(code, Break.HEAD_CHANGED, position)


def _records(session: Session, table: str, codes: Mapping[int, str]) -> Iterator[Broken]:
    """The linked records of a table that are not what they were, or not there."""
    rows = StoredRows(session, table)
    statement = (
        select(
            ChainLink.body_id,
            cast(ChainLink.position, Integer),
            ChainLink.subject_id,
            ChainLink.record_digest,
            *rows.columns,
        )
        .outerjoin(rows.table, rows.key == ChainLink.subject_id)
        .where(ChainLink.subject == table)
        .execution_options(yield_per=_AT_A_TIME)
    )
    found: Iterable[Sequence[Any]] = session.execute(statement)
    for body_id, position, number, digest, key, *values in found:
        kind = Break.REMOVED if key is None else Break.CHANGED
        if key is None or rows.digest(values) != digest:
            yield Broken(codes.get(body_id, str(body_id)), kind, position, table, number)


def _beside(session: Session, table: str, codes: Mapping[int, str]) -> Iterator[Broken]:
    """The records of a table that stand in no chain."""
    rows = StoredRows(session, table)
    statement = (
        select(BODY_OF[table], rows.key)
        .where(has_no_link(rows))
        .order_by(rows.key)
        .execution_options(yield_per=_AT_A_TIME)
    )
    found: Iterable[Sequence[Any]] = session.execute(statement)
    for body_id, number in found:
        yield Broken(codes.get(body_id, OFFICE), Break.PUT_IN, None, table, number)
