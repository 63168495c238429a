"""The queue of records that wait for a checker or an approver, signed many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import InstallationPractice, OpenSessions, Reading, Today, acts, needs
from api.forms import Typed
from api.language import Language
from api.pages.results import signer_options
from api.pages.showing import asked, listing, show
from verifier import db
from verifier.errors import VerifierError
from verifier.operations.admission import person_acting
from verifier.operations.journal import Doer
from verifier.operations.signatures import PaperIssued, SignedAlready, SignRecord, sign_record
from verifier.queries.districts import district_by_code
from verifier.queries.programmes import programme_row, programmes
from verifier.queries.records import judged_as_left
from verifier.queries.signatures import (
    WaitingFilter,
    WaitingRow,
    count_waiting,
    queue_of,
    signatures_of,
    waiting,
)
from verifier.rules.access import Caller, Right
from verifier.rules.judgement import ItemResult, ItemVerdict, Judgement
from verifier.rules.practice import Practice
from verifier.rules.signing import SigningRole, roles_needed
from verifier.rules.verdict import Outcome
from verifier.rules.worst import Worst, worst_point

router = APIRouter(include_in_schema=False)

Signer = Annotated[Caller, needs(Right.RECORD)]
# As many as a page shows, twice: nobody signs by hand what he has not seen.
_MOST_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class QueueAsked:
    """What the address says."""

    turn: SigningRole | None = None
    district: str | None = None
    programme: str | None = None
    performed_on: date | None = None
    outcome: Outcome | None = None
    after: int | None = None


@dataclass(frozen=True)
class Waiting:
    """A row with what a checker looks at first."""

    row: WaitingRow
    failed: Sequence[ItemResult]
    worst: Worst | None

    @property
    def ticked(self) -> str:
        """Which record, and as whose signature it was looked at."""
        return f"{self.row.id}.{self.row.turn or ''}"


@dataclass(frozen=True)
class Group:
    """What one holder had verified on one day; failures first."""

    performed_on: date
    holder_id: int
    holder_name: str
    district_name: str
    waiting: Sequence[Waiting]


@router.get("/signatures")
def queue(
    request: Request, session: Reading, caller: Signer, today: Today, practice: InstallationPractice
) -> Response:
    form = asked(QueueAsked, request)
    wanted = form.command or QueueAsked()
    narrowed = WaitingFilter(
        turn=wanted.turn,
        district_id=None if wanted.district is None else district_by_code(session, wanted.district).id,
        programme_id=None if wanted.programme is None else programme_row(session, wanted.programme).id,
        performed_on=wanted.performed_on,
        outcome=wanted.outcome,
    )
    own = queue_of(session, caller, signatures=practice.signatures)
    rows = listing(
        request,
        "after",
        lambda limit: waiting(session, own, narrowed, on=today, after=wanted.after, limit=limit),
    )
    return show(
        request,
        "signatures/queue.html",
        today,
        status=form.status,
        form=form,
        listing=rows,
        groups=_groups(rows.rows, judged_as_left(session, [row.id for row in rows.rows])),
        count=count_waiting(session, own, narrowed, on=today),
        turns=roles_needed(practice.signatures)[1:],
        outcomes=Outcome,
        programme_options=[(one.code, one.name) for one in programmes(session, caller.scope, on=today)],
        signer_options=signer_options(session, caller, on=today),
    )


def _groups(rows: Sequence[WaitingRow], judged: dict[int, Judgement]) -> list[Group]:
    found = []
    by_holder = sorted(rows, key=lambda row: (row.performed_on, row.holder_id, _is_pass(row), row.id))
    for (day, holder_id), of in groupby(by_holder, key=lambda row: (row.performed_on, row.holder_id)):
        members = [_waiting(row, judged.get(row.id)) for row in of]
        first = members[0].row
        found.append(Group(day, holder_id, first.holder_name, first.district_name, members))
    # The first of a group failed if any did.
    return sorted(found, key=lambda group: (_is_pass(group.waiting[0].row), group.performed_on))


def _is_pass(row: WaitingRow) -> bool:
    return row.outcome is Outcome.PASSED


def _waiting(row: WaitingRow, judged: Judgement | None) -> Waiting:
    if judged is None:
        return Waiting(row, (), None)
    failed = [item for item in judged.items if item.verdict is ItemVerdict.FAIL]
    return Waiting(row, failed, worst_point(judged))


@dataclass(frozen=True)
class Refused:
    verification_id: int
    sentence: str


@dataclass(frozen=True)
class Told:
    """What became of the records that were ticked."""

    signed: Sequence[int]
    # Numbers of papers that were issued with the last signature.
    issued: Sequence[str]
    # Signed by the same person before: the form was sent twice.
    earlier: Sequence[int]
    refused: Sequence[Refused]


@router.post("/signatures")
def sign_many(
    request: Request,
    sessions: OpenSessions,
    who: Annotated[Doer, acts(Right.RECORD)],
    practice: InstallationPractice,
    typed: Typed,
    language: Language,
) -> Response:
    """Each in its own transaction: one that is refused does not stop the others."""
    ticked = [str(text) for text in typed.getlist("shown" if typed.get("all") else "record")]
    chosen = str(typed.get("technician", ""))
    technician = int(chosen) if chosen.isdecimal() else None
    done = [_sign(sessions, text, technician, who, practice, language) for text in ticked[:_MOST_AT_ONCE]]
    told = Told(
        signed=[one.number for one in done if one.is_signed],
        issued=[one.paper for one in done if one.paper],
        earlier=[one.number for one in done if not one.is_signed and not one.why],
        refused=[Refused(one.number, one.why) for one in done if one.why],
    )
    return show(request, "signatures/told.html", who.today, told=told)


@dataclass(frozen=True)
class One:
    """What became of one record; neither signed nor refused: it was signed by the same person before."""

    number: int
    is_signed: bool = False
    paper: str = ""
    why: str = ""


def _sign(
    sessions: db.Sessions, ticked: str, technician: int | None, who: Doer, practice: Practice, language: str
) -> One:
    written, _, role = ticked.partition(".")
    number = int(written) if written.isdecimal() else 0
    as_seen = next((one for one in SigningRole if one.value == role), None)
    command = SignRecord(role=as_seen, technician=technician)
    try:
        with db.transaction(sessions) as session:
            done = sign_record(session, number, command, who=who, practice=practice)
    except (SignedAlready, PaperIssued) as refusal:
        own = _signed_before(sessions, number, technician, who)
        return One(number) if own else One(number, why=refusal.sentence(language))
    except VerifierError as refusal:
        return One(number, why=refusal.sentence(language))
    return One(number, is_signed=True, paper=done.certificate.number if done.certificate else "")


def _signed_before(sessions: db.Sessions, number: int, technician: int | None, who: Doer) -> bool:
    with db.reading(sessions) as session:
        person = person_acting(session, technician, who)
        return any(one.person_id == person.id for one in signatures_of(session, number))
