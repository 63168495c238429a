"""What was told in a test, and the facts every kind of message has."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduler.job_values import Night
from verifier import db
from verifier.models import Message
from verifier.rules.messages import MessageKind
from verifier.settings import Settings

SETTINGS = Settings(base_url="https://office.example", secret_key="0123456789abcdef" * 4, _env_file=None)


def at_night(sessions: db.Sessions, day: date, settings: Settings = SETTINGS, **more: Any) -> Night:
    """Two in the morning of the office's day."""
    at = datetime(day.year, day.month, day.day, 2, tzinfo=ZoneInfo(settings.time_zone))
    given: dict[str, Any] = {"now": lambda: at, **more}
    return Night(sessions=sessions, settings=settings, day=day, **given)


def messages(sessions: db.Sessions, *kinds: MessageKind) -> list[Message]:
    with db.reading(sessions) as session:
        found = session.scalars(select(Message).order_by(Message.id)).all()
        session.expunge_all()
    return [message for message in found if not kinds or message.kind in kinds]


_CUFF = {"zh_CN": "电子血压计", "en": "automated sphygmomanometer"}
_ENDING = {"id": 7, "ends_on": "2026-05-31", "step": 30}
_OVER = {"id": 8, "ends_on": "2026-04-30", "step": -1}
_VISIT = {
    "uid": "u",
    "holder": "浮桥<卫生院> & Co",
    "address": "浮桥镇",
    "day": "2026-05-12",
    "starts": 570,
    "ends": 615,
    "technician": "王检定",
    "body": "太仓市计量测试所",
    "phone": "0512",
    "instruments": 3,
    "remark": "",
    "asked_on": None,
    "was": None,
}
_CUFFS = [
    {**_ENDING, "kind": _CUFF, "serial": "S<1>", "stall": ""},
    {**_OVER, "kind": _CUFF, "serial": "S2", "stall": "A1 一号摊"},
]
_PROGRAMME = {
    "code": "两免费-2026",
    "name": "两免费",
    "district": "太仓市",
    "ends_on": "2026-12-31",
    "base": 10,
    "verified": 4,
    "percent": "40.0",
    "expected": 3,
    "needed": 9,
    "is_late": False,
    "ends_by": "2026-06-01",
}
FACTS: Mapping[MessageKind, list[dict[str, object]]] = {
    MessageKind.DUE_REMINDER: [{"unit": "浮桥<卫生院> & Co", "ending": _CUFFS[:1]}],
    MessageKind.OVERDUE: [{"unit": "浮桥<卫生院> & Co", "ending": _CUFFS}],
    MessageKind.VISIT_ANNOUNCED: [_VISIT, {**_VISIT, "asked_on": "2026-05-01", "remark": "带说明书"}],
    MessageKind.VISIT_MOVED: [{**_VISIT, "was": {"day": "2026-05-11", "starts": 540, "ends": 600}}],
    MessageKind.VISIT_CANCELLED: [{**_VISIT, "remark": "台风"}],
    MessageKind.APPOINTMENT_ANSWERED: [
        {"holder": "浮桥", "asked_on": "2026-05-01", "is_accepted": True, "answer": ""},
        {"holder": "浮桥", "asked_on": "2026-05-01", "is_accepted": False, "answer": "<not> here"},
    ],
    MessageKind.STANDARD_EXPIRING: [
        {"ending": [{**_ENDING, "code": "W1", "name": "砝码"}, {**_OVER, "code": "W2", "name": "砝码"}]}
    ],
    MessageKind.COMPETENCE_EXPIRING: [
        {"ending": [{**_ENDING, "person": "王", "kind": _CUFF}, {**_OVER, "person": "李", "kind": _CUFF}]}
    ],
    MessageKind.WEEKLY_DIGEST: [
        {"on": "2026-05-04", "programmes": []},
        {
            "on": "2026-05-04",
            "programmes": [
                _PROGRAMME,
                {**_PROGRAMME, "base": 0, "verified": 0, "percent": None, "ends_by": None},
                {**_PROGRAMME, "verified": 10, "ends_by": None},
                {**_PROGRAMME, "is_late": True, "ends_by": None},
                {**_PROGRAMME, "ends_by": None},
                {**_PROGRAMME, "verified": 0, "needed": None, "ends_by": None},
            ],
        },
    ],
    MessageKind.STALE_APPOINTMENTS: [{"ending": [{**_OVER, "holder": "浮桥", "asked_on": "2026-04-01"}]}],
    MessageKind.INTEGRITY: [{"count": 1, "faults": [{"zh_CN": "不一致", "en": "It differs <here>."}]}],
}
