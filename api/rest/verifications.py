"""Verifications: recorded once, never changed, superseded by a later record."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response

from api.deps import InstallationPractice, Paged, Reading, Today, Transaction, acts, needs
from api.idempotency import Created, Once
from api.language import Language
from api.papers import attachment
from api.strict import rest_router
from verifier.dcc.certificate import write_dcc
from verifier.i18n import say
from verifier.operations.certificates import Issued
from verifier.operations.journal import Doer
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.districts import district_by_code
from verifier.queries.paging import Page, page_by_number
from verifier.queries.programmes import programme_row
from verifier.queries.results import result_of
from verifier.queries.verifications import (
    VerificationFilter,
    VerificationRow,
    verification_row,
    verifications,
)
from verifier.rules.access import Caller, Right
from verifier.rules.results import Result
from verifier.rules.verdict import Outcome

router = rest_router("verifications")


class XmlResponse(Response):
    media_type = "application/xml"


@dataclass(frozen=True)
class RecordedJson:
    id: int
    instrument_id: int
    instrument_code: str
    verdict: Outcome
    valid_until: date | None
    tariff_fen: int | None
    fee_waived_fen: int | None
    # Where one signature is enough, the paper is there at once.
    certificate: Issued | None
    # What the record stands without, in the caller's language.
    warnings: list[str]


def _filter(
    session: Reading,
    instrument: int | None = None,
    holder: int | None = None,
    district: Annotated[str | None, Query(description="Code of a district; its subtree")] = None,
    programme: str | None = None,
    outcome: Outcome | None = None,
    performed_from: date | None = None,
    performed_to: date | None = None,
    counts: Annotated[bool | None, Query(description="Not superseded, or superseded")] = None,
) -> VerificationFilter:
    return VerificationFilter(
        instrument_id=instrument,
        holder_id=holder,
        district_id=None if district is None else district_by_code(session, district).id,
        programme_id=None if programme is None else programme_row(session, programme).id,
        outcome=outcome,
        performed_from=performed_from,
        performed_to=performed_to,
        counts=counts,
    )


@router.get("")
def records(
    session: Reading,
    caller: Annotated[Caller, needs(Right.READ_REGISTER)],
    wanted: Annotated[VerificationFilter, Depends(_filter)],
    paging: Paged,
    today: Today,
) -> Page[VerificationRow]:
    """List the records in the caller's scope, the newest first."""

    def fetch(before: int | None, limit: int) -> list[VerificationRow]:
        return verifications(session, caller.scope, wanted, on=today, before=before, limit=limit)

    return page_by_number(paging, fetch, number=lambda row: row.id)


Reader = Annotated[Caller, needs(Right.READ_REGISTER)]


# Before `/{number}`, which would take the ending for a part of the number.
@router.get("/{number}.json")
def result(number: int, session: Reading, caller: Reader, today: Today) -> Result:
    """One record complete: instrument, rules, readings, judgement, people, standards, paper, history."""
    return result_of(session, number, caller.scope, on=today)


@router.get("/{number}/dcc", response_class=XmlResponse)
def calibration_certificate(number: int, session: Reading, caller: Reader, today: Today) -> Response:
    """The same as a Digital Calibration Certificate (DCC) of PTB, where something was measured."""
    found = result_of(session, number, caller.scope, on=today)
    written = write_dcc(found)
    # Written, so there is a paper and its number.
    name = found.certificate.number if found.certificate else str(number)
    return XmlResponse(written, headers=attachment(f"{name}.xml"))


@router.get("/{number}")
def record(
    number: int, session: Reading, caller: Annotated[Caller, needs(Right.READ_REGISTER)], today: Today
) -> VerificationRow:
    """Show one record."""
    return verification_row(session, number, caller.scope, on=today)


@router.post("", status_code=201, response_model=RecordedJson)
def add(
    command: RecordVerification,
    session: Transaction,
    who: Annotated[Doer, acts(Right.RECORD)],
    answers: Once,
    practice: InstallationPractice,
    language: Language,
) -> Response:
    """Record a verification: readings are judged; without any, the outcome is taken as stated."""

    def deed() -> Created[RecordedJson]:
        recorded = record_verification(session, command, who=who, practice=practice)
        said = RecordedJson(
            id=recorded.id,
            instrument_id=recorded.instrument_id,
            instrument_code=recorded.instrument_code,
            verdict=recorded.verdict,
            valid_until=recorded.valid_until,
            tariff_fen=recorded.tariff_fen,
            fee_waived_fen=recorded.fee_waived_fen,
            certificate=recorded.certificate,
            warnings=[say(warning, language) for warning in recorded.warnings],
        )
        return Created(said, f"{router.prefix}/{recorded.id}")

    return answers.once(session, command, deed)
