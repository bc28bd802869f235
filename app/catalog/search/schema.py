"""The face of search: `models`, what one can narrow by, and what was understood."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.catalog.schema import Model
from app.catalog.search import reads
from app.catalog.search.conditions import EVERYTHING, conditions, written
from app.catalog.search.facets import FacetField
from app.catalog.search.inputs import ModelFilter, ModelOrder
from app.kit.connections import After, Before, Connection, First, Last
from app.kit.context import Info
from app.kit.enums import graphql_enum
from app.kit.operators import FilterOperator
from app.kit.paging import PageRequest
from app.kit.scalars import BigInt

graphql_enum(
    FacetField,
    "What models can be narrowed by: fields of `ModelFilter`. New values may be added.",
    PROVIDER="The slug of the provider: `provider`.",
    MODEL_TYPE="What it takes and gives: `modelType`.",
    STATUS="Where it is in its life: `status`.",
    CAPABILITIES="What it can do: `capabilities`.",
    SUPPORTED_TASKS="The tasks it was chosen for: `supportedTasks`.",
    CATEGORY="The organisation's own grouping: `category`.",
    TAGS="Labels: `tags`.",
    INPUT_FORMATS="Formats it accepts: `inputFormats`.",
    OUTPUT_FORMATS="Formats it produces: `outputFormats`.",
    COMPLIANCE="Regimes it was approved for: `compliance`.",
    OWNER="Who answers for it: `owner`.",
    IS_OWNED="Whether somebody answers for it: `isOwned`.",
    SECURITY_LEVEL="The clearance it takes to know of it: `securityLevel`.",
    SOURCE="How it came into the catalog: `source`.",
)


@strawberry.type(description="A value that models can be narrowed to.")
class FacetValue:
    value: str = strawberry.field(description="The value as the filter takes it.")
    label: str = strawberry.field(description="The value as people read it.")
    count: BigInt = strawberry.field(
        description="How many visible models have it, among those that fit the query and the conditions on all other "
        "fields."
    )
    is_selected: bool = strawberry.field(description="Whether the filter asks for it, by itself or among others.")


@strawberry.type(description="The values of one field among what was found, to narrow it by.")
class Facet:
    field: FacetField = strawberry.field(description="The field of the filter.")
    values: list[FacetValue] = strawberry.field(
        description="Selected values first, then by falling count and by value; at most 100."
    )
    other_count: int = strawberry.field(description="How many values there are besides.")


@strawberry.type(description="A condition of the filter as it was understood.")
class AppliedCondition:
    path: str = strawberry.field(description="Where it stands in the filter, such as `or[0].provider`.")
    field: str = strawberry.field(description="The field it compares, such as `provider`.")
    operator: FilterOperator = strawberry.field(description="How it compares.")
    values: list[str] = strawberry.field(description="What it compares with; at most 100.")


@strawberry.type(description="One page of models, in the order asked for, and what can be done with the search.")
class ModelConnection(Connection[Model]):
    found: strawberry.Private[reads.Found]

    @strawberry.field(
        description="What can be narrowed by, each field counted under the conditions on all others; computed only "
        "when selected. One for each value of `FacetField`."
    )
    async def facets(self) -> list[Facet]:
        return await self.found.shown.facets()  # type: ignore[return-value]

    @strawberry.field(description="The conditions of the filter, in the order of its fields; at most 100.")
    def applied_filter(self) -> list[AppliedCondition]:
        return [
            AppliedCondition(
                path=each.path,
                field=each.field,
                operator=each.operator,
                values=[written(value) for value in each.values],
            )
            for each in conditions(self.found.asked.filter)
        ]

    @strawberry.field(
        description="The query in a spelling that finds more, if it finds fewer than 5 as typed; else null. Where it "
        "finds nothing as typed, these are the models shown."
    )
    async def did_you_mean(self) -> str | None:
        return await self.found.did_you_mean()


Query = Annotated[
    str | None,
    strawberry.argument(
        description="Free text, at most 1,000 characters: words of names, providers, types, labels and descriptions. "
        "All words must be found, the last one may be incomplete; `gpt4o` finds GPT-4o. Quotes hold words together, "
        "`-word` excludes, `OR` gives a choice. Text without any letter or digit does not restrict."
    ),
]


@strawberry.type
class SearchQuery:
    @strawberry.field(
        description="The models you may see, as far as they match; archived ones only if the filter asks for them. "
        "Needs `models:read`."
    )
    async def models(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        query: Query = None,
        filter: Annotated[ModelFilter | None, strawberry.argument(description="Which models.")] = None,
        order_by: Annotated[
            ModelOrder | None,
            strawberry.argument(
                description="The sort; by default the most relevant to `query`, else the newest first."
            ),
        ] = None,
    ) -> ModelConnection:
        chosen = filter.group() if filter else EVERYTHING
        order = order_by.order() if order_by else None
        request = PageRequest(first, after, last, before)
        found = await info.context.read(reads.search_models, query, chosen, order, request)
        return ModelConnection(page=found.page, nodes=found.page.nodes, found=found)
