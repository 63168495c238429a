"""Districts as a tree that changes over the years."""

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model


class District(Model):
    __tablename__ = "district"

    id: Mapped[int] = mapped_column(primary_key=True)
    # GB/T 2260 (6 digits), GB/T 10114 (9 digits) or a statistical code.
    code: Mapped[str] = mapped_column(String(12), unique=True)
    level: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    # A parent that was named before it was known here; linked when it is imported.
    awaited_parent_code: Mapped[str] = mapped_column(String(12), default="")
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    valid_from: Mapped[date | None]
    # Last day on which the district exists.
    valid_to: Mapped[date | None]
    code_system: Mapped[str] = mapped_column(String(40), default="")
    code_confidence: Mapped[str] = mapped_column(String(10), default="")
    coord_confidence: Mapped[str] = mapped_column(String(10), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(300), default="")


class DistrictSuccessor(Model):
    """Where an abolished district went; more than one when it was split."""

    __tablename__ = "district_successor"

    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("district.id"), primary_key=True, index=True)
