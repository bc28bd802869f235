"""Connections (Relay's Cursor Connections specification) over keyset pages."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

import strawberry

from app.kit.context import Info
from app.kit.costs import Cost
from app.kit.edges import way
from app.kit.paging import Page, PageRequest

T = TypeVar("T")

First = Annotated[
    int | None,
    strawberry.argument(description="How many from the start or after `after`: 1 to 100, 20 by default."),
]
After = Annotated[str | None, strawberry.argument(description="A cursor: the page begins after it.")]
Last = Annotated[int | None, strawberry.argument(description="How many from the end or before `before`: 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="A cursor: the page ends before it. Goes with `last`.")]


@strawberry.type(description="Where a page lies in its list.", directives=[Cost(weight="0")])
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether some come before.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first edge; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last edge; null on an empty page.")


@strawberry.type(
    description="One entity of a page, with the cursor that marks its place.", directives=[Cost(weight="0")]
)
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Opaque; for `after` or `before` in the same order.")
    node: T = strawberry.field(description="The entity.")


@strawberry.type(description="One page of a list, in the order asked for.")
class Connection(Generic[T]):
    page: strawberry.Private[Any]
    nodes: list[T] = strawberry.field(description="The entities of the page.")

    @strawberry.field(description="The entities of the page with their cursors.")
    def edges(self) -> list[Edge[T]]:
        return [Edge(cursor=self.page.cursor_of(row), node=row) for row in self.nodes]

    @strawberry.field(description="Where the page lies in the list.")
    def page_info(self) -> PageInfo:
        page: Page[Any] = self.page
        ends = (page.nodes[0], page.nodes[-1]) if page.nodes else None
        return PageInfo(
            has_next_page=page.has_next_page,
            has_previous_page=page.has_previous_page,
            start_cursor=page.cursor_of(ends[0]) if ends else None,
            end_cursor=page.cursor_of(ends[1]) if ends else None,
        )

    @strawberry.field(
        description="How many the list holds in all; counted only when selected. Null when it would be too costly.",
        directives=[Cost(weight="5")],
    )
    async def total_count(self) -> int | None:
        return await self.page.count()


def connection(page: Page[Any]) -> Any:
    """A page as a connection."""
    return Connection(page=page, nodes=page.nodes)  # type: ignore[arg-type]


def pages(info: Info, batch: Any, counts: Any, request: PageRequest, *given: Any) -> Any:
    """The way from rows to a page of the children of each; `counts` is the batch of how many there are in all."""

    def shown(row: Any, page: Page[Any]) -> Any:
        return connection(page.counted_by(lambda: info.context.load(counts, row["id"], *given)))

    return way(batch, *given, request, show=shown)
