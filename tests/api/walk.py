"""The table of test_access.py: who gets in where, and the world it is walked in.

To add a route, add a Row. Who is not named in `gets_in` is kept out: nobody signed in gets 401 (at a page:
the way to /sign-in), everybody else 403, or 404 where the thing itself lies outside the scope. Whoever gets
in may still be told that it is not possible now (409, 412, 422). A text `<name>` in a row stands for
`things["name"]` of `fill_world`, `<caller>` for the caller's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.factories import make_holder, make_instrument, make_person, office
from verifier.db import Session
from verifier.operations.accounts import AddAccount, add_account, issue_token
from verifier.operations.enrolments import AddEnrolment, add_enrolment
from verifier.operations.programmes import CreateProgramme, create_programme
from verifier.operations.staff import AddBody, add_body
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.accounts import token_id
from verifier.rules.access import Role
from verifier.rules.entitlement import ProgrammeKind
from verifier.rules.verdict import Outcome

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
        instrument_id=instrument.id, performed_on=today, outcome=Outcome.PASSED, technician=verifier.id
    )
    return {
        "instrument": instrument.id,
        "enrolment": add_enrolment(session, promise, who=who).id,
        "verification": record_verification(session, record, who=who).id,
        "account": account.id,
        "token": token_id(session, token),
        "technician": verifier.id,
        "holder": holder.id,
        "other body": other_body.id,
        "other holder": other_holder.id,
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
_AT = {name: {"number": f"<{name}>"} for name in ("instrument", "holder", "enrolment", "verification")}
_PROGRAMME = {"code": "walk"}
_KEEPERS = ADMIN | {"coordinator"}
_READERS = ADMIN | {"coordinator", "official"}
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
PROGRAMMES = [
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
    Row(
        "POST",
        f"{API}/verifications",
        _KEEPERS | {"technician"},
        json={**_RECORD, "instrument_id": "<instrument>"},
    ),
    Row("POST", f"{API}/programmes/{{code}}/close", _KEEPERS, _PROGRAMME),
]
PAGES = [
    Row("GET", "/", SIGNED_IN),
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

ROWS: list[Row] = [
    *HEALTH,
    *DOOR,
    *FACTS,
    *STAFF,
    *INSTALLATION,
    *REGISTER,
    *PROGRAMMES,
    *PAGES,
    *COMPETENCES,
]
