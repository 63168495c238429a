"""Messages of one's own, how one is told, the way out of reminders, and what did not arrive."""

from datetime import date

import pytest
from sqlalchemy import select, update

from tests.factories import make_holder
from verifier import db
from verifier.models import Contact, Delivery, Message
from verifier.operations.messages import Post, post
from verifier.rules.access import Role
from verifier.rules.messages import DeliveryStatus, MessageKind
from verifier.rules.unsubscribing import unsubscribe_token
from verifier.secret_key import secret_key

ANY = {"If-Match": "*"}
DAY = date(2026, 5, 1)
CUFF = {"zh_CN": "电子血压计", "en": "automated sphygmomanometer"}
ENDING = [{"id": 7, "ends_on": "2026-05-31", "step": 30, "kind": CUFF, "serial": "S1", "stall": ""}]


@pytest.fixture
def holder(sessions):
    with db.transaction(sessions) as session:
        return make_holder(session, "浮桥镇卫生院").id


@pytest.fixture
def clinic(ask_as, holder):
    client = ask_as(Role.HOLDER, holder_id=holder)
    client.headers["Accept-Language"] = "en"
    return client


@pytest.fixture
def told(sessions, holder, who):
    """`told("due:1")`: a reminder to the clinic."""

    def posted(key: str, kind=MessageKind.DUE_REMINDER) -> None:
        with db.transaction(sessions) as session:
            said = Post(key, kind, DAY, {"unit": "浮桥", "ending": ENDING}, holder_id=holder)
            post(session, said, who=who)

    return posted


def test_a_clinic_reads_its_messages_and_nobody_elses(clinic, ask_as, told, sessions):
    told("due:1")
    told("due:2", MessageKind.OVERDUE)
    first = clinic.get("/api/v1/messages?limit=1").json()
    assert [one["kind"] for one in first["items"]] == ["overdue"]
    rest = clinic.get(f"/api/v1/messages?after={first['next']}").json()
    (message,) = rest["items"]
    assert (message["subject"], message["is_read"], rest["next"]) == (
        "浮桥: 1 instrument is due for verification",
        False,
        None,
    )
    assert "automated sphygmomanometer S1" in message["text"]
    with db.transaction(sessions) as session:
        other = make_holder(session).id
    stranger = ask_as(Role.HOLDER, holder_id=other)
    assert stranger.get("/api/v1/messages").json()["items"] == []
    assert stranger.post(f"/api/v1/messages/{message['id']}/read").status_code == 404
    assert clinic.post(f"/api/v1/messages/{message['id']}/read").status_code == 204
    assert clinic.get("/api/v1/messages").json()["items"][1]["is_read"]


@pytest.mark.parametrize(("language", "unread"), [("en", "</data> not read yet"), ("zh-CN", "</data>条未读")])
def test_the_page_opens_what_was_not_read_and_closes_what_was(clinic, told, language, unread):
    told("due:1")
    headers = {"Accept-Language": language}
    page = clinic.get("/messages", headers=headers).text
    assert unread in page
    assert page.count("<details open>") == 1
    number = clinic.get("/api/v1/messages").json()["items"][0]["id"]
    assert clinic.post(f"/messages/{number}/read").headers["location"] == "/messages"
    assert clinic.get("/messages", headers=headers).text.count("<details open>") == 0


def test_an_empty_page_says_what_will_stand_there(clinic):
    assert "There is no message" in clinic.get("/messages").text


# -- how one is told


def test_a_contact_is_set_once_it_was_read(clinic):
    read = clinic.get("/api/v1/contact")
    assert read.json() == {
        "language": "en",
        "email": "",
        "phone": "",
        "channels": [],
        "reminders": True,
        "version": 0,
    }
    command = {"language": "zh_CN", "email": "a@b.cn", "channels": ["email"], "reminders": False}
    changed = clinic.put("/api/v1/contact", json=command, headers={"If-Match": read.headers["ETag"]})
    assert changed.json() == {**command, "phone": "", "version": 1}
    stale = clinic.put("/api/v1/contact", json=command, headers={"If-Match": read.headers["ETag"]})
    assert stale.status_code == 412
    again = clinic.put("/api/v1/contact", json={**command, "reminders": True}, headers=ANY)
    assert (again.json()["reminders"], again.json()["version"]) == (True, 2)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"email": "not an address"}, "EmailMalformed"),
        ({"email": "a@b.cn\nBcc: c@d.cn"}, "EmailMalformed"),
        ({"phone": "call me"}, "PhoneMalformed"),
        ({"channels": ["email"]}, "ChannelWithoutAddress"),
        ({"channels": ["sms"], "email": "a@b.cn"}, "ChannelWithoutAddress"),
    ],
)
def test_an_address_nobody_is_reached_at_is_refused(clinic, wrong, code):
    refused = clinic.put("/api/v1/contact", json=wrong, headers=ANY)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert clinic.get("/api/v1/contact").json()["version"] == 0


