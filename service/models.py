"""Every table. Rows are the truth; the broker, GitHub and the browser only see copies."""

import uuid
from datetime import date, datetime
from typing import Literal

from sqlalchemy import JSON as GenericJson
from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service.db import Json, UtcDateTime, now

JSON = GenericJson().with_variant(JSONB(), "postgresql")
Serial = BigInteger().with_variant(Integer, "sqlite")


def new_id() -> str:
    """A random identifier of 32 hexadecimal digits."""
    return uuid.uuid4().hex


class Base(DeclarativeBase):
    """Names constraints the same way on both databases, so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Delivery(Base):
    """One webhook as it came in."""

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    guid: Mapped[str] = mapped_column(String(100), unique=True)
    event: Mapped[str] = mapped_column(String(100))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20), default="received")
    """`received`, `handled`, `ignored` or `failed`."""
    reason: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    """Times it was received and accepted for work: 1, and one more per redelivery after a failure."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_deliveries_state_received_at", "state", "received_at"),)


class Review(Base):
    """Lintel's work on one change at one head commit."""

    __tablename__ = "reviews"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    installation_id: Mapped[int] = mapped_column(BigInteger)
    repository_id: Mapped[int] = mapped_column(BigInteger)
    repository: Mapped[str] = mapped_column(String(200))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(100), default="")
    head_sha: Mapped[str] = mapped_column(String(64))
    config_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(30), default="queued")
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it failed, was rejected, cleared, blocked or superseded, or waits; empty otherwise."""
    tier: Mapped[str] = mapped_column(String(10), default="")
    progress: Mapped[str] = mapped_column(String(40), default="")
    """The step that the draft worker is in; empty when nobody works on it."""
    head_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When GitHub was asked for the head commit; decides which of two commits is the newer."""
    change: Mapped[Json | None] = mapped_column(JSON)
    """The whole input as fetched: a review can be repeated and explained from it alone."""
    config: Mapped[Json | None] = mapped_column(JSON)
    """The repository's configuration as it was then, with where each value came from."""
    tries: Mapped[int] = mapped_column(Integer, default=0)
    lease_owner: Mapped[str] = mapped_column(String(100), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Not drafted before this moment; set while it waits for a model or for money."""
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the model could first not judge; None once it did."""
    check_run_id: Mapped[int | None] = mapped_column(BigInteger)
    check_state: Mapped[str] = mapped_column(String(80), default="")
    """State that GitHub's check run shows; the sweep repairs it where it lags behind."""
    check_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (
        UniqueConstraint("repository_id", "number", "head_sha", "config_hash"),
        Index("ix_reviews_state_updated_at", "state", "updated_at"),
        Index("ix_reviews_repository_state_updated_at", "repository", "state", "updated_at"),
    )


class RepositoryConfigFile(Base):
    """The last configuration file of a repository without errors: in force while a newer has some."""

    __tablename__ = "repository_configs"

    repository_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The repository that is reviewed, also where the file is its organisation's."""
    level: Mapped[str] = mapped_column(String(20), primary_key=True)
    """`repository` or `organisation`."""
    installation_id: Mapped[int] = mapped_column(BigInteger)
    repository: Mapped[str] = mapped_column(String(200), index=True)
    layer: Mapped[Json] = mapped_column(JSON)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class JournalEntry(Base):
    """The result of one finished step, under the hash of its inputs."""

    __tablename__ = "journal"

    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    """`repository id#number`: a new commit finds what did not change."""
    step: Mapped[str] = mapped_column(String(60), primary_key=True)
    input_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    output: Mapped[str] = mapped_column(Text)
    record: Mapped[Json] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ModelUsage(Base):
    """What one finished step cost: written with its journal entry, so neither lost nor doubled."""

    __tablename__ = "model_usage"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    installation_id: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date] = mapped_column(Date)
    """In UTC."""
    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"), index=True)
    step: Mapped[str] = mapped_column(String(60))
    model: Mapped[str] = mapped_column(String(200))
    requests: Mapped[int] = mapped_column(Integer)
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    """All input, cached or not."""
    cached_tokens: Mapped[int] = mapped_column(BigInteger)
    written_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cost_usd: Mapped[float] = mapped_column(Numeric(14, 6, asdecimal=False))
    """At list price."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (Index("ix_model_usage_day_installation_id", "day", "installation_id"),)


class ModelTotal(Base):
    """Sums of `model_usage`, kept in the same transactions: what is read often stays small."""

    __tablename__ = "model_totals"

    installation_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    model: Mapped[str] = mapped_column(String(200), primary_key=True)
    requests: Mapped[int] = mapped_column(BigInteger)
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_tokens: Mapped[int] = mapped_column(BigInteger)
    written_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cost_usd: Mapped[float] = mapped_column(Numeric(14, 6, asdecimal=False))


class DraftRevision(Base):
    """A draft as the analyst or an architect left it; never changed, only followed by another."""

    __tablename__ = "drafts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"))
    revision: Mapped[int] = mapped_column(Integer)
    body: Mapped[Json] = mapped_column(JSON)
    made_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (UniqueConstraint("review_id", "revision"),)


class Decision(Base):
    """An architect's approve, edit, reject or dismiss, bound to the exact text and commit."""

    __tablename__ = "decisions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """`approve`, `reject`, `edit`, `dismiss`, `restore` or `add`."""
    revision: Mapped[int] = mapped_column(Integer)
    """The draft revision that was decided on (approve, reject) or came of it (edit, dismiss, add)."""
    about: Mapped[str] = mapped_column(String(300), default="")
    """Finding or question id; empty for the review as a whole."""
    by: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text, default="")
    head_sha: Mapped[str] = mapped_column(String(64))
    text_sha256: Mapped[str] = mapped_column(String(64), default="")
    """sha256 of the rendered post; set on approvals."""
    event: Mapped[Literal["COMMENT", "REQUEST_CHANGES", ""]] = mapped_column(String(20), default="")
    """`COMMENT` or `REQUEST_CHANGES`; set on approvals."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Post(Base):
    """One write to GitHub, made from a decision."""

    __tablename__ = "posts"

    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(20), default="pending")
    """`pending`, `done` or `failed`."""
    github_review_id: Mapped[int | None] = mapped_column(BigInteger)
    url: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Not before this moment; set when GitHub asked us to wait."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AuditEvent(Base):
    """One link of the audit chain; `hash` covers the row and the hash of the row before."""

    __tablename__ = "audit_events"

    seq: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(40))
    """ISO 8601 in UTC, as text: the hash must not depend on how a database stores time."""
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200), index=True)
    detail: Mapped[str] = mapped_column(Text)
    """Canonical JSON."""
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class User(Base):
    """A person who signed in."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(20))
    """`github`, or `demo` for the local sign-in of the demo."""
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class LoginSession(Base):
    """A browser's session; the cookie holds a random value, the row only its sha256."""

    __tablename__ = "sessions"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
