"""The table of test_access.py: who gets in where, and the world it is walked in.

To add a route, add a Row. Who is not named in `gets_in` is kept out: nobody signed in gets 401 (at a page:
the way to /sign-in), everybody else 403, or 404 where the thing itself lies outside the scope. Whoever gets
in may still be told that it is not possible now (409, 412, 422). A text `<name>` in a row stands for
`things["name"]` of `fill_world`, `<caller>` for the caller's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from tests.factories import make_holder, make_instrument, make_person, office, office_body
from tests.planned import a_round, a_stop, an_empty_plan
from verifier.db import Session
from verifier.models import Delivery, Holder, Instrument, Person
from verifier.operations.accounts import AddAccount, add_account, issue_token
from verifier.operations.appointments import AskForVisit, ask_for_visit
from verifier.operations.calendar_feeds import Reader as CalendarReader
from verifier.operations.calendar_feeds import make_feed
from verifier.operations.calibrations import AddCalibration, AddStandard, add_calibration, add_standard
from verifier.operations.contacts import SetContact, set_contact
from verifier.operations.enrolments import AddEnrolment, add_enrolment
from verifier.operations.journal import Doer
from verifier.operations.messages import Post, post
from verifier.operations.plans import save_plan
from verifier.operations.programmes import CreateProgramme, create_programme
from verifier.operations.signatures import SignRecord, sign_record
from verifier.operations.staff import AddBody, add_body
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.operations.visits import MakeVisit, make_visit
from verifier.queries.accounts import token_id
from verifier.queries.calendar_feeds import feeds_of
from verifier.queries.contacts import Reader
from verifier.queries.plans import rounds_of
from verifier.rules.access import Role
from verifier.rules.appointments import AskedBecause
from verifier.rules.entitlement import ProgrammeKind
from verifier.rules.messages import Channel, DeliveryStatus, MessageKind
from verifier.rules.practice import Practice
from verifier.rules.unsubscribing import unsubscribe_token
from verifier.rules.verdict import Outcome
from verifier.secret_key import secret_key
from verifier.settings import Settings

API = "/api/v1"
TAICANG, KUNSHAN = "320585", "320583"

# The callers and the scope of each. The world lies in Taicang and belongs to the office and to one holder.
CALLERS: Mapping[str, tuple[Role, Mapping[str, str]]] = {
    "admin": (Role.ADMIN, {}),
    "coordinator": (Role.COORDINATOR, {"district": TAICANG}),
    "other-coordinator": (Role.COORDINATOR, {"district": KUNSHAN, "body_id": "<other body>"}),
    "official": (Role.OFFICIAL, {"district": TAICANG}),
    "other-official": (Role.OFFICIAL, {"district": KUNSHAN}),
    "technician": (Role.TECHNICIAN, {}),
    "other-technician": (Role.TECHNICIAN, {"body_id": "<other body>"}),
    "holder": (Role.HOLDER, {"holder_id": "<holder>"}),
    "other-holder": (Role.HOLDER, {"holder_id": "<other holder>"}),
}
SIGNED_IN = frozenset(CALLERS)
ANYBODY = SIGNED_IN | {"nobody"}
ADMIN = frozenset({"admin"})
COORDINATORS = frozenset({"coordinator", "other-coordinator"})
TECHNICIANS = frozenset({"technician", "other-technician"})
OFFICIALS = frozenset({"official", "other-official"})
# Whose scope the world lies in.
INSIDE = frozenset({"admin", "coordinator", "official", "technician", "holder"})


@dataclass(frozen=True)
class Row:
    method: str
    # As the route is registered.
    path: str
    gets_in: frozenset[str]
    # What stands in the path's braces.
    at: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    # The content of a file uploaded as `file`.
    file: str | None = None


def fill_world(session: Session, today: date) -> dict[str, object]:
    """What the rows speak of; what is called other lies in Kunshan."""
    who = office(today)
    account = add_account(session, AddAccount(name="somebody", role=Role.TECHNICIAN), who=who)
    token = issue_token(session, account, who)
    other_body = add_body(
        session, AddBody(code="kunshan", name="昆山市计量测试所", district=KUNSHAN), who=who
    )
    holder, other_holder = make_holder(session), make_holder(session, district_code="320583100")
    instrument, verifier = make_instrument(session, holder), make_person(session)
    plan = CreateProgramme(
        code="walk",
        name="太仓",
        kind=ProgrammeKind.MANDATORY_FREE,
        starts_on=today.replace(month=1, day=1),
        ends_on=today.replace(month=12, day=31),
        district=TAICANG,
    )
    create_programme(session, plan, who=who)
    promise = AddEnrolment(programme="walk", instrument_id=instrument.id, reason="found")
    record = RecordVerification(
        instrument_id=instrument.id,
        performed_on=today,
        outcome=Outcome.PASSED,
        technician=verifier.id,
        standards=["W1"],
    )
    standard = add_standard(session, AddStandard(code="W1", name="标准砝码", unit="kg"), who=who)
    calibration = AddCalibration(
        certificate_no="W-1", calibrated_on=today, valid_until=today, weight_class="M1"
    )
    add_calibration(session, standard, calibration, who=who)
    waiting = record_verification(session, record, who=who).id
    papered = replace(record, instrument_id=make_instrument(session, holder).id)
    signed = sign_record(
        session,
        record_verification(session, papered, who=who).id,
        SignRecord(technician=make_person(session).id),
        who=who,
        practice=Practice(signatures=2),
    )
    assert signed.certificate is not None
    told = _told_things(session, holder, who)
    return (
        told
        | _plan_things(session, holder, instrument, verifier, who)
        | {
            "instrument": instrument.id,
            "enrolment": add_enrolment(session, promise, who=who).id,
            "verification": waiting,
            "paper": signed.certificate.number,
            "account": account.id,
            "token": token_id(session, token),
            "technician": verifier.id,
            "standard": standard.id,
            "holder": holder.id,
            "other body": other_body.id,
            "other holder": other_holder.id,
        }
    )


def _told_things(session: Session, holder: Holder, who: Doer) -> dict[str, object]:
    """A request of the holder's, a message that was given up on its way, and the way out of reminders."""
    reader = Reader(holder_id=holder.id)
    command = SetContact(email="walk@example.org", channels=(Channel.EMAIL,))
    contact = set_contact(session, reader, command, who=who)
    facts: dict[str, object] = {"unit": holder.name, "ending": []}
    post(session, Post("walk", MessageKind.DUE_REMINDER, who.today, facts, holder_id=holder.id), who=who)
    mailed = session.scalars(select(Delivery).where(Delivery.channel == Channel.EMAIL)).one()
    mailed.status = DeliveryStatus.FAILED
    asked = AskForVisit(because=AskedBecause.NEW_INSTRUMENT, holder_id=holder.id, wish="new")
    return {
        "request": ask_for_visit(session, asked, who=who, answer_days=20).id,
        "message": mailed.message_id,
        "delivery": mailed.id,
        "way out": unsubscribe_token(secret_key(Settings(_env_file=None)), contact.id),
    }


