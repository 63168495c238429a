"""Tables: columns and constraints; no behaviour."""

from verifier.models.account import Account, AnsweredRequest, ApiToken, SignIn
from verifier.models.base import Model
from verifier.models.catalogue import InstrumentKind, KindAlias, RegulationEdition, Tariff
from verifier.models.district import District, DistrictSuccessor
from verifier.models.holder import Holder
from verifier.models.instrument import Instrument
from verifier.models.journal import JournalEntry
from verifier.models.programme import Enrolment, Funder, Programme
from verifier.models.staff import Body, BodyScope, Competence, Person
from verifier.models.verification import Verification

__all__ = [
    "Account",
    "AnsweredRequest",
    "ApiToken",
    "Body",
    "BodyScope",
    "Competence",
    "District",
    "DistrictSuccessor",
    "Enrolment",
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
    "SignIn",
    "Tariff",
    "Verification",
]
