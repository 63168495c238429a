"""Kinds of instrument, what regulations say of them, and the tariffs an office imported."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model
from verifier.rules.entitlement import Mandate, VerificationForm


class InstrumentKind(Model):
    __tablename__ = "instrument_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    # `row_key` of the catalogue: the stable name other systems use.
    key: Mapped[str] = mapped_column(String(40), unique=True)
    catalogue_no: Mapped[str] = mapped_column(String(10), default="")
    category_zh: Mapped[str] = mapped_column(String(80))
    category_en: Mapped[str] = mapped_column(String(120))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    scope_of_use: Mapped[str] = mapped_column(String(60))
    supervision: Mapped[str] = mapped_column(String(120))
    mandate: Mapped[Mandate]
    form: Mapped[VerificationForm]
    # Months between verifications; None where nobody has read it in a text.
    interval_months: Mapped[int | None]
    interval_note: Mapped[str] = mapped_column(String(300), default="")
    confidence: Mapped[str] = mapped_column(String(10))
    confidence_note: Mapped[str] = mapped_column(String(500), default="")


class KindAlias(Model):
    __tablename__ = "kind_alias"

    alias: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("instrument_kind.id"), index=True)
    note: Mapped[str] = mapped_column(String(200), default="")


class RegulationEdition(Model):
    """A verification regulation (JJG) in one edition, for one kind of instrument."""

    __tablename__ = "regulation_edition"
    __table_args__ = (UniqueConstraint("kind_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("instrument_kind.id"))
    code: Mapped[str] = mapped_column(String(60))
    # None: the day is not known, so the edition is never chosen by itself.
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    confidence: Mapped[str] = mapped_column(String(10))


class RegulationRules(Model):
    """What a regulation demands, as its file said; a revised file is one more row and the newest governs.

    The database refuses UPDATE and DELETE: a verdict names the very rules it was found by.
    """

    __tablename__ = "regulation_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), index=True)
    # SHA-256 of the document's canonical JSON.
    digest: Mapped[str] = mapped_column(String(64))
    # What rules/regulation.read_regulation reads.
    document: Mapped[dict[str, Any]]
    loaded_at: Mapped[datetime]


class Tariff(Model):
    """What a verification would cost were it charged; only ever imported, never invented."""

    __tablename__ = "tariff"
    __table_args__ = (
        UniqueConstraint("kind_id", "effective_from"),
        CheckConstraint("fee_fen >= 0", name="fee_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("instrument_kind.id"))
    fee_fen: Mapped[int]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    document: Mapped[str] = mapped_column(String(200))
