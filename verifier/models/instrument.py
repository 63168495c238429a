"""One row per physical instrument."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.purposes import Purpose


class Instrument(Model):
    __tablename__ = "instrument"
    __table_args__ = (
        # The due list reads only this index.
        Index("instrument__district_id__valid_until__ix", "district_id", "valid_until"),
        Index("instrument__holder_id__ix", "holder_id"),
        Index("instrument__kind_id__ix", "kind_id"),
        Index("instrument__serial__ix", "serial"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What makes two register rows the same physical thing; see rules/register.identity.
    identity: Mapped[str] = mapped_column(String(600), unique=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("instrument_kind.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    # Where it is used, which need not be where its holder is registered.
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    serial: Mapped[str] = mapped_column(String(80))
    model: Mapped[str] = mapped_column(String(80), default="")
    manufacturer: Mapped[str] = mapped_column(String(120), default="")
    measuring_range: Mapped[str] = mapped_column(String(80), default="")
    accuracy_class: Mapped[str] = mapped_column(String(40), default="")
    scale_interval: Mapped[str] = mapped_column(String(40), default="")
    # Integer grams, because SQLite has no exact decimals.
    max_capacity_g: Mapped[int | None]
    purpose: Mapped[Purpose | None]
    is_fair_scale: Mapped[bool] = mapped_column(default=False)
    place: Mapped[str] = mapped_column(String(200), default="")
    manufactured_on: Mapped[date | None]
    registered_on: Mapped[date]
    # The last verification as the register stated it, before any record here.
    stated_verified_on: Mapped[date | None]
    status: Mapped[InstrumentStatus] = mapped_column(default=InstrumentStatus.IN_USE)
    # Stored answers of rules/validity.standing; `verifier check` recounts them.
    verified_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    remark: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
