"""The hash chain of a body: one link for each record of its history, each carrying the digest before it."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model


class ChainLink(Model):
    """What ties one record to all before it; rules/chain says how the digests are made."""

    __tablename__ = "chain_link"
    __table_args__ = (UniqueConstraint("body_id", "position"), UniqueConstraint("subject", "subject_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    # 1, 2, 3 … within the body.
    position: Mapped[int]
    # Table and key of the record.
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    # SHA-256 of the record's canonical form.
    record_digest: Mapped[str] = mapped_column(String(64))
    # SHA-256 over this link and the digest of the one before.
    digest: Mapped[str] = mapped_column(String(64))


class ChainHead(Model):
    """The newest link of a body; locked while another is added, so that there is one order."""

    __tablename__ = "chain_head"

    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), primary_key=True)
    position: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
