"""Tables: columns and constraints; no behaviour."""

from verifier.models.account import Account, AnsweredRequest, ApiToken, SignIn
from verifier.models.base import Model
from verifier.models.catalogue import InstrumentKind, KindAlias, RegulationEdition, RegulationRules, Tariff
from verifier.models.certificate import Certificate, Revocation, Signature
from verifier.models.chain import ChainHead, ChainLink
from verifier.models.district import District, DistrictSuccessor
from verifier.models.holder import Holder
from verifier.models.instrument import Instrument
from verifier.models.job import JobLock, JobRun
from verifier.models.journal import JournalEntry
from verifier.models.message import CalendarFeed, Contact, Delivery, Message
from verifier.models.planning import (
    Absence,
    Kit,
    KitKind,
    KitStandard,
    OfficeDay,
    OpeningHours,
    Vehicle,
    WorkingHours,
    WorkNorm,
)
from verifier.models.programme import Enrolment, Funder, Programme
from verifier.models.staff import Body, BodyKey, BodyScope, Competence, Person
from verifier.models.standard import Standard, StandardCalibration
from verifier.models.verification import Examination, Repair, Verification, VerificationStandard
from verifier.models.visit import (
    Appointment,
    AppointmentInstrument,
    PlanRound,
    PlanStop,
    Visit,
    VisitInstrument,
    VisitPlan,
)

__all__ = [
    "Absence",
    "Account",
    "AnsweredRequest",
    "ApiToken",
    "Appointment",
    "AppointmentInstrument",
    "Body",
    "BodyKey",
    "BodyScope",
    "CalendarFeed",
    "Certificate",
    "ChainHead",
    "ChainLink",
    "Competence",
    "Contact",
    "Delivery",
    "District",
    "DistrictSuccessor",
    "Enrolment",
    "Examination",
    "Funder",
    "Holder",
    "Instrument",
    "InstrumentKind",
    "JobLock",
    "JobRun",
    "JournalEntry",
    "KindAlias",
    "Kit",
    "KitKind",
    "KitStandard",
    "Message",
    "Model",
    "OfficeDay",
    "OpeningHours",
    "Person",
    "PlanRound",
    "PlanStop",
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
    "Vehicle",
    "Verification",
    "VerificationStandard",
    "Visit",
    "VisitInstrument",
    "VisitPlan",
    "WorkNorm",
    "WorkingHours",
]
