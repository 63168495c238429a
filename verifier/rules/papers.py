"""What stands on a certificate, a rejection notice, a test record and a label."""

from verifier.i18n import Worded, mark


class DocumentKind(Worded):
    CERTIFICATE = "certificate", mark("verification certificate")
    REJECTION_NOTICE = "rejection_notice", mark("rejection notice")
    TEST_RECORD = "test_record", mark("test record")
