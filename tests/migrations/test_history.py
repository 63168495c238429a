"""An office that is upgraded has what it recorded before in its history."""

from sqlalchemy import text

from tests.migrations.conftest import counts
from verifier import db, migrations
from verifier.queries.chain import walk


def test_what_was_recorded_before_there_was_a_history_is_in_it_afterwards(filled: db.Engine) -> None:
    with db.reading(db.sessions_of(filled)) as session:
        assert walk(session).broken == ()
    migrations.downgrade(filled, "0002")

    migrations.upgrade(filled)

    with db.reading(db.sessions_of(filled)) as session:
        walked = walk(session)
        asked = "SELECT body.code, count(*) FROM verification JOIN body ON body.id = body_id GROUP BY 1"
        of_bodies = {str(code): int(many) for code, many in session.execute(text(asked))}
    rows = counts(filled)
    of_bodies["office"] = of_bodies.get("office", 0) + rows["journal_entry"]
    assert walked.broken == ()
    assert {head.body: head.position for head in walked.heads} == of_bodies