def _plan_things(
    session: Session, holder: Holder, instrument: Instrument, verifier: Person, who: Doer
) -> dict[str, object]:
    """A draft, a visit, and two calendars of the holder: one to be taken back, one to be read."""
    today = who.today
    body = office_body(session)
    stop = a_stop(holder.id, (instrument.id,), 540)
    draft = replace(an_empty_plan(body.id, today), rounds=[a_round(verifier.id, today, stop)])
    draft_id = save_plan(session, draft, who=who).id
    (drafted,) = rounds_of(session, draft_id)
    visit = MakeVisit(
        body_id=body.id, holder_id=holder.id, person_id=verifier.id, day=today, starts=540, ends=570
    )
    make_feed(session, CalendarReader(holder.id, None), who=who)
    secret = make_feed(session, CalendarReader(holder.id, None), who=who)
    return {
        "plan": draft_id,
        "round": drafted.id,
        "stop": drafted.stops[0].id,
        "visit": make_visit(session, visit, who=who).id,
        "secret": secret,
        "feed": feeds_of(session, holder.id, None)[0].id,
    }


_ANY_VERSION = {"If-Match": "*"}
_ACCOUNT = {"account_id": "<account>"}
_COMPETENCE = {"kind": "bp_auto", "valid_from": "2026-01-01", "valid_until": "2030-12-31"}

