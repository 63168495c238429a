"""verdicts from readings, standards, signatures, certificates, and the hash chain"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from verifier.operations.chain import link_existing

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

HISTORY = (
    "regulation_rules",
    "standard_calibration",
    "verification_standard",
    "examination",
    "repair",
    "signature",
    "certificate",
    "revocation",
    "body_key",
    "chain_link",
)


def upgrade() -> None:
    op.create_table(
        "regulation_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("regulation_rules__pkey")),
    )
    op.create_index(op.f("regulation_rules__code__ix"), "regulation_rules", ["code"], unique=False)
    op.create_table(
        "body_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.String(length=43), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("body_key__body_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("body_key__pkey")),
        sa.UniqueConstraint("public_key", name=op.f("body_key__public_key__key")),
    )
    op.create_index(op.f("body_key__body_id__ix"), "body_key", ["body_id"], unique=False)
    op.create_table(
        "chain_head",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("chain_head__body_id__fkey")),
        sa.PrimaryKeyConstraint("body_id", name=op.f("chain_head__pkey")),
    )
    op.create_table(
        "chain_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("record_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("chain_link__body_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("chain_link__pkey")),
        sa.UniqueConstraint("body_id", "position", name=op.f("chain_link__body_id_position__key")),
        sa.UniqueConstraint("subject", "subject_id", name=op.f("chain_link__subject_subject_id__key")),
    )
    op.create_table(
        "standard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("serial", sa.String(length=80), nullable=False),
        sa.Column("measuring_range", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("standard__body_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("standard__pkey")),
        sa.UniqueConstraint("body_id", "code", name=op.f("standard__body_id_code__key")),
    )
    op.create_table(
        "repair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("repaired_on", sa.Date(), nullable=False),
        sa.Column("repairer", sa.String(length=120), nullable=False),
        sa.Column("work", sa.String(length=500), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("repair__instrument_id__fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("repair__pkey")),
    )
    op.create_index(op.f("repair__instrument_id__ix"), "repair", ["instrument_id"], unique=False)
    op.create_table(
        "standard_calibration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column("certificate_no", sa.String(length=80), nullable=False),
        sa.Column("calibrated_by", sa.String(length=120), nullable=False),
        sa.Column("calibrated_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("weight_class", sa.String(length=8), nullable=False),
        sa.Column("error_absolute", sa.String(length=40), nullable=True),
        sa.Column("error_percent", sa.String(length=40), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'passed') = (valid_until IS NOT NULL)",
            name=op.f("standard_calibration__only_a_pass_is_valid__check"),
        ),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["standard.id"], name=op.f("standard_calibration__standard_id__fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("standard_calibration__pkey")),
    )
    op.create_index(
        "standard_calibration__standard_id__ix",
        "standard_calibration",
        ["standard_id", "calibrated_on"],
        unique=False,
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=40), nullable=False),
        sa.Column("verification_id", sa.Integer(), nullable=False),
        sa.Column("check_code", sa.String(length=16), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(length=60), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("certificate__body_id__fkey")),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verification.id"], name=op.f("certificate__verification_id__fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("certificate__pkey")),
        sa.UniqueConstraint(
            "body_id", "year", "sequence", name=op.f("certificate__body_id_year_sequence__key")
        ),
        sa.UniqueConstraint("number", name=op.f("certificate__number__key")),
        sa.UniqueConstraint("verification_id", name=op.f("certificate__verification_id__key")),
    )
    op.create_table(
        "examination",
        sa.Column("verification_id", sa.Integer(), nullable=False),
        sa.Column("rules_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.JSON(), nullable=False),
        sa.Column("as_found", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("as_left", sa.JSON(), nullable=False),
        sa.Column("judged_as_found", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("judged_as_left", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["regulation_rules.id"], name=op.f("examination__rules_id__fkey")
        ),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verification.id"], name=op.f("examination__verification_id__fkey")
        ),
        sa.PrimaryKeyConstraint("verification_id", name=op.f("examination__pkey")),
    )
    op.create_index(op.f("examination__rules_id__ix"), "examination", ["rules_id"], unique=False)
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verification_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("signature__person_id__fkey")),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verification.id"], name=op.f("signature__verification_id__fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("signature__pkey")),
        sa.UniqueConstraint("verification_id", "role", name=op.f("signature__verification_id_role__key")),
    )
    op.create_index(op.f("signature__person_id__ix"), "signature", ["person_id"], unique=False)
    op.create_table(
        "verification_standard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verification_id", sa.Integer(), nullable=False),
        sa.Column("calibration_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["standard_calibration.id"],
            name=op.f("verification_standard__calibration_id__fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["verification_id"],
            ["verification.id"],
            name=op.f("verification_standard__verification_id__fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("verification_standard__pkey")),
        sa.UniqueConstraint(
            "verification_id",
            "calibration_id",
            name=op.f("verification_standard__verification_id_calibration_id__key"),
        ),
    )
    op.create_index(
        op.f("verification_standard__calibration_id__ix"),
        "verification_standard",
        ["calibration_id"],
        unique=False,
    )
    op.create_table(
        "revocation",
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("revocation__certificate_id__fkey")
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("revocation__pkey")),
    )
    op.add_column(
        "body",
        sa.Column(
            "certificate_pattern",
            sa.String(length=80),
            server_default="{body}{yyyy}-{discipline}-{seq:06d}",
            nullable=False,
        ),
    )
    op.add_column(
        "body",
        sa.Column("authorisation_no", sa.String(length=80), server_default=sa.text("''"), nullable=False),
    )
    op.add_column(
        "body", sa.Column("address", sa.String(length=200), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "body", sa.Column("phone", sa.String(length=40), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "body", sa.Column("postcode", sa.String(length=20), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "body", sa.Column("email", sa.String(length=120), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("body", sa.Column("papers_from", sa.Date(), nullable=True))
    # What was verified before papers were issued here had its paper elsewhere.
    op.execute("UPDATE body SET papers_from = CURRENT_DATE WHERE EXISTS (SELECT 1 FROM verification)")
    op.add_column(
        "competence",
        sa.Column("regulation", sa.String(length=60), server_default=sa.text("''"), nullable=False),
    )
    op.add_column("person", sa.Column("is_approver", sa.Boolean(), server_default=sa.false(), nullable=False))
    # ### end Alembic commands ###
    if op.get_bind().dialect.name == "postgresql":
        for table in HISTORY:
            op.execute(
                f"CREATE TRIGGER {table}_is_history BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
    else:
        for table in HISTORY:
            for deed in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_is_history_{deed.lower()} BEFORE {deed} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is history: it is added to, never changed'); END"
                )
    # What was recorded before there was a chain is tied into one now.
    with Session(op.get_bind()) as session:
        link_existing(session)


def downgrade() -> None:
    op.drop_column("person", "is_approver")
    op.drop_column("competence", "regulation")
    op.drop_column("body", "papers_from")
    op.drop_column("body", "email")
    op.drop_column("body", "postcode")
    op.drop_column("body", "phone")
    op.drop_column("body", "address")
    op.drop_column("body", "authorisation_no")
    op.drop_column("body", "certificate_pattern")
    op.drop_table("revocation")
    op.drop_index(op.f("verification_standard__calibration_id__ix"), table_name="verification_standard")
    op.drop_table("verification_standard")
    op.drop_index(op.f("signature__person_id__ix"), table_name="signature")
    op.drop_table("signature")
    op.drop_index(op.f("examination__rules_id__ix"), table_name="examination")
    op.drop_table("examination")
    op.drop_table("certificate")
    op.drop_index("standard_calibration__standard_id__ix", table_name="standard_calibration")
    op.drop_table("standard_calibration")
    op.drop_index(op.f("repair__instrument_id__ix"), table_name="repair")
    op.drop_table("repair")
    op.drop_table("standard")
    op.drop_table("chain_link")
    op.drop_table("chain_head")
    op.drop_index(op.f("body_key__body_id__ix"), table_name="body_key")
    op.drop_table("body_key")
    op.drop_index(op.f("regulation_rules__code__ix"), table_name="regulation_rules")
    op.drop_table("regulation_rules")
    # ### end Alembic commands ###
