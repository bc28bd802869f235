"""Who there is: principals, their teams, and what they sign in with. Of secrets there are only digests."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.vocabulary import PrincipalKind, Role
from app.kit.columns import Count, CreatedAt, Flag, Instant, Key, Texts, one_of
from app.kit.db import Base


class Team(Base):
    """A group of people with a budget of its own. `slug` is what telemetry sends."""

    __tablename__ = "team"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    is_demo: Mapped[Flag]
    created_at: Mapped[CreatedAt]


class Principal(Base):
    """Who can act: a user with an e-mail address, or a service account that a user answers for.

    Each of its acts shares its lock (`standing.hold`), and whoever changes what it may do has that alone."""

    __tablename__ = "principal"
    __table_args__ = (
        one_of("kind", PrincipalKind),
        one_of("role", Role),
        CheckConstraint("(kind = 'USER') = (email is not null)", name="email"),
        Index("uq_principal_email", text("lower(email)"), unique=True),
        Index("ix_principal_name", "name", "id"),
        Index("ix_principal_created_at", "created_at", "id"),
        Index("ix_principal_owner_id", "owner_id"),
    )

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id", ondelete="CASCADE"))
    disabled_at: Mapped[Instant | None]
    is_demo: Mapped[Flag]
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class TeamMember(Base):
    """A principal in a team: he sees the team's data."""

    __tablename__ = "team_member"
    __table_args__ = (Index("ix_team_member_principal_id", "principal_id"),)

    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id", ondelete="CASCADE"), primary_key=True)
    added_at: Mapped[CreatedAt]


class Session(Base):
    """One sign-in of a user, and the family of refresh tokens that keeps it alive until `expires_at`."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_principal_id", "principal_id", "created_at"),)

    id: Mapped[Key]
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id", ondelete="CASCADE"))
    ip: Mapped[str | None] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    refreshed_at: Mapped[CreatedAt]
    expires_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]


class RefreshToken(Base):
    """One refresh token, good for one use; `used_at` tells a second use from the first."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("ix_refresh_token_session_id", "session_id"),)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]


class ApiKey(Base):
    """A long-lived credential of a principal; `prefix` is what people recognise it by."""

    __tablename__ = "api_key"
    __table_args__ = (Index("ix_api_key_principal_id", "principal_id", "created_at"),)

    id: Mapped[Key]
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[Texts]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Instant | None]
    last_used_at: Mapped[Instant | None]
    revoked_at: Mapped[Instant | None]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_key.id", ondelete="SET NULL"), unique=True)


class Invitation(Base):
    """An offer to become a user; whoever has its token takes it once. No `email`: the taker says his."""

    __tablename__ = "invitation"
    __table_args__ = (one_of("role", Role), Index("ix_invitation_email", text("lower(email)")))

    id: Mapped[Key]
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    email: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    team_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id", ondelete="CASCADE"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Instant]
    accepted_at: Mapped[Instant | None]


class SignInThrottle(Base):
    """Failed sign-ins of one account or from one address; only a digest says which."""

    __tablename__ = "sign_in_throttle"
    __table_args__ = (Index("ix_sign_in_throttle_failed_at", "failed_at"),)

    subject: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[Count]
    failed_at: Mapped[Instant]
    blocked_until: Mapped[Instant]


class RefusedAttempt(Base):
    """Attempts of one minute that were refused, of an address or an account (`kind`; a digest says which).

    They wait here until the minute is over and they are put on record as one."""

    __tablename__ = "refused_attempt"

    minute: Mapped[Instant] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    ip: Mapped[str | None] = mapped_column(Text)
    principal_id: Mapped[UUID | None] = mapped_column(Uuid)
    attempts: Mapped[Count]


class AuthorisationEpoch(Base):
    """One row: a number that grows with every change of who may do what, in that change's own transaction."""

    __tablename__ = "authorisation_epoch"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger)