HEALTH = [
    Row("GET", "/healthz", ANYBODY),
    Row("GET", "/readyz", ANYBODY),
    Row("GET", "/api/openapi.json", ANYBODY),
    Row("GET", "/api/docs", ANYBODY),
]
DOOR = [
    Row("GET", "/sign-in", ANYBODY),
    Row("POST", "/sign-in", ANYBODY, form={"name": "<caller>", "password": "not the password"}),
    Row("POST", "/sign-out", ANYBODY),
    Row("POST", "/language", ANYBODY, form={"language": "en"}),
]
PUBLIC = [
    Row("GET", "/c", ANYBODY),
    Row("GET", "/c/{number}", ANYBODY, {"number": "walk-1"}),
    Row("GET", "/check-label", ANYBODY),
    Row("GET", "/check-label/keys.json", ANYBODY),
    Row("GET", "/check-label/worker.js", ANYBODY),
]
FACTS = [
    Row("GET", f"{API}/catalogue", SIGNED_IN),
    Row("GET", f"{API}/catalogue/{{key}}", SIGNED_IN, {"key": "bp_auto"}),
    Row("GET", f"{API}/districts", SIGNED_IN),
    Row("GET", f"{API}/districts/{{code}}", SIGNED_IN, {"code": KUNSHAN}),
    Row("POST", f"{API}/districts", ADMIN, file="code,level,parent_code,name_zh\n"),
    Row("GET", f"{API}/regulations", SIGNED_IN),
    Row("GET", f"{API}/tariffs", SIGNED_IN),
    Row("POST", f"{API}/tariffs", ADMIN, file="kind,fee_yuan,effective_from,effective_to,document\n"),
]
STAFF = [
    Row("GET", f"{API}/bodies", SIGNED_IN),
    Row("GET", f"{API}/bodies/{{code}}", SIGNED_IN, {"code": "office"}),
    Row("GET", f"{API}/bodies/{{code}}/keys", SIGNED_IN, {"code": "office"}),
    Row("POST", f"{API}/bodies", ADMIN, json={"code": "<caller>", "name": "分所"}),
    Row(
        "PUT",
        f"{API}/bodies/{{code}}/scope",
        ADMIN,
        {"code": "office"},
        headers=_ANY_VERSION,
        json={"kinds": []},
    ),
    Row("GET", f"{API}/technicians", ADMIN | COORDINATORS),
    Row(
        "GET",
        f"{API}/technicians/{{technician_id}}",
        ADMIN | {"coordinator"},
        {"technician_id": "<technician>"},
    ),
    Row("POST", f"{API}/technicians", ADMIN | {"coordinator"}, json={"name": "<caller>"}),
    Row(
        "PUT",
        f"{API}/technicians/{{technician_id}}/approver",
        ADMIN | {"coordinator"},
        {"technician_id": "<technician>"},
        json={"is_approver": False},
    ),
    Row("PATCH", f"{API}/bodies/{{code}}", ADMIN, {"code": "office"}, headers=_ANY_VERSION, json={}),
]
INSTALLATION = [
    Row("GET", f"{API}/accounts", ADMIN),
    Row("GET", f"{API}/accounts/{{account_id}}", ADMIN, _ACCOUNT),
    Row("POST", f"{API}/accounts", ADMIN, json={"name": "made by <caller>", "role": "technician"}),
    Row("PUT", f"{API}/accounts/{{account_id}}/password", ADMIN, _ACCOUNT, json={"password": "long enough"}),
    Row("PUT", f"{API}/accounts/{{account_id}}/active", ADMIN, _ACCOUNT, json={"is_active": True}),
    Row("GET", f"{API}/accounts/{{account_id}}/tokens", ADMIN, _ACCOUNT),
    Row("POST", f"{API}/accounts/{{account_id}}/tokens", ADMIN, _ACCOUNT),
    Row("DELETE", f"{API}/accounts/{{account_id}}/tokens/{{token}}", ADMIN, {**_ACCOUNT, "token": "<token>"}),
    Row("GET", f"{API}/journal", ADMIN),
]
_AT = {
    name: {"number": f"<{name}>"}
    for name in (
        "instrument",
        "holder",
        "enrolment",
        "verification",
        "standard",
        "paper",
        "plan",
        "visit",
        "request",
    )
}
_PROGRAMME = {"code": "walk"}
_KEEPERS = ADMIN | {"coordinator"}
_READERS = ADMIN | {"coordinator", "official"}
_VISITED = _KEEPERS | {"holder"}
_RECORDERS = _KEEPERS | {"technician"}
_ROUND = {"day": "2026-05-01", "person_id": "<technician>"}
_REGISTER_FILE = "单位名称,器具名称,出厂编号\n"
_PLAN = {
    "code": "made-by-<caller>",
    "name": "太仓",
    "kind": "mandatory_free",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
    "district": TAICANG,
}
_CLINIC = {"name": "卫生室 <caller>", "kind": "village_clinic", "district": "320585103"}
_MADE = {"kind": "bp_auto", "serial": "of <caller>"}
_RECORD = {"performed_on": "2026-05-01", "outcome": "passed"}

