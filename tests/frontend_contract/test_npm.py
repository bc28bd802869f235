"""`npm test`, with Node, against a real server in a process of its own that is restarted while it runs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.access import SYSTEM
from app.kit.db import Database
from app.kit.journal import Writer
from app.kit.secrets import load_keys
from app.settings import Settings
from tests.clients.node import missing, node_home
from tests.contract import worlds
from tests.contract.worlds import Estate, entities, id_of, whole
from tests.faults.test_killed_hub import Process, started
from tests.frontend_contract.contract import ROOT
from tests.frontend_contract.filling import Filling
from tests.kit.rows import put, team

PATIENCE = 120
NO_PACKAGES = "the packages of the contract are not installed: make contract-packages"
