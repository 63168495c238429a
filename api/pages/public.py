"""What everybody may ask without signing in: is this paper genuine, and is this label?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

from api.deps import InstallationSettings, Now, OpenSessions, Today
from api.html import page, see_other
from api.pages.labels import CERTIFICATE_CHIPS, Chip, Labels
from api.pages.showing import labels_of
from api.security import FailedChecks
from verifier import db
from verifier.errors import VerifierError
from verifier.i18n import mark
from verifier.queries.body_keys import keys_by_body, names_of_bodies_with_keys
from verifier.queries.catalogue import kinds
from verifier.queries.public_check import PublicPaper, public_paper
from verifier.rules.certificates import CertificateStanding, CertificateState, check_code, standing_of
from verifier.rules.labels import LabelFacts, last_four, read_statement
from verifier.rules.papers import DocumentKind
from verifier.sealing import check_label

router = APIRouter(include_in_schema=False)

LABEL_PATH = "/check-label"
KEYS_PATH = f"{LABEL_PATH}/keys.json"
_WORKER_PATH = f"{LABEL_PATH}/worker.js"
_WORKER = Path(__file__).parents[2] / "static" / "check-label-worker.js"
# The addresses lead to what is printed on walls; no search engine need know them.
_UNLISTED = {"X-Robots-Tag": "noindex, nofollow"}
# Longer than any number and code, however they are typed.
_MOST = 200

# Whoever checks a paper looks for a tick.
_TONES = CERTIFICATE_CHIPS | {CertificateState.GENUINE: ("good", "tick")}
_GENUINE = {
    DocumentKind.CERTIFICATE: mark("Genuine and valid"),
    DocumentKind.REJECTION_NOTICE: mark("Genuine notice: the instrument did not pass"),
    DocumentKind.TEST_RECORD: mark("Genuine test record"),
}
_NO_LONGER = {
    CertificateState.EXPIRED: mark("Genuine, but expired"),
    CertificateState.SUPERSEDED: mark("No longer valid: superseded by a later record"),
    CertificateState.REVOKED: mark("No longer valid: revoked"),
}


@dataclass(frozen=True)
class Answer:
    """What is said first of a paper, in big letters, and why."""

    chip: Chip
    since: date | None
    is_mark_cancelled: bool


@dataclass(frozen=True)
class Moment:
    """Now, and on which day of the office an instant lies."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.day(self.now)

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def _moment(now: Now, settings: InstallationSettings) -> Moment:
    return Moment(now, ZoneInfo(settings.time_zone))


AtMoment = Annotated[Moment, Depends(_moment)]


@router.get("/c/{number}")
def check(
    request: Request, number: str, sessions: OpenSessions, moment: AtMoment, code: str = ""
) -> Response:
    """The same page for a number there is not and a code that is wrong; it asks no one who they are."""
    typed = check_code(code[:_MOST])
    found = _found(request, sessions, number.strip(), typed, moment.now) if typed else None
    if found is None:
        return _show(
            request,
            "public/check.html",
            moment.today,
            number=number,
            code=code[:_MOST],
            is_wrong=bool(typed),
        )
    superseded_on = None if found.superseded_at is None else moment.day(found.superseded_at)
    standing = standing_of(found.facts(superseded_on), on=moment.today)
    return _show(
        request,
        "public/check.html",
        moment.today,
        found=found,
        paper=found.paper,
        last_four=last_four(found.paper.instrument.serial),
        answer=_answer(labels_of(request, moment.today), found, standing),
    )


def _found(
    request: Request, sessions: db.Sessions, number: str, code: str, now: datetime
) -> PublicPaper | None:
    failed: FailedChecks = request.app.state.failed_checks
    address = request.client.host if request.client else ""
    failed.check(address, number[:_MOST], now=now)
    # What no column holds stands for no paper; PostgreSQL would say so in another way than SQLite.
    with db.reading(sessions) as session:
        found = public_paper(session, number if number.isprintable() else "", code)
    if found is None:
        failed.note(address, number[:_MOST], now=now)
    else:
        failed.clear(address, number[:_MOST])
    return found


def _answer(labels: Labels, found: PublicPaper, standing: CertificateStanding) -> Answer:
    is_genuine = standing.state is CertificateState.GENUINE
    word = _GENUINE[found.paper.kind] if is_genuine else _NO_LONGER[standing.state]
    tone, shape = _TONES[standing.state]
    if is_genuine and found.paper.kind is DocumentKind.REJECTION_NOTICE:
        tone, shape = "bad", "cross"
    is_cancelled = standing.state is CertificateState.REVOKED and standing.since != found.revoked_on
    return Answer(Chip(labels.say(word), tone, shape), standing.since, is_cancelled)


@router.get("/c")
def ask(request: Request, today: Today, number: str = "", code: str = "") -> Response:
    """For whoever has the paper and no scanner: number and code, typed."""
    if number.strip():
        return see_other(f"/c/{quote(number.strip()[:_MOST], safe='')}?code={quote(code[:_MOST], safe='')}")
    return _show(request, "public/check.html", today, number="", code="", is_wrong=False)


@router.get(LABEL_PATH)
def check_a_label(request: Request, sessions: OpenSessions, today: Today, label: str = "") -> Response:
    """Without JavaScript the server checks; with it the browser does, without network too."""
    shown: dict[str, object] = {"label": label, "facts": None, "refusal": None}
    if label.strip():
        labels = labels_of(request, today)
        with db.reading(sessions) as session:
            try:
                shown["facts"] = _checked(session, label, labels)
            except VerifierError as refusal:
                shown["refusal"] = refusal.sentence(labels.language)
    return _show(request, "public/label.html", today, keys_path=KEYS_PATH, worker_path=_WORKER_PATH, **shown)


@dataclass(frozen=True)
class CheckedLabel:
    """What a good label says, with the names of kind and body where this installation knows them."""

    facts: LabelFacts
    kind: str
    body: str
    is_expired: bool


def _checked(session: db.Session, text: str, labels: Labels) -> CheckedLabel:
    read = read_statement(text)
    check_label(read, keys_by_body(session))
    facts = read.facts
    kind = next((labels.proper(kind) for kind in kinds(session) if kind.key == facts.kind), facts.kind)
    body = names_of_bodies_with_keys(session)[facts.body]
    is_expired = facts.valid_until is not None and facts.valid_until < labels.on
    return CheckedLabel(facts, kind, body, is_expired)


@router.get(KEYS_PATH)
def keys(sessions: OpenSessions) -> Response:
    """The public keys of every body, and the names a label's keys stand for; kept by the service worker."""
    with db.reading(sessions) as session:
        known: Mapping[str, Sequence[str]] = keys_by_body(session)
        names = names_of_bodies_with_keys(session)
        told = {
            "bodies": {code: {"name": names[code], "keys": known[code]} for code in known},
            "kinds": {kind.key: {"zh-CN": kind.name_zh, "en": kind.name_en} for kind in kinds(session)},
        }
    return JSONResponse(told, headers=_UNLISTED)


@router.get(_WORKER_PATH)
def worker() -> Response:
    """What keeps the page for a place without network; here, because a worker rules what lies below it."""
    return FileResponse(
        _WORKER,
        media_type="text/javascript",
        headers={"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"},
    )


def _show(request: Request, template: str, today: date, **context: object) -> HTMLResponse:
    """A page that is the same whoever is signed in, so that a browser may keep it."""
    query = f"?{request.url.query}" if request.url.query else ""
    shown = page(
        request,
        template,
        status=200,
        labels=labels_of(request, today),
        address=request.url.path + query,
        **context,
    )
    shown.headers.update(_UNLISTED)
    return shown
