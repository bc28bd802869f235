"""Amounts as Kubernetes writes them: `500m` processors, `4Gi` of memory, and what asks for accelerators. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_QUANTITY: Final = re.compile(r"(\d{1,18}(?:\.\d{0,9})?|\.\d{1,9})(|m|k|[MGTPE]|[KMGTPE]i)")
_GPU_NAME: Final = re.compile(r"(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_DECIMAL: Final = {name: Decimal(1000) ** (power + 1) for power, name in enumerate("kMGTPE")}
_BINARY: Final = {f"{name}i": Decimal(1024) ** (power + 1) for power, name in enumerate("KMGTPE")}
_SUFFIXES: Final = {"": Decimal(1), "m": Decimal("0.001"), **_DECIMAL, **_BINARY}

MIN_CPU, MAX_CPU = Decimal("0.001"), Decimal(1024)
MIN_MEMORY, MAX_MEMORY = Decimal(2**20), Decimal(2**46)
MAX_GPUS = 64


def fault_of_cpu(text: str) -> str | None:
    """What is wrong with an amount of processors; None if nothing is."""
    cores = _number(text, "", "m")
    if cores is None or not MIN_CPU <= cores <= MAX_CPU:
        return "Processors are written like `2` or `500m`: 1m to 1024."
    return None


def fault_of_memory(text: str) -> str | None:
    """What is wrong with an amount of memory; None if nothing is. `m` would be thousandths of a byte."""
    size = _number(text, "", *_DECIMAL, *_BINARY)
    if size is None or not MIN_MEMORY <= size <= MAX_MEMORY:
        return "Memory is written like `512Mi` or `4Gi`: 1Mi to 64Ti."
    return None


def fault_of_gpu(text: str) -> str | None:
    """What is wrong with a request for accelerators, a number of them or the name of a kind; None if nothing is."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_GPUS)) and 1 <= int(text) <= MAX_GPUS
    if is_number or _GPU_NAME.fullmatch(text):
        return None
    return f"Accelerators are a number, 1 to {MAX_GPUS}, or the name of a kind such as `nvidia-tesla-t4`."


def _number(text: str, *suffixes: str) -> Decimal | None:
    found = _QUANTITY.fullmatch(text) if text.isascii() else None
    return Decimal(found[1]) * _SUFFIXES[found[2]] if found and found[2] in suffixes else None
