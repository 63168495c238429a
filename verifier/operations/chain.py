"""Tying what was recorded into the history of its body, last before the commit."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import bindparam, insert, inspect, or_, select, text, update

from verifier import db
from verifier.db import Session
from verifier.models import Body, ChainHead, ChainLink, Model
from verifier.queries.history import Stored, tables_there, unlinked
from verifier.queries.staff import OFFICE, BodyUnknown
from verifier.rules.chain import START, Link, link_digest, record_digest

_PENDING = "verifier_chain"
# So many records that stood before are tied at a time.
_AT_A_TIME = 2000


def enchain(session: Session, record: Model, body_id: int | None = None) -> None:
    """Have a record of history tied into the chain of its body; None: the installation's own office.

    Call it once for each, right after `session.add`, in the order in which things happened. The link is
    made when the transaction ends; a record that is rolled back before leaves none.
    """
    session.info.setdefault(_PENDING, []).append((record, body_id))
    db.at_the_end(session, _PENDING, _link_pending)


def _link_pending(session: Session) -> None:
    session.flush()
    # What went with a savepoint has no identity any more.
    kept = [
        (record, body_id)
        for record, body_id in session.info.pop(_PENDING, [])
        if inspect(record).has_identity
    ]
    if kept:
        _link(session, [(body_id, stored_as(record)) for record, body_id in kept])


def stored_as(record: Model) -> Stored:
    """What a flushed record will be found to be when it is read again."""
    mapper = inspect(type(record))
    columns = {attribute.columns[0].name: getattr(record, attribute.key) for attribute in mapper.column_attrs}
    (key,) = mapper.primary_key_from_instance(record)
    return Stored(record.__tablename__, key, record_digest(record.__tablename__, columns))


def link_existing(session: Session) -> None:
    """Tie everything that stands without a link, table by table in the order of the keys.

    For what is written thousands at a time, and for an installation that had no chain yet. Never at a
    start: it would make genuine what somebody put in by hand.
    """
    _link_pending(session)
    for rows in tables_there(session).values():
        after = None
        while found := unlinked(session, rows, after=after, most=_AT_A_TIME):
            _link(session, found)
            after = found[-1][1].id


def _link(session: Session, records: Sequence[tuple[int | None, Stored]]) -> None:
    """Tie records behind the heads of their bodies, body by body in one order, so that nobody deadlocks."""
    office = _hold_bodies(session, {body_id for body_id, _ in records})
    by_body: dict[int, list[Stored]] = defaultdict(list)
    for body_id, stored in records:
        by_body[office if body_id is None else body_id].append(stored)
    links: list[dict[str, object]] = []
    heads: list[dict[str, object]] = []
    for body_id, added in sorted(by_body.items()):
        position, digest = _head(session, body_id)
        for stored in added:
            position += 1
            link = Link(body_id, position, stored.subject, stored.id, stored.digest)
            digest = link_digest(digest, link)
            links.append(vars(link) | {"digest": digest})
        heads.append({"chain": body_id, "last": position, "tied": digest})
    session.execute(insert(ChainLink), links)
    session.connection().execute(_NEW_HEAD, heads)


_NEW_HEAD = (
    update(ChainHead)
    .where(ChainHead.body_id == bindparam("chain"))
    .values(position=bindparam("last"), digest=bindparam("tied"))
)


def _hold_bodies(session: Session, wanted: set[int | None]) -> int:
    """The office's number, or 0 where it is not wanted; raises BodyUnknown where it is missing.

    Links refer to their body: whoever changes one is waited for now, with no head held yet.
    """
    codes = [Body.code == OFFICE] if None in wanted else []
    statement = (
        select(Body.code, Body.id)
        .where(or_(Body.id.in_(wanted - {None}), *codes))
        .order_by(Body.id)
        .with_for_update(read=True, key_share=True)
    )
    held = dict(session.execute(statement).all())
    if codes and OFFICE not in held:
        raise BodyUnknown(body=OFFICE)
    return held.get(OFFICE, 0)


def _head(session: Session, body_id: int) -> tuple[int, str]:
    """The newest position and digest of a body, locked; made where its history begins."""
    locked = (
        select(ChainHead.position, ChainHead.digest).where(ChainHead.body_id == body_id).with_for_update()
    )
    head = session.execute(locked).one_or_none()
    if head is None:
        # Two may begin at once; the second finds what the first made.
        session.execute(_BEGIN, {"body_id": body_id, "start": START})
        head = session.execute(locked).one()
    return head[0], head[1]


_BEGIN = text(
    "INSERT INTO chain_head (body_id, position, digest) VALUES (:body_id, 0, :start) ON CONFLICT DO NOTHING"
)
