"""Who gets in: `token`, `invite-admin`, `secrets`."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from typing import Annotated

import typer

from app.cli.commands import Refused, cli, secrets
from app.console import connected, migrated, out, welcome_link, with_database
from app.identity.rules import Role
from app.settings import Settings


@cli.command()
def token(
    role: Annotated[Role, typer.Option(case_sensitive=False, help="What the token may do.")] = Role.VIEWER,
    hours: Annotated[float, typer.Option(min=0.01, max=720, help="How long it is valid.")] = 24,
) -> None:
    """Print an access token for this installation, alone on the last line."""
    from app.identity.tokens import issue_development_token
    from app.kit.secrets import load_keys

    settings = Settings()
    if settings.is_production:
        raise Refused("Production takes no development tokens. Sign in, or use an API key of a service account.")
    if sys.stdout.isatty():
        out.print(f"A development token with the role {role}, valid for {hours:g} hours:")
    print(issue_development_token(load_keys(settings.home, settings.secret), role, timedelta(hours=hours)))  # noqa: T201 - the answer


@cli.command(name="invite-admin")
def invite_admin() -> None:
    """Print a link by which one person becomes an administrator; links printed before are void."""
    from app.setup import invite_administrator

    with connected(Settings()) as settings:
        migrated(settings)
        token = asyncio.run(invite_administrator(settings, another=True))
    if token is not None:
        out.print("For one administrator, within 7 days. Open it in a browser:")
        print(welcome_link(settings, token))  # noqa: T201 - the answer


@secrets.command("rotate")
def rotate() -> None:
    """Seal every stored secret with the first of MODELHUB_ENCRYPTION_KEYS, while Model Hub runs. Safe to repeat."""
    from app.setup import reseal_secrets

    with with_database(Settings()) as settings:
        migrated(settings)
        done, used = asyncio.run(reseal_secrets(settings))
    out.print(
        f"{done} secrets were sealed with another key. In use now: {', '.join(used) or 'none, as nothing is stored'}."
    )


@secrets.command("renew-signing-key")
def renew_signing_key() -> None:
    """Sign access tokens with a new key from the next minute on; those given out before stay good until they end."""
    from app.setup import renew_signing_key as renew

    with with_database(Settings()) as settings:
        migrated(settings)
        asyncio.run(renew(settings))
    out.print("A new key signs access tokens in a minute.")
