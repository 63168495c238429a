"""what planning needs, plans, visits, appointments, messages, and the runs of the night"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_lock",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=60), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("job_lock__pkey")),
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("job_run__pkey")),
    )
    op.create_index("job_run__job__day__ix", "job_run", ["job", "day"], unique=False)
    op.create_table(
        "office_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("office_day__pkey")),
    )
    op.create_table(
        "work_norm",
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("setup_minutes", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "minutes > 0 AND setup_minutes >= 0 AND lead_days >= 0", name=op.f("work_norm__sane__check")
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["instrument_kind.id"], name=op.f("work_norm__kind_id__fkey")),
        sa.PrimaryKeyConstraint("kind_id", name=op.f("work_norm__pkey")),
    )
    op.create_table(
        "opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= opens AND opens < closes AND closes <= 1440", name=op.f("opening_hours__hours__check")
        ),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("opening_hours__weekday__check")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("opening_hours__holder_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("opening_hours__pkey")),
        sa.UniqueConstraint(
            "holder_id", "weekday", "opens", name=op.f("opening_hours__holder_id_weekday_opens__key")
        ),
    )
    op.create_table(
        "visit_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("demand", sa.String(length=64), nullable=False),
        sa.Column("travel_source", sa.String(length=40), nullable=False),
        sa.Column("was_counted", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("visit_plan__period__check")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("visit_plan__body_id__fkey")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("visit_plan__district_id__fkey")),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["visit_plan.id"], name=op.f("visit_plan__previous_id__fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("visit_plan__pkey")),
    )
    op.create_index("visit_plan__body_id__first_on__ix", "visit_plan", ["body_id", "first_on"], unique=False)
    op.create_index(op.f("visit_plan__district_id__ix"), "visit_plan", ["district_id"], unique=False)
    op.create_index(op.f("visit_plan__previous_id__ix"), "visit_plan", ["previous_id"], unique=False)
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("absence__period__check")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("absence__person_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("absence__pkey")),
    )
    op.create_index(op.f("absence__person_id__ix"), "absence", ["person_id"], unique=False)
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(holder_id IS NULL) <> (person_id IS NULL)", name=op.f("calendar_feed__whose__check")
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("calendar_feed__holder_id__fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("calendar_feed__person_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("calendar_feed__pkey")),
        sa.UniqueConstraint("digest", name=op.f("calendar_feed__digest__key")),
    )
    op.create_index(op.f("calendar_feed__holder_id__ix"), "calendar_feed", ["holder_id"], unique=False)
    op.create_index(op.f("calendar_feed__person_id__ix"), "calendar_feed", ["person_id"], unique=False)
    op.create_table(
        "plan_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("overtime_allowed", sa.Integer(), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("travel_minutes", sa.Integer(), nullable=False),
        sa.Column("kits", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("plan_round__person_id__fkey")),
        sa.ForeignKeyConstraint(["plan_id"], ["visit_plan.id"], name=op.f("plan_round__plan_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("plan_round__pkey")),
        sa.UniqueConstraint(
            "plan_id", "day", "person_id", name=op.f("plan_round__plan_id_day_person_id__key")
        ),
    )
    op.create_index(op.f("plan_round__person_id__ix"), "plan_round", ["person_id"], unique=False)
    op.create_table(
        "vehicle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("plate", sa.String(length=20), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("vehicle__body_id__fkey")),
        sa.ForeignKeyConstraint(["driver_id"], ["person.id"], name=op.f("vehicle__driver_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("vehicle__pkey")),
        sa.UniqueConstraint("body_id", "plate", name=op.f("vehicle__body_id_plate__key")),
        sa.UniqueConstraint("driver_id", name=op.f("vehicle__driver_id__key")),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remark", sa.String(length=300), nullable=False),
        sa.Column("uid", sa.String(length=60), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("visit__times__check")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("visit__body_id__fkey")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("visit__holder_id__fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("visit__person_id__fkey")),
        sa.ForeignKeyConstraint(["plan_id"], ["visit_plan.id"], name=op.f("visit__plan_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("visit__pkey")),
        sa.UniqueConstraint("uid", name=op.f("visit__uid__key")),
    )
    op.create_index("visit__body_id__day__ix", "visit", ["body_id", "day"], unique=False)
    op.create_index("visit__holder_id__day__ix", "visit", ["holder_id", "day"], unique=False)
    op.create_index("visit__person_id__day__ix", "visit", ["person_id", "day"], unique=False)
    op.create_index(op.f("visit__plan_id__ix"), "visit", ["plan_id"], unique=False)
    op.create_table(
        "working_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("overtime_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= starts AND starts < ends AND ends <= 1440", name=op.f("working_hours__hours__check")
        ),
        sa.CheckConstraint("overtime_minutes >= 0", name=op.f("working_hours__overtime__check")),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("working_hours__weekday__check")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("working_hours__person_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("working_hours__pkey")),
        sa.UniqueConstraint("person_id", "weekday", name=op.f("working_hours__person_id_weekday__key")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("wanted_from", sa.Date(), nullable=True),
        sa.Column("wanted_until", sa.Date(), nullable=True),
        sa.Column("wish", sa.String(length=500), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=60), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("wanted_from <= wanted_until", name=op.f("appointment__wish__check")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("appointment__holder_id__fkey")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("appointment__visit_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("appointment__pkey")),
    )
    op.create_index(
        "appointment__holder_id__status__ix", "appointment", ["holder_id", "status"], unique=False
    )
    op.create_index(op.f("appointment__visit_id__ix"), "appointment", ["visit_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("reminders_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(holder_id IS NULL) <> (account_id IS NULL)", name=op.f("contact__whose__check")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("contact__account_id__fkey")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("contact__holder_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("contact__pkey")),
        sa.UniqueConstraint("account_id", name=op.f("contact__account_id__key")),
        sa.UniqueConstraint("holder_id", name=op.f("contact__holder_id__key")),
    )
    op.create_table(
        "kit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("kit__body_id__fkey")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("kit__vehicle_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("kit__pkey")),
        sa.UniqueConstraint("body_id", "name", name=op.f("kit__body_id_name__key")),
    )
    op.create_index(op.f("kit__vehicle_id__ix"), "kit", ["vehicle_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "holder_id IS NULL OR account_id IS NULL", name=op.f("message__one_reader__check")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("message__account_id__fkey")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("message__holder_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("message__pkey")),
        sa.UniqueConstraint("key", name=op.f("message__key__key")),
    )
    op.create_index(op.f("message__account_id__ix"), "message", ["account_id"], unique=False)
    op.create_index(op.f("message__holder_id__ix"), "message", ["holder_id"], unique=False)
    op.create_table(
        "plan_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("instruments", sa.JSON(), nullable=False),
        sa.Column("service_minutes", sa.Integer(), nullable=False),
        sa.Column("prize", sa.Integer(), nullable=False),
        sa.Column("is_mandatory", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("is_pinned", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("arrives", sa.Integer(), nullable=True),
        sa.Column("starts", sa.Integer(), nullable=True),
        sa.Column("ends", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(round_id IS NULL) = (reason IS NOT NULL)", name=op.f("plan_stop__left_out_has_reason__check")
        ),
        sa.CheckConstraint(
            "(round_id IS NULL) = (starts IS NULL)", name=op.f("plan_stop__planned_has_time__check")
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("plan_stop__holder_id__fkey")),
        sa.ForeignKeyConstraint(["plan_id"], ["visit_plan.id"], name=op.f("plan_stop__plan_id__fkey")),
        sa.ForeignKeyConstraint(["round_id"], ["plan_round.id"], name=op.f("plan_stop__round_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("plan_stop__pkey")),
    )
    op.create_index(op.f("plan_stop__holder_id__ix"), "plan_stop", ["holder_id"], unique=False)
    op.create_index("plan_stop__plan_id__holder_id__ix", "plan_stop", ["plan_id", "holder_id"], unique=False)
    op.create_index(op.f("plan_stop__round_id__ix"), "plan_stop", ["round_id"], unique=False)
    op.create_table(
        "visit_instrument",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("visit_instrument__instrument_id__fkey")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("visit_instrument__visit_id__fkey")),
        sa.PrimaryKeyConstraint("visit_id", "instrument_id", name=op.f("visit_instrument__pkey")),
    )
    op.create_index(
        op.f("visit_instrument__instrument_id__ix"), "visit_instrument", ["instrument_id"], unique=False
    )
    op.create_table(
        "appointment_instrument",
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("appointment_instrument__appointment_id__fkey")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("appointment_instrument__instrument_id__fkey")
        ),
        sa.PrimaryKeyConstraint("appointment_id", "instrument_id", name=op.f("appointment_instrument__pkey")),
    )
    op.create_index(
        op.f("appointment_instrument__instrument_id__ix"),
        "appointment_instrument",
        ["instrument_id"],
        unique=False,
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("delivery__message_id__fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("delivery__pkey")),
        sa.UniqueConstraint("message_id", "channel", name=op.f("delivery__message_id_channel__key")),
    )
    op.create_index("delivery__status__next_try_at__ix", "delivery", ["status", "next_try_at"], unique=False)
    op.create_table(
        "kit_kind",
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kind_id"], ["instrument_kind.id"], name=op.f("kit_kind__kind_id__fkey")),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("kit_kind__kit_id__fkey")),
        sa.PrimaryKeyConstraint("kit_id", "kind_id", name=op.f("kit_kind__pkey")),
    )
    op.create_index(op.f("kit_kind__kind_id__ix"), "kit_kind", ["kind_id"], unique=False)
    op.create_table(
        "kit_standard",
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("kit_standard__kit_id__fkey")),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["standard.id"], name=op.f("kit_standard__standard_id__fkey")
        ),
        sa.PrimaryKeyConstraint("kit_id", "standard_id", name=op.f("kit_standard__pkey")),
    )
    op.create_index(op.f("kit_standard__standard_id__ix"), "kit_standard", ["standard_id"], unique=False)
    op.add_column("holder", sa.Column("lat", sa.Double(), nullable=True))
    op.add_column("holder", sa.Column("lon", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("holder", "lon")
    op.drop_column("holder", "lat")
    op.drop_index(op.f("kit_standard__standard_id__ix"), table_name="kit_standard")
    op.drop_table("kit_standard")
    op.drop_index(op.f("kit_kind__kind_id__ix"), table_name="kit_kind")
    op.drop_table("kit_kind")
    op.drop_index("delivery__status__next_try_at__ix", table_name="delivery")
    op.drop_table("delivery")
    op.drop_index(op.f("appointment_instrument__instrument_id__ix"), table_name="appointment_instrument")
    op.drop_table("appointment_instrument")
    op.drop_index(op.f("visit_instrument__instrument_id__ix"), table_name="visit_instrument")
    op.drop_table("visit_instrument")
    op.drop_index(op.f("plan_stop__round_id__ix"), table_name="plan_stop")
    op.drop_index("plan_stop__plan_id__holder_id__ix", table_name="plan_stop")
    op.drop_index(op.f("plan_stop__holder_id__ix"), table_name="plan_stop")
    op.drop_table("plan_stop")
    op.drop_index(op.f("message__holder_id__ix"), table_name="message")
    op.drop_index(op.f("message__account_id__ix"), table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("kit__vehicle_id__ix"), table_name="kit")
    op.drop_table("kit")
    op.drop_table("contact")
    op.drop_index(op.f("appointment__visit_id__ix"), table_name="appointment")
    op.drop_index("appointment__holder_id__status__ix", table_name="appointment")
    op.drop_table("appointment")
    op.drop_table("working_hours")
    op.drop_index(op.f("visit__plan_id__ix"), table_name="visit")
    op.drop_index("visit__person_id__day__ix", table_name="visit")
    op.drop_index("visit__holder_id__day__ix", table_name="visit")
    op.drop_index("visit__body_id__day__ix", table_name="visit")
    op.drop_table("visit")
    op.drop_table("vehicle")
    op.drop_index(op.f("plan_round__person_id__ix"), table_name="plan_round")
    op.drop_table("plan_round")
    op.drop_index(op.f("calendar_feed__person_id__ix"), table_name="calendar_feed")
    op.drop_index(op.f("calendar_feed__holder_id__ix"), table_name="calendar_feed")
    op.drop_table("calendar_feed")
    op.drop_index(op.f("absence__person_id__ix"), table_name="absence")
    op.drop_table("absence")
    op.drop_index(op.f("visit_plan__previous_id__ix"), table_name="visit_plan")
    op.drop_index(op.f("visit_plan__district_id__ix"), table_name="visit_plan")
    op.drop_index("visit_plan__body_id__first_on__ix", table_name="visit_plan")
    op.drop_table("visit_plan")
    op.drop_table("opening_hours")
    op.drop_table("work_norm")
    op.drop_table("office_day")
    op.drop_index("job_run__job__day__ix", table_name="job_run")
    op.drop_table("job_run")
    op.drop_table("job_lock")
