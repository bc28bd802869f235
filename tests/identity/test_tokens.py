"""Access tokens: what is taken, and everything that is not."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.identity.rules import CLEARANCES, PERMISSIONS, Role
from app.identity.tokens import MAX_LENGTH, authenticate, issue_development_token, issue_token, key_id, verify
from app.kit.errors import ErrorCode, HubError, TokenExpired, Unauthorized
from app.kit.secrets import Keys

KEYS = Keys(b"s" * 32)
NAMED = {"kid": key_id(KEYS.signing.public_key())}


def claims(**changed: Any) -> dict[str, Any]:
    """Good claims, with changes; None removes one."""
    now = datetime.now(UTC)
    good = {
        "iss": "modelhub", "aud": "modelhub-api", "sub": "ann", "role": "ADMIN", "iat": now, "nbf": now,
        "exp": now + timedelta(minutes=5),
    }  # fmt: skip
    return {name: value for name, value in (good | changed).items() if value is not None}


def signed(**changed: Any) -> str:
    """A token with our signature."""
    return jwt.encode(claims(**changed), KEYS.signing, algorithm="EdDSA", headers=NAMED)


def part(content: Any) -> str:
    """A part of a token."""
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def refused(token: str) -> HubError:
    """The refusal of a token."""
    with pytest.raises(HubError) as error:
        authenticate(KEYS, token)
    return error.value


class TestAuthenticate:
    @pytest.mark.parametrize("role", list(Role))
    def test_token_stands_for_its_role(self, role: Role) -> None:
        actor = authenticate(KEYS, issue_development_token(KEYS, role))
        assert (actor.role, actor.permissions, actor.clearance) == (role.value, PERMISSIONS[role], CLEARANCES[role])

    def test_expired_one_is_told_apart(self) -> None:
        assert isinstance(refused(signed(exp=datetime.now(UTC) - timedelta(seconds=1))), TokenExpired)
        expired = issue_development_token(KEYS, Role.ADMIN, timedelta(seconds=-1))
        assert refused(expired).code == ErrorCode.TOKEN_EXPIRED

    def test_expired_one_of_another_key_is_just_invalid(self) -> None:
        foreign = issue_development_token(Keys(b"x" * 32), Role.ADMIN, timedelta(seconds=-1))
        assert refused(foreign).code == ErrorCode.UNAUTHORIZED

    @pytest.mark.parametrize(
        "changed",
        [
            {"iss": "somebody"},
            {"aud": "another-api"},
            {"aud": ["another-api"]},
            {"role": "ROOT"},
            {"role": "admin"},
            {"role": 5},
            {"role": ["ADMIN"]},
            {"role": {}},
            {"sub": 5},
            {"exp": "soon"},
            {"nbf": datetime.now(UTC) + timedelta(hours=1)},
            {"iat": datetime.now(UTC) + timedelta(hours=1)},
            *({name: None} for name in ("iss", "aud", "sub", "role", "iat", "nbf", "exp")),
        ],
    )
    def test_wrong_or_missing_claims_are_refused(self, changed: dict[str, Any]) -> None:
        assert isinstance(refused(signed(**changed)), Unauthorized)

    def test_token_once_verified_expires_all_the_same(self) -> None:
        token = signed(exp=datetime.now(UTC) + timedelta(seconds=1))
        assert authenticate(KEYS, token).id == "ann"
        time.sleep(1)
        assert isinstance(refused(token), TokenExpired)

    def test_token_once_verified_is_void_under_other_keys(self) -> None:
        token = signed()
        assert authenticate(Keys(b"s" * 32), token) == authenticate(KEYS, token)
        with pytest.raises(Unauthorized):
            authenticate(Keys(b"t" * 32), token)

    def test_other_key_is_refused(self) -> None:
        assert isinstance(refused(issue_development_token(Keys(b"x" * 32), Role.ADMIN)), Unauthorized)

    def test_algorithm_none_is_refused(self) -> None:
        unsigned = jwt.encode(claims(), None, algorithm="none", headers=NAMED)  # pyright: ignore[reportArgumentType]
        for token in (
            unsigned,
            unsigned + "x",
            unsigned.replace(unsigned.split(".")[0], part({"alg": "None", **NAMED})),
        ):
            assert isinstance(refused(token), Unauthorized)

    def test_signature_by_the_public_key_as_a_shared_secret_is_refused(self) -> None:
        import hashlib
        import hmac

        public = KEYS.signing.public_key()
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        body = {name: v.timestamp() if isinstance(v, datetime) else v for name, v in claims().items()}
        for secret in (raw, pem):
            for algorithm in ("HS256", "EdDSA"):
                signing = f"{part({'alg': algorithm, 'typ': 'JWT', **NAMED})}.{part(body)}"
                mac = hmac.new(secret, signing.encode(), hashlib.sha256).digest()
                token = f"{signing}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"
                assert isinstance(refused(token), Unauthorized)

    def test_changed_claims_void_the_signature(self) -> None:
        head, _, signature = issue_development_token(KEYS, Role.VIEWER).split(".")
        body = {name: v.timestamp() if isinstance(v, datetime) else v for name, v in claims().items()}
        assert isinstance(refused(f"{head}.{part(body)}.{signature}"), Unauthorized)

    @pytest.mark.parametrize(
        "token", ["", ".", "..", "a.b.c", "äöü", "\x00", "e30.e30.e30", "x" * MAX_LENGTH, "x" * (MAX_LENGTH + 1)]
    )
    def test_garbage_is_refused(self, token: str) -> None:
        assert isinstance(refused(token), Unauthorized)

    def test_oversized_one_is_refused_though_its_signature_is_good(self) -> None:
        assert isinstance(refused(signed(padding="x" * MAX_LENGTH)), Unauthorized)

    @pytest.mark.parametrize("kid", ["0" * 16, "", None, 5, ["x"], "../../dev/null", "a\r\nx: y"])
    def test_unknown_key_id_is_refused_though_the_signature_is_good(self, kid: Any) -> None:
        token = f"{part({'alg': 'EdDSA', 'typ': 'JWT', 'kid': kid})}.{signed().split('.')[1]}"
        signature = urlsafe_b64encode(KEYS.signing.sign(token.encode())).rstrip(b"=").decode()
        assert isinstance(refused(f"{token}.{signature}"), Unauthorized)

    def test_header_that_names_another_key_is_of_no_effect(self) -> None:
        foreign = Keys(b"x" * 32).signing
        for header in (NAMED, {"kid": "../../dev/null"}, {"jku": "https://evil.example/keys"}, {"crit": ["exp"]}):
            token = jwt.encode(claims(), foreign, algorithm="EdDSA", headers=header)
            assert isinstance(refused(token), Unauthorized)

    def test_refusal_does_not_repeat_the_token(self) -> None:
        token = signed(aud="another-api")
        assert token not in refused(token).message
        assert "another-api" not in refused(token).message


class TestTokenOfACredential:
    NOW = datetime.now(UTC).replace(microsecond=0)

    def test_says_whose_it_is_and_lives_for_a_quarter_of_an_hour(self) -> None:
        principal, credential = uuid4(), uuid4()
        token, expires_at = issue_token(KEYS, principal, credential, self.NOW)
        said = verify(KEYS, token)
        assert (said.subject, said.credential, said.role, said.scopes) == (str(principal), credential, None, None)
        assert said.expires_at == expires_at == self.NOW + timedelta(minutes=15)

    def test_says_what_it_is_confined_to(self) -> None:
        token, _ = issue_token(KEYS, uuid4(), uuid4(), self.NOW, frozenset({"models:read"}))
        assert verify(KEYS, token).scopes == {"models:read"}
        assert verify(KEYS, issue_token(KEYS, uuid4(), uuid4(), self.NOW, frozenset())[0]).scopes == frozenset()

    def test_expires(self) -> None:
        token, _ = issue_token(KEYS, uuid4(), uuid4(), self.NOW - timedelta(minutes=15, seconds=1))
        assert isinstance(refused(token), TokenExpired)

    def test_is_no_development_token(self) -> None:
        assert isinstance(refused(issue_token(KEYS, uuid4(), uuid4(), self.NOW)[0]), Unauthorized)

    @pytest.mark.parametrize("changed", [{"cred": "x"}, {"cred": 5}, {"cred": None}, {"scope": 5}, {"scope": ["a"]}])
    def test_with_claims_of_another_shape_is_refused(self, changed: dict[str, Any]) -> None:
        with pytest.raises(Unauthorized):
            verify(KEYS, signed(**{"role": None, "sub": str(uuid4()), "cred": str(uuid4()), **changed}))
