"""The faces and the mutation of ratings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from app.catalog.ratings import reads, service
from app.catalog.schema import Model, ModelPayload
from app.kit.context import Info
from app.kit.edges import edge, extends
from app.kit.ids import key_of
from app.kit.mutations import CLIENT_MUTATION_ID, perform
from app.kit.nodes import row_of
from app.kit.scalars import BigInt


@strawberry.type(description="What people think of a model, together. Each has one rating; the last one counts.")
class RatingSummary:
    @strawberry.field(description="The mean, 1 to 5, rounded to two places; null without ratings.")
    def average(self) -> float | None:
        average = row_of(self)["rating_average"]
        return None if average is None else float(average)

    @strawberry.field(description="How many rated it.")
    def count(self) -> BigInt:
        return row_of(self)["rating_count"]

    distribution: list[int] = edge(
        reads.distributions_by_model,
        key="id",
        description="How many gave 1, 2, 3, 4 and 5: five numbers in this order.",
    )


@strawberry.type(description="What you think of a model.")
class ViewerRating:
    rating: int = strawberry.field(description="From 1 to 5.")
    comment: str | None = strawberry.field(description="What you added in words.")
    rated_at: datetime = strawberry.field(description="When you said so.")


@extends(Model)
class ModelRatings:
    @strawberry.field(description="What people think of it.")
    def rating(self) -> RatingSummary:
        return row_of(self)

    viewer_rating: ViewerRating | None = edge(
        reads.own_by_model,
        key="id",
        description="What you think of it; null if you never said.",
        is_personal=True,
    )


@strawberry.input(description="Says what you think of a model.")
class RateModelInput:
    model_id: strawberry.ID = strawberry.field(description="The model.")
    rating: int = strawberry.field(description="From 1 to 5.")
    comment: str | None = strawberry.field(default=None, description="Why, in at most 1,000 characters.")
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Opinion:
        """The opinion."""
        model_id = key_of(self.model_id, "Model", argument="modelId")
        return service.Opinion(model_id=model_id, rating=self.rating, comment=self.comment)


@strawberry.type(description="What came of `rateModel`.")
class RateModelPayload(ModelPayload):
    pass


@strawberry.type
class RatingMutation:
    @strawberry.mutation(
        description="Rate a model, in place of your earlier rating. The same again changes nothing; the model's "
        "`revision` stays. Needs `models:read`. `CONFLICT` if the model is archived."
    )
    async def rate_model(
        self, info: Info, input: Annotated[RateModelInput, strawberry.argument(description="What you think.")]
    ) -> RateModelPayload | None:
        return await perform(info, RateModelPayload, service.rate_model, input)
