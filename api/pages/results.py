"""One record as it was made: readings, errors and limits of each item, signatures, and its paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import OpenSessions, Reading
from api.forms import Form, Typed, bind, carry_out
from api.html import see_other
from api.pages.desk import Desk, ReaderDesk, RecorderDesk
from api.pages.showing import show
from verifier import db
from verifier.operations.signatures import SignRecord, sign_record
from verifier.queries.certificates import paper_of_verification
from verifier.queries.paging import MOST, Paging
from verifier.queries.papers import RecordOnPaper, record_on_paper, standards_on_paper
from verifier.queries.records import superseded_by
from verifier.queries.signatures import SignatureRow, signatures_of
from verifier.queries.staff import kept_by, technicians
from verifier.queries.verifications import VerificationRow, verification_row
from verifier.rules.access import RIGHTS, Caller, Right, Role
from verifier.rules.judgement import ItemResult, ItemVerdict, Judgement, judgement_from_json
from verifier.rules.signing import Decision, SigningRole, next_role

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Item:
    """An item as left, and as found where it was read twice."""

    left: ItemResult
    found: ItemResult | None

    @property
    def is_judged(self) -> bool:
        return self.left.verdict in (ItemVerdict.PASS, ItemVerdict.FAIL)


def items_of(left: Judgement | None, found: Judgement | None) -> list[Item]:
    """In the order of the regulation."""
    if left is None:
        return []
    before = {} if found is None else {item.key: item for item in found.items}
    return [Item(item, before.get(item.key)) for item in left.items]


@dataclass(frozen=True)
class Turn:
    """Whose signature a record waits for; `role` is None where only the paper is missing."""

    role: SigningRole | None


@dataclass(frozen=True)
class Standing:
    """What has become of a record since it was made."""

    given: Sequence[SignatureRow]
    certificate: str | None
    superseded_by: int | None
    # None: it waits for nobody.
    turn: Turn | None

    @property
    def returned(self) -> SignatureRow | None:
        return next((one for one in self.given if one.decision is Decision.RETURNED), None)


def standing_of(session: db.Session, number: int, *, signatures: int) -> Standing:
    given = signatures_of(session, number)
    certificate, later = paper_of_verification(session, number), superseded_by(session, number)
    is_returned = any(one.decision is Decision.RETURNED for one in given)
    if certificate is not None or later is not None or is_returned:
        return Standing(given, certificate, later, None)
    signed = frozenset({SigningRole.VERIFIER, *(one.role for one in given)})
    return Standing(given, certificate, later, Turn(next_role(signatures, signed)))


@router.get("/verifications/{number}")
def one(request: Request, number: int, session: Reading, desk: ReaderDesk) -> Response:
    return _shown(request, session, number, Form(), desk)


def _shown(
    request: Request, session: db.Session, number: int, form: Form[SignRecord], desk: Desk
) -> Response:
    row = verification_row(session, number, desk.caller.scope, on=desk.today)
    told = record_on_paper(session, number)
    left, found = _judged(told)
    standing = standing_of(session, number, signatures=desk.practice.signatures)
    return show(
        request,
        "verifications/one.html",
        desk.today,
        status=form.status,
        form=form,
        record=row,
        told=told,
        items=items_of(left, found),
        judged=left,
        is_read_twice=found is not None,
        standards=standards_on_paper(session, number),
        standing=standing,
        day_of=desk.day_of,
        may_sign=_may_sign(desk.caller, told, standing),
        signer_options=signer_options(session, desk.caller, on=desk.today),
        may_supersede=_may_supersede(desk.caller, row),
    )


def _judged(told: RecordOnPaper) -> tuple[Judgement | None, Judgement | None]:
    examination = told.examination
    if examination is None:
        return None, None
    found = examination.judged_as_found
    return judgement_from_json(examination.judged_as_left), None if found is None else judgement_from_json(
        found
    )


def _may_sign(caller: Caller, told: RecordOnPaper, standing: Standing) -> bool:
    """Whether it can be the caller's turn; nobody signs twice or what is the own work."""
    if standing.turn is None or Right.RECORD not in RIGHTS[caller.role]:
        return False
    if caller.body_id is not None and caller.body_id != told.record.body_id:
        return False
    signed = {told.record.verifier_id, *(one.person_id for one in standing.given)}
    return caller.role is not Role.TECHNICIAN or caller.person_id not in signed


def _may_supersede(caller: Caller, row: VerificationRow) -> bool:
    return Right.RECORD in RIGHTS[caller.role] and not row.is_superseded


def signer_options(session: db.Session, caller: Caller, *, on: date) -> list[tuple[int, str]]:
    """Whose signature it may be besides the caller's: a technician signs only as the own person."""
    if caller.role not in (Role.COORDINATOR, Role.ADMIN):
        return []
    people = technicians(session, Paging(limit=MOST), kept_by(caller, on=on)).items
    return [(person.id, f"{person.name} ({person.body})") for person in people]


@router.post("/verifications/{number}/sign")
def sign(request: Request, number: int, sessions: OpenSessions, desk: RecorderDesk, typed: Typed) -> Response:
    """Sign or return; a refusal is shown on the record's page, with what was typed."""
    form = bind(SignRecord, typed, desk.language)
    done = carry_out(
        sessions,
        form,
        lambda session, it: sign_record(session, number, it, who=desk.who, practice=desk.practice),
        desk.language,
    )
    if done is not None:
        return see_other(f"/verifications/{number}")
    with db.reading(sessions) as session:
        return _shown(request, session, number, form, desk)
