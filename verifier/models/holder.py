"""Who uses the instruments: clinics, markets, the stalls under them."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model
from verifier.rules.holders import HolderKind


class Holder(Model):
    __tablename__ = "holder"
    id: Mapped[int] = mapped_column(primary_key=True)
    # What makes two register rows the same holder; see rules/holders.identity.
    identity: Mapped[str] = mapped_column(String(600), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    # First letters of the name's pinyin, lower case, for search.
    initials: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[HolderKind]
    uscc: Mapped[str | None] = mapped_column(String(18), index=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
    # The market whose organiser files for this stall.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"), index=True)
    stall_no: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    contact_name: Mapped[str] = mapped_column(String(60), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    # Where it is, in WGS 84; None: somewhere in its district.
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
