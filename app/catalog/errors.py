"""Failures of the catalog that carry more than a sentence."""

from __future__ import annotations

from app.catalog.rules import NEXT
from app.catalog.vocabulary import ModelStatus
from app.kit.errors import Conflict, ErrorCode, NotFound


class ModelNotFound(NotFound):
    """No such model, or not for this viewer."""

    code = ErrorCode.MODEL_NOT_FOUND

    def __init__(self, argument: str = "modelId") -> None:
        super().__init__("There is no such model, or you may not see it.")
        self.at(argument)


class TransitionNotAllowed(Conflict):
    """The status may not follow the present one; `allowed` are those that may."""

    def __init__(self, status: str, wanted: ModelStatus) -> None:
        self.allowed = NEXT[ModelStatus(status)]
        ways = ", ".join(self.allowed) or "nothing: it is the end"
        super().__init__(f"{status} cannot become {wanted}. From {status} it can become {ways}.")
        self.at("to")