REGISTER = [
    Row("GET", f"{API}/holders", SIGNED_IN),
    Row("GET", f"{API}/holders/{{number}}", INSIDE, _AT["holder"]),
    Row("POST", f"{API}/holders", _KEEPERS, json=_CLINIC),
    Row(
        "PATCH",
        f"{API}/holders/{{number}}",
        _KEEPERS,
        _AT["holder"],
        headers=_ANY_VERSION,
        json={"address": "x"},
    ),
    Row("GET", f"{API}/instruments", SIGNED_IN),
    Row("GET", f"{API}/instruments/{{number}}", INSIDE, _AT["instrument"]),
    Row("POST", f"{API}/instruments", _KEEPERS, json={**_MADE, "holder_id": "<holder>"}),
    Row(
        "POST",
        f"{API}/instruments/{{number}}/status",
        _KEEPERS,
        _AT["instrument"],
        headers=_ANY_VERSION,
        json={"status": "suspended", "reason": "x"},
    ),
    Row(
        "POST",
        f"{API}/instruments/import",
        _KEEPERS,
        query={"district": TAICANG},
        file=_REGISTER_FILE,
    ),
]
_SEES_STANDARDS = ADMIN | OFFICIALS | {"coordinator", "technician"}
_CALIBRATION = {
    "certificate_no": "<caller>",
    "calibrated_on": "2026-05-01",
    "valid_until": "2027-04-30",
    "error_absolute": "0.001",
}
STANDARDS = [
    Row("GET", f"{API}/standards", SIGNED_IN),
    Row("GET", f"{API}/standards/{{number}}", _SEES_STANDARDS, _AT["standard"]),
    Row("POST", f"{API}/standards", _KEEPERS, json={"code": "<caller>", "name": "压力计", "unit": "kPa"}),
    Row("POST", f"{API}/standards/{{number}}/calibrations", _KEEPERS, _AT["standard"], json=_CALIBRATION),
    Row("GET", f"{API}/standards/{{number}}/verdicts", _KEEPERS, _AT["standard"]),
    Row("GET", "/standards", SIGNED_IN),
    Row("GET", "/standards/new", ADMIN | COORDINATORS),
    Row("POST", "/standards/new", ADMIN | COORDINATORS, form={"code": ""}),
    Row("GET", "/standards/{number}", _SEES_STANDARDS, _AT["standard"]),
    Row("POST", "/standards/{number}/calibrations", _KEEPERS, _AT["standard"], form={"certificate_no": ""}),
]
PROGRAMMES = [
    Row("GET", f"{API}/plans", ADMIN | COORDINATORS),
    Row("GET", f"{API}/plans/{{number}}", _KEEPERS, _AT["plan"]),
    Row("GET", f"{API}/plans/{{number}}/faults", _KEEPERS, _AT["plan"]),
    Row("GET", f"{API}/plans/{{number}}/comparison", _KEEPERS, _AT["plan"]),
    Row(
        "POST",
        f"{API}/plans/{{number}}/edits",
        _KEEPERS,
        _AT["plan"],
        headers=_ANY_VERSION,
        json={"deed": "pin", "stop_id": "<stop>"},
    ),
    Row("POST", f"{API}/plans/{{number}}/discard", _KEEPERS, _AT["plan"], headers=_ANY_VERSION),
    Row("POST", f"{API}/plans/{{number}}/publish", _KEEPERS, _AT["plan"], headers=_ANY_VERSION),
    Row("GET", f"{API}/messages", SIGNED_IN),
    Row("POST", f"{API}/messages/{{number}}/read", frozenset({"holder"}), {"number": "<message>"}),
    Row("GET", f"{API}/contact", SIGNED_IN),
    Row("PUT", f"{API}/contact", SIGNED_IN, headers=_ANY_VERSION, json={"email": "x"}),
    Row("GET", f"{API}/holders/{{number}}/contact", _KEEPERS, _AT["holder"]),
    Row("PUT", f"{API}/holders/{{number}}/contact", _KEEPERS, _AT["holder"], headers=_ANY_VERSION, json={}),
    Row("GET", f"{API}/deliveries", ADMIN | COORDINATORS),
    Row("POST", f"{API}/deliveries/{{number}}/send-again", _KEEPERS, {"number": "<delivery>"}),
    Row("GET", f"{API}/appointments", SIGNED_IN),
    Row("GET", f"{API}/appointments/{{number}}", INSIDE, _AT["request"]),
    Row("POST", f"{API}/appointments", _VISITED, json={"because": "due", "holder_id": "<holder>"}),
    Row(
        "POST",
        f"{API}/appointments/{{number}}/accept",
        _KEEPERS,
        _AT["request"],
        headers=_ANY_VERSION,
        json={},
    ),
    Row(
        "POST",
        f"{API}/appointments/{{number}}/return",
        _KEEPERS,
        _AT["request"],
        headers=_ANY_VERSION,
        json={"reason": "x"},
    ),
    Row(
        "POST",
        f"{API}/appointments/{{number}}/schedule",
        _KEEPERS,
        _AT["request"],
        headers=_ANY_VERSION,
        json={"day": "2026-05-20", "starts": "09:00", "minutes": 30, "person_id": "<technician>"},
    ),
    Row("POST", f"{API}/appointments/{{number}}/cancel", _VISITED, _AT["request"], headers=_ANY_VERSION),
    Row("GET", f"{API}/visits", SIGNED_IN),
    Row("GET", f"{API}/visits/{{number}}", INSIDE, _AT["visit"]),
    Row("POST", f"{API}/visits/{{number}}/confirm", _VISITED, _AT["visit"], headers=_ANY_VERSION),
    Row(
        "POST",
        f"{API}/visits/{{number}}/ask-to-move",
        _VISITED,
        _AT["visit"],
        headers=_ANY_VERSION,
        json={"wanted": "x"},
    ),
    Row(
        "POST",
        f"{API}/visits/{{number}}/move",
        _KEEPERS,
        _AT["visit"],
        headers=_ANY_VERSION,
        json={"day": "2026-05-20", "starts": "09:00"},
    ),
    Row(
        "POST",
        f"{API}/visits/{{number}}/cancel",
        _KEEPERS,
        _AT["visit"],
        headers=_ANY_VERSION,
        json={"reason": "x"},
    ),
    Row("GET", f"{API}/programmes", SIGNED_IN),
    Row("GET", f"{API}/programmes/{{code}}", INSIDE, _PROGRAMME),
    Row("POST", f"{API}/programmes", _KEEPERS, json=_PLAN),
    Row("POST", f"{API}/programmes/{{code}}/enrolments", _KEEPERS, _PROGRAMME, json={"dry_run": True}),
    Row("POST", f"{API}/programmes/{{code}}/start", _KEEPERS, _PROGRAMME),
    Row("GET", f"{API}/programmes/{{code}}/completion", _READERS, _PROGRAMME),
    Row("GET", f"{API}/enrolments", SIGNED_IN),
    Row(
        "POST",
        f"{API}/enrolments",
        _KEEPERS,
        json={"programme": "walk", "instrument_id": "<instrument>", "reason": "x"},
    ),
    Row(
        "POST",
        f"{API}/enrolments/{{number}}/withdraw",
        _KEEPERS,
        _AT["enrolment"],
        json={"reason": "duplicate"},
    ),
    Row("GET", f"{API}/verifications", SIGNED_IN),
    Row("GET", f"{API}/verifications/{{number}}", INSIDE, _AT["verification"]),
    Row("GET", f"{API}/verifications/{{number}}.json", INSIDE, _AT["verification"]),
    Row("GET", f"{API}/verifications/{{number}}/dcc", INSIDE, _AT["verification"]),
    Row(
        "POST",
        f"{API}/verifications",
        _KEEPERS | {"technician"},
        json={**_RECORD, "instrument_id": "<instrument>", "standards": ["W1"]},
    ),
    Row("POST", f"{API}/programmes/{{code}}/close", _KEEPERS, _PROGRAMME),
]
PAGES = [
    Row("GET", "/", SIGNED_IN),
    Row("GET", "/plans", ADMIN | COORDINATORS),
    Row("GET", "/plans/{number}", _KEEPERS, _AT["plan"]),
    Row("GET", "/plans/{number}/comparison", _KEEPERS, _AT["plan"]),
    Row("GET", "/plans/{number}/rounds/{round_number}", _KEEPERS, _AT["plan"] | {"round_number": "<round>"}),
    Row("GET", "/plans/{number}/stops/{stop_number}", _KEEPERS, _AT["plan"] | {"stop_number": "<stop>"}),
    Row("POST", "/plans/{number}/edits", _KEEPERS, _AT["plan"], form={"deed": "pin", "stop_id": "<stop>"}),
    Row("POST", "/plans/{number}/publish", _KEEPERS, _AT["plan"]),
    Row("POST", "/plans/{number}/discard", _KEEPERS, _AT["plan"]),
    Row("GET", "/visits", SIGNED_IN),
    Row("GET", "/visits/{number}", INSIDE, _AT["visit"]),
    Row("POST", "/visits/{number}/confirm", _VISITED, _AT["visit"]),
    Row("POST", "/visits/{number}/ask-to-move", _VISITED, _AT["visit"], form={"wanted": ""}),
    Row("POST", "/visits/{number}/move", _KEEPERS, _AT["visit"], form={"day": ""}),
    Row("POST", "/visits/{number}/cancel", _KEEPERS, _AT["visit"], form={"reason": ""}),
    Row("GET", "/rounds", ADMIN | COORDINATORS | TECHNICIANS),
    Row("GET", "/rounds/{day}/{person_id}", _RECORDERS, _ROUND),
    Row("GET", "/rounds/{day}/{person_id}/sheet.pdf", _RECORDERS, _ROUND),
    Row("GET", "/rounds/{day}/{person_id}/round.ics", _RECORDERS, _ROUND),
    Row("GET", "/messages", SIGNED_IN),
    Row("POST", "/messages/{number}/read", frozenset({"holder"}), {"number": "<message>"}),
    Row("GET", "/contact", SIGNED_IN),
    Row("POST", "/contact", SIGNED_IN, form={"email": "x"}),
    Row("GET", "/reminders/end/{token}", ANYBODY, {"token": "<way out>"}),
    Row("POST", "/reminders/end/{token}", ANYBODY, {"token": "<way out>"}),
    Row("GET", "/appointments", SIGNED_IN),
    Row("GET", "/appointments/new", ADMIN | COORDINATORS | {"holder", "other-holder"}),
    Row("POST", "/appointments/new", ADMIN | COORDINATORS | {"holder", "other-holder"}, form={"because": ""}),
    Row("GET", "/appointments/{number}", INSIDE, _AT["request"]),
    Row("POST", "/appointments/{number}/accept", _KEEPERS, _AT["request"]),
    Row("POST", "/appointments/{number}/schedule", _KEEPERS, _AT["request"], form={"day": ""}),
    Row("POST", "/appointments/{number}/return", _KEEPERS, _AT["request"], form={"reason": ""}),
    Row("POST", "/appointments/{number}/cancel", _VISITED, _AT["request"]),
    Row("GET", "/calendar", SIGNED_IN - OFFICIALS),
    Row("POST", "/calendar", SIGNED_IN - OFFICIALS),
    Row("POST", "/calendar/{number}/revoke", frozenset({"holder"}), {"number": "<feed>"}),
    Row("GET", "/calendar/{language}/{secret}.ics", ANYBODY, {"language": "en", "secret": "<secret>"}),
    Row("GET", "/programmes", ADMIN | COORDINATORS | OFFICIALS),
    Row("GET", "/programmes/new", ADMIN | COORDINATORS),
    Row("POST", "/programmes/new", ADMIN | COORDINATORS, form={"code": ""}),
    Row("POST", "/programmes/{code}/preview", _KEEPERS, _PROGRAMME),
    Row("POST", "/programmes/{code}/enrol", _KEEPERS, _PROGRAMME),
    Row("POST", "/programmes/{code}/start", _KEEPERS, _PROGRAMME),
    Row("GET", "/programmes/{code}", _READERS, _PROGRAMME),
    Row("GET", "/programmes/{code}/completion.csv", _READERS, _PROGRAMME),
    Row("GET", "/programmes/{code}/completion.xlsx", _READERS, _PROGRAMME),
    Row("GET", "/verifications", SIGNED_IN),
    Row("GET", "/instruments/{number}/verifications/new", _KEEPERS | {"technician"}, _AT["instrument"]),
    Row(
        "POST",
        "/instruments/{number}/verifications/new",
        _KEEPERS | {"technician"},
        _AT["instrument"],
        form=_RECORD,
    ),
    Row("GET", "/import", ADMIN | COORDINATORS),
    Row("POST", "/import", _KEEPERS, form={"district": TAICANG}, file=_REGISTER_FILE),
    Row("GET", "/instruments", SIGNED_IN),
    Row("GET", "/instruments/{number}", INSIDE, _AT["instrument"]),
    Row("GET", "/holders", SIGNED_IN),
    Row("GET", "/holders/{number}", INSIDE, _AT["holder"]),
    Row("POST", "/programmes/{code}/close", _KEEPERS, _PROGRAMME),
]

