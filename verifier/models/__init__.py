"""Tables: columns and constraints; no behaviour."""

from verifier.models.account import Account, AnsweredRequest, ApiToken, SignIn
from verifier.models.base import Model
from verifier.models.catalogue import InstrumentKind, KindAlias, RegulationEdition, RegulationRules, Tariff
from verifier.models.certificate import Certificate, Revocation, Signature
from verifier.models.chain import ChainHead, ChainLink
from verifier.models.district import District, DistrictSuccessor
from verifier.models.holder import Holder
from verifier.models.instrument import Instrument
from verifier.models.journal import JournalEntry
from verifier.models.programme import Enrolment, Funder, Programme
from verifier.models.staff import Body, BodyKey, BodyScope, Competence, Person
from verifier.models.standard import Standard, StandardCalibration
from verifier.models.verification import Examination, Repair, Verification, VerificationStandard

__all__ = [
    "Account",
    "AnsweredRequest",
    "ApiToken",
    "Body",
    "BodyKey",
    "BodyScope",
    "Certificate",
    "ChainHead",
    "ChainLink",
    "Competence",
    "District",
    "DistrictSuccessor",
    "Enrolment",
    "Examination",
    "Funder",
    "Holder",
    "Instrument",
    "InstrumentKind",
    "JournalEntry",
    "KindAlias",
    "Model",
    "Person",
    "Programme",
    "RegulationEdition",
    "RegulationRules",
    "Repair",
    "Revocation",
    "SignIn",
    "Signature",
    "Standard",
    "StandardCalibration",
    "Tariff",
    "Verification",
    "VerificationStandard",
]
