"""How the history of a body is tied together: the digest of a record, and of the link that holds it."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

from verifier.errors import Invalid
from verifier.i18n import mark

# What the first link of every chain carries in place of a digest before it.
START = "0" * 64
# So many digits of a digest are written down; nobody finds another history with the same ones.
_NOTED = 16
# A body's code may hold colons itself.
_NOTED_HEAD = re.compile(
    rf"(?P<body>.+):(?P<position>[1-9][0-9]{{0,17}}):(?P<digest>[0-9a-f]{{{_NOTED},64}})"
)


class NotANotedHead(Invalid):
    message = mark(
        "{given} is not a head of a history: it is noted as `verifier check` prints it, BODY:POSITION:DIGEST."
    )


@dataclass(frozen=True)
class Link:
    """One record's place in the history of a body; positions count from 1."""

    body_id: int
    position: int
    # Table and key of the record.
    subject: str
    subject_id: int
    record_digest: str


def canonical(table: str, columns: Mapping[str, object]) -> str:
    """A record as one line of JSON, the same for the same facts wherever they are stored.

    Keys are sorted, there are no blanks, what is not ASCII is escaped. Days are ISO; instants are UTC with
    microseconds; decimals keep their digits. Empty columns are left out, so that a column added later
    changes no older record.
    """
    given = {name: value for name, value in columns.items() if value is not None}
    # Read back once: what JSON itself changes (keys that are numbers, tuples) is changed before it counts.
    plain = json.loads(json.dumps(given, default=_plain))
    return json.dumps([table, plain], sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    message = f"{type(value).__name__} has no canonical form"
    raise TypeError(message)


def record_digest(table: str, columns: Mapping[str, object]) -> str:
    """SHA-256 of the record's canonical form, 64 hexadecimal digits."""
    return _sha256(canonical(table, columns))


def link_digest(previous: str, link: Link) -> str:
    """SHA-256 over the digest before it (START for the first) and everything the link says."""
    return _sha256(
        json.dumps(
            [previous, link.body_id, link.position, link.subject, link.subject_id, link.record_digest],
            separators=(",", ":"),
            # Only a damaged link says anything but texts and numbers, and must have a digest all the same.
            default=repr,
        )
    )


@dataclass(frozen=True)
class NotedHead:
    """What somebody wrote down of a history: it held this link then."""

    # The body's code.
    body: str
    position: int
    # The first 16 digits or more.
    digest: str


def note_head(body: str, position: int, digest: str) -> str:
    """BODY:POSITION:DIGEST with as much of the digest as is written down."""
    return f"{body}:{position}:{digest[:_NOTED]}"


def noted_head(given: str) -> NotedHead:
    """The same read again; raises NotANotedHead."""
    found = _NOTED_HEAD.fullmatch(given.strip())
    if found is None:
        raise NotANotedHead(given=given)
    return NotedHead(found["body"], int(found["position"]), found["digest"])


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()
