"""What a stranger may learn about a paper who has its number and the code beside it."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from verifier.db import Session
from verifier.models import Certificate, District, Revocation, Verification
from verifier.queries.certificates import failed_afterwards
from verifier.rules.certificates import CHECK_LENGTH, CertificateFacts
from verifier.rules.papers import Paper, paper_from_json

# What a code is compared with where there is no paper; no code that can be typed is the same.
_NO_CODE = "-" * CHECK_LENGTH


@dataclass(frozen=True)
class PublicPaper:
    """A paper as it was issued, and what became of it."""

    paper: Paper
    district_zh: str
    district_en: str
    revoked_on: date | None
    # When the record that took its place was entered.
    superseded_at: datetime | None
    failed_on: date | None

    def facts(self, superseded_on: date | None) -> CertificateFacts:
        """`superseded_on` is the office's day of `superseded_at`."""
        return CertificateFacts(
            document=self.paper.kind,
            valid_until=self.paper.valid_until,
            is_superseded=self.superseded_at is not None,
            superseded_on=superseded_on,
            revoked_on=self.revoked_on,
            failed_on=self.failed_on,
        )


def public_paper(session: Session, number: str, code: str) -> PublicPaper | None:
    """The paper with this number if the code is its own; None tells nothing about the number.

    Both ways take the same work until the code was right: the code alone is read and compared in a time that
    does not depend on where it differs.
    """
    kept = session.scalars(select(Certificate.check_code).where(Certificate.number == number)).one_or_none()
    is_right = hmac.compare_digest((kept or _NO_CODE).encode(), code.encode())
    return _paper(session, number) if is_right and kept is not None else None


def _paper(session: Session, number: str) -> PublicPaper:
    content, *more = session.execute(_statement().where(Certificate.number == number)).one()
    return PublicPaper(paper_from_json(content), *more)


def _statement() -> Select[*tuple[Any, ...]]:
    later = aliased(Verification)
    return (
        select(
            Certificate.content,
            District.name_zh,
            District.name_en,
            Revocation.revoked_on,
            later.recorded_at,
            failed_afterwards(),
        )
        .join(Verification, Verification.id == Certificate.verification_id)
        .join(District, District.id == Verification.district_id)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .outerjoin(later, later.supersedes_id == Verification.id)
    )
