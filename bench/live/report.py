"""The figures as a page, with what the product aims at."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from bench.live.measuring import Figures
from bench.page.aims import Aim

Found = Mapping[str, Mapping[str, Figures]]

_HEAD = """# Subscriptions side by side

{when:%Y-%m-%d}, one run of {seconds:.0f} s on {cores} cores, load {before:.1f} before it and {after:.1f} at its end.
Servers are one process each, clients and servers share the machine. The event is the change of a model; a message shows
17 of its fields and its provider.

- this: `modelhub serve`, with its limits, log and rights.
- stock: Strawberry with SQLAlchemy's ORM and aiodataloader: each subscriber is answered by himself.
- frugal: the same, but what is read for an event is shared by all subscribers.

Cases: `shared`, 1,000 sockets with one document; `distinct`, 500 sockets, each with a document of its own; `many`,
5,000 sockets with one document.
"""


def page(found: Found, seconds: float, load: float) -> str:
    """All of it: what was found in so many seconds, on a machine that had so much load before."""
    after, cores = os.getloadavg()[0], os.cpu_count()
    head = _HEAD.format(when=datetime.now(UTC), cores=cores, seconds=seconds, before=load, after=after)
    return "\n".join([head, "## Aims", "", *_aims(found), "", "## Figures", "", *_figures(found), ""])


def _aims(found: Found) -> Iterator[str]:
    yield "| aim | bound | measured | reached |"
    yield "| --- | --: | --: | --: |"
    for aim in aims(found):
        bound = f"{'≤' if aim.at_most else '≥'} {aim.bound:g}"
        yield f"| {aim.what} | {bound} | {aim.measured:.2f} | {'yes' if aim.is_reached else 'no'} |"


def aims(found: Found) -> Iterator[Aim]:
    """Of the cases that were measured."""
    if shared := found.get("shared"):
        this = shared["this"]
        yield Aim("shared: × stock's messages per second", 20, this.rate / shared["stock"].rate)
        yield Aim("shared: × frugal's messages per second", 20, this.rate / shared["frugal"].rate)
        yield Aim("shared: p99 from commit to client, ms", 100, this.p99, at_most=True)
        yield Aim("shared: executions per event", 1, this.executions, at_most=True)
    if distinct := found.get("distinct"):
        yield Aim("distinct: × stock's messages per second", 1, distinct["this"].rate / distinct["stock"].rate)
    if many := found.get("many"):
        yield Aim("many: kB of memory per socket", 40, many["this"].kilobytes, at_most=True)
        yield Aim("many: all served after ms", 1000, many["this"].all_within, at_most=True)


def _figures(found: Found) -> Iterator[str]:
    yield (
        "| case | server | messages/s | processor µs/message | p50 ms | p99 ms | all served ms | kB/socket "
        "| executions/event | bytes/message |"
    )
    yield "| --- | --- |" + " --: |" * 8
    for case, servers in found.items():
        for name, one in servers.items():
            yield (
                f"| {case} | {name} | {one.rate:,.0f} | {one.busy:,.0f} | {one.p50:,.0f} | {one.p99:,.0f} "
                f"| {one.all_within:,.0f} | {one.kilobytes:.0f} | {_known(one.executions)} | {one.bytes_of_one:,} |"
            )


def _known(executions: float) -> str:
    return f"{executions:g}" if executions else "–"
