"""What stands on labels: certificates of instruments that passed, as long as they are worth something."""

from datetime import date

from verifier.db import Session
from verifier.queries.certificates import CertificateFilter, CertificateRow, certificates, papers_by_number
from verifier.rules.access import Scope
from verifier.rules.certificates import CertificateState
from verifier.rules.labels import LabelFacts, label_text, last_four, short_model
from verifier.rules.papers import DocumentKind, Label, Paper
from verifier.sealing import seal


def labels(
    session: Session, scope: Scope, wanted: CertificateFilter, *, on: date, base_url: str, secret: bytes
) -> list[Label]:
    """A label for each certificate that is genuine on the day, in the order of their numbers.

    `secret` is what the bodies' keys are derived from; whoever issued the papers kept the public ones.
    """
    rows = [
        row
        for row in certificates(session, scope, wanted, on=on)
        if row.document is DocumentKind.CERTIFICATE and row.state(on) is CertificateState.GENUINE
    ]
    found = papers_by_number(session, [row.id for row in rows])
    return [_label(row, found[row.number], base_url, secret) for row in reversed(rows)]


def _label(row: CertificateRow, paper: Paper, base_url: str, secret: bytes) -> Label:
    facts = LabelFacts(
        number=row.number,
        instrument_code=row.instrument_code,
        kind=row.kind,
        model=short_model(paper.instrument.model),
        serial_last4=last_four(row.serial),
        performed_on=row.performed_on,
        valid_until=row.valid_until,
        body=row.body,
    )
    return Label(
        number=row.number,
        instrument_code=row.instrument_code,
        kind_name=paper.instrument.name_zh,
        model=facts.model,
        serial_last4=facts.serial_last4,
        valid_until=row.valid_until,
        performed_on=row.performed_on,
        body_name=paper.body.name,
        qr_text=label_text(base_url, row.number, row.check_code, seal(secret, facts)),
    )