_RECORDERS = ADMIN | COORDINATORS | TECHNICIANS
_RECORDS_HERE = _KEEPERS | {"technician"}
_REPAIR = {"repaired_on": "2026-05-01", "repairer": "<caller>", "work": "x"}
# Without a reason: it is asked for after who may decide.
_RETURN = {"decision": "returned"}
PAPERS = [
    Row("GET", f"{API}/regulations/{{code:path}}", SIGNED_IN, {"code": "GB/T 19634-2021"}),
    Row("POST", f"{API}/regulations", ADMIN, json={"toml": "no rules"}),
    Row("GET", f"{API}/instruments/{{number}}/examination", INSIDE, _AT["instrument"]),
    Row("GET", f"{API}/instruments/{{number}}/repairs", INSIDE, _AT["instrument"]),
    Row("POST", f"{API}/instruments/{{number}}/repairs", _RECORDS_HERE, _AT["instrument"], json=_REPAIR),
    Row("GET", f"{API}/signatures", _RECORDERS),
    Row("POST", f"{API}/signatures", _RECORDERS, json={**_RETURN, "verification_id": "<verification>"}),
    Row("GET", f"{API}/certificates", SIGNED_IN),
    Row("GET", f"{API}/certificates/bulk", SIGNED_IN),
    Row("GET", f"{API}/certificates/labels", SIGNED_IN),
    Row("GET", f"{API}/certificates/{{number}}", INSIDE, _AT["paper"]),
    Row("GET", f"{API}/certificates/{{number}}/pdf", INSIDE, _AT["paper"]),
    Row("POST", f"{API}/certificates/{{number}}/revoke", _KEEPERS, _AT["paper"], json={"reason": " "}),
    Row("POST", "/instruments/{number}/repairs", _RECORDS_HERE, _AT["instrument"], form=_REPAIR),
    Row("GET", "/verifications/{number}", INSIDE, _AT["verification"]),
    Row("POST", "/verifications/{number}/sign", _RECORDS_HERE, _AT["verification"], form=_RETURN),
    Row("GET", "/signatures", _RECORDERS),
    Row("POST", "/signatures", _RECORDERS, form={"record": "0."}),
    Row("GET", "/certificates", SIGNED_IN),
    Row("GET", "/certificates/papers.pdf", SIGNED_IN),
    Row("GET", "/certificates/papers.zip", SIGNED_IN),
    Row("GET", "/certificates/labels.pdf", SIGNED_IN),
    Row("GET", "/certificates/{number}", INSIDE, _AT["paper"]),
    Row("GET", "/certificates/{number}/paper.pdf", INSIDE, _AT["paper"]),
    Row("POST", "/certificates/{number}/revoke", _KEEPERS, _AT["paper"], form={"reason": " "}),
]

# Last: once one competence is recorded, only those who have one may verify.
COMPETENCES = [
    Row(
        "POST",
        f"{API}/technicians/{{technician_id}}/competences",
        ADMIN | {"coordinator"},
        {"technician_id": "<technician>"},
        json=_COMPETENCE,
    ),
]
# Last: whoever comes second finds it retired.
RETIRED = [
    Row("POST", "/standards/{number}/retire", _KEEPERS, _AT["standard"]),
    Row(
        "POST", f"{API}/standards/{{number}}/retire", _KEEPERS, _AT["standard"], headers=_ANY_VERSION, json={}
    ),
]

ROWS: list[Row] = [
    *HEALTH,
    *DOOR,
    *PUBLIC,
    *FACTS,
    *STAFF,
    *INSTALLATION,
    *REGISTER,
    *STANDARDS,
    *PROGRAMMES,
    *PAGES,
    *PAPERS,
    *COMPETENCES,
    *RETIRED,
]
