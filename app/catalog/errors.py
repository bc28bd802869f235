"""Failures of the catalog that carry more than a sentence."""

from __future__ import annotations

from uuid import UUID

from app.catalog.rules import NEXT
from app.catalog.vocabulary import ModelStatus
from app.kit.errors import Conflict, ErrorCode, HubError, NotFound


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


class ModelAlreadyExists(HubError):
    """The slug is taken; `existing` is the key of the model that has it, which the caller perhaps may not see."""

    code = ErrorCode.MODEL_ALREADY_EXISTS

    def __init__(self, slug: str, existing: UUID) -> None:
        super().__init__(f"The slug `{slug}` is taken; slugs are compared ignoring case.")
        self.existing = existing
        self.at("slug")


class ModelArchived(Conflict):
    """An archived model stays as it is."""

    def __init__(self) -> None:
        super().__init__("The model is archived; it stays as it is.")


class NotRetired(Conflict):
    """Only a retired model can be archived."""

    def __init__(self, status: str) -> None:
        super().__init__(f"The model is {status}; only a RETIRED model can be archived.", status=status)


class VersionImmutable(Conflict):
    """A version that was active once stays as it is."""

    def __init__(self, label: str) -> None:
        super().__init__(f"Version `{label}` was active and is immutable; register a new one.")


class LabelTaken(Conflict):
    """Another version of the model has the label."""

    def __init__(self, label: str) -> None:
        super().__init__(f"The model has a version `{label}` already.")
        self.at("label")


class VersionInUse(Conflict):
    """Aliases point to the version; `aliases` names them."""

    def __init__(self, aliases: list[str]) -> None:
        names = ", ".join(f"`{name}`" for name in aliases)
        super().__init__(f"Aliases point to this version: {names}. Move them first.", aliases=aliases)
        self.at("to")