def test_the_page_keeps_what_was_typed_and_unticks_reminders(clinic):
    assert 'name="reminders" value="true" checked' in clinic.get("/contact").text
    wrong = clinic.post("/contact", data={"language": "en", "email": "nowhere", "channels": "email"})
    assert wrong.status_code == 422
    assert 'value="nowhere"' in wrong.text
    right = clinic.post("/contact", data={"language": "en", "email": "a@b.cn", "channels": "email"})
    assert (right.status_code, right.headers["location"]) == (303, "/contact")
    assert clinic.get("/api/v1/contact").json()["reminders"] is False
    assert 'name="reminders" value="true" checked' not in clinic.get("/contact").text


def test_a_coordinator_sets_it_for_a_clinic_of_the_own_district(ask_as, clinic, holder):
    address = f"/api/v1/holders/{holder}/contact"
    keeper = ask_as(Role.COORDINATOR, district="320585")
    assert keeper.put(address, json={"phone": "0512 53530000"}, headers=ANY).status_code == 200
    assert keeper.get(address).json()["phone"] == clinic.get("/api/v1/contact").json()["phone"]
    elsewhere = ask_as(Role.COORDINATOR, district="320583")
    assert elsewhere.get(address).status_code == 403
    assert elsewhere.put(address, json={}, headers=ANY).status_code == 403


# -- the way out


def test_a_link_in_a_mail_ends_reminders_when_it_is_pressed(clinic, client, sessions, settings):
    clinic.put("/api/v1/contact", json={"email": "a@b.cn", "channels": ["email"]}, headers=ANY)
    with db.reading(sessions) as session:
        number = session.scalars(select(Contact.id)).one()
    address = f"/reminders/end/{unsubscribe_token(secret_key(settings), number)}"
    assert "End reminders?" in client.get(address, headers={"Accept-Language": "en"}).text
    assert clinic.get("/api/v1/contact").json()["reminders"]
    for _ in range(2):
        assert client.post(address).status_code == 200
    ended = clinic.get("/api/v1/contact").json()
    assert (ended["reminders"], ended["version"]) == (False, 2)


@pytest.mark.parametrize("token", ["1", "1.", "1.AAAA", "2.x.y", "x"])
def test_a_link_that_was_not_made_here_does_nothing(client, token):
    assert client.get(f"/reminders/end/{token}").status_code == 404
    assert client.post(f"/reminders/end/{token}").status_code == 404


def test_after_the_end_only_what_the_law_is_about_is_mailed(clinic, told, sessions):
    clinic.put(
        "/api/v1/contact", json={"email": "a@b.cn", "channels": ["email"], "reminders": False}, headers=ANY
    )
    told("due:1")
    told("due:2", MessageKind.OVERDUE)
    with db.reading(sessions) as session:
        statement = select(Message.key, Delivery.channel).join(Message, Message.id == Delivery.message_id)
        ways = [(key, channel.value) for key, channel in session.execute(statement.order_by(Delivery.id))]
    assert ways == [("due:1", "in_app"), ("due:2", "in_app"), ("due:2", "email")]


# -- what did not arrive


def test_what_was_given_up_is_listed_and_sent_again_where_the_reader_is_today(ask_as, clinic, told, sessions):
    clinic.put("/api/v1/contact", json={"email": "old@b.cn", "channels": ["email"]}, headers=ANY)
    told("due:1")
    keeper = ask_as(Role.COORDINATOR, district="320585")
    assert keeper.get("/api/v1/deliveries").json()["items"] == []
    with db.transaction(sessions) as session:
        gone = {"status": DeliveryStatus.FAILED, "attempts": 7, "last_error": "550 nobody"}
        session.execute(update(Delivery).where(Delivery.address == "old@b.cn").values(gone))
    (failed,) = keeper.get("/api/v1/deliveries").json()["items"]
    assert (failed["address"], failed["attempts"], failed["last_error"], failed["reader"]) == (
        "old@b.cn",
        7,
        "550 nobody",
        "浮桥镇卫生院",
    )
    clinic.put("/api/v1/contact", json={"email": "new@b.cn", "channels": ["email"]}, headers=ANY)
    elsewhere = ask_as(Role.COORDINATOR, district="320583")
    assert elsewhere.get("/api/v1/deliveries").json()["items"] == []
    again = f"/api/v1/deliveries/{failed['id']}/send-again"
    assert elsewhere.post(again).status_code == 404
    assert keeper.post(again).status_code == 204
    assert keeper.post(again).json()["code"] == "DeliveryNotFailed"
    with db.reading(sessions) as session:
        waiting = session.get_one(Delivery, failed["id"])
    assert (waiting.status, waiting.address, waiting.attempts) == (DeliveryStatus.WAITING, "new@b.cn", 0)
