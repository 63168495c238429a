"""Which paper follows a verification."""

from verifier.rules.papers import DocumentKind
from verifier.rules.verdict import Outcome, Stage

_VERIFICATION_REGULATION = "JJG"


def document_of(
    outcome: Outcome, stage: Stage, *, regulation: str | None, is_tested_only: bool
) -> DocumentKind:
    """The paper for such a result.

    A certificate or a rejection notice needs a verification regulation (JJG) that was applied, and a
    verification: an in-service inspection is none. Everything else is a test record.
    """
    by_regulation = regulation is not None and regulation.startswith(_VERIFICATION_REGULATION)
    if not by_regulation or is_tested_only or stage is Stage.IN_SERVICE:
        return DocumentKind.TEST_RECORD
    return DocumentKind.CERTIFICATE if outcome is Outcome.PASSED else DocumentKind.REJECTION_NOTICE
