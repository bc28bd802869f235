"""Failures of experiments that carry more than a sentence."""

from __future__ import annotations

from app.experiments.vocabulary import ExperimentStatus
from app.kit.errors import Conflict, ErrorCode, NotFound


class ExperimentNotFound(NotFound):
    """No such experiment, or not for this viewer."""

    code = ErrorCode.EXPERIMENT_NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such experiment, or you may not see it.")
        self.at("experimentId")


class StatusForbids(Conflict):
    """The experiment is at another point of its life; `status` and `is_archived` say where."""

    def __init__(self, message: str, status: str, *, is_archived: bool) -> None:
        super().__init__(message)
        self.status, self.is_archived = ExperimentStatus(status), is_archived
        self.at("experimentId")
