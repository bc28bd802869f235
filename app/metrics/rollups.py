"""The SQL of roll-ups: how inferences become minutes, minutes hours and hours days, and how a range is read.

Written by hand: it is grouping sets and array arithmetic, which read better as SQL than as expressions."""

from __future__ import annotations

from dataclasses import dataclass

from app.kit.scoping import OWN_TEAMS
from app.metrics.tables import ATTRIBUTED, DAY, GREATEST, HOUR, LEAST, MINUTE, SUMS

DIMENSIONS = "model_id, provider_id, deployment_id, environment, team_id"
CELL = f"grain, bucket, {DIMENSIONS}"
CONFLICT = "grain, bucket, model_id, deployment_id, environment, team_id"

HISTOGRAMS = {"latency": ("latency_buckets", "latency_counts"), "ttft": ("ttft_buckets", "ttft_counts")}


SHORT, LONG, TURN = 128, 4096, 8
"""Histograms and sketches of minutes are appended to, as readers add up anyway: that takes a microsecond. Beyond
`SHORT` they are merged, which takes a hundred, every eighth time or so, by their length; beyond `LONG` always."""


def merge_on_conflict(of: str = "rollup", *, whole: bool = False) -> str:
    """`set …` of the upsert that adds a batch's sums to a bucket of a table. With `whole`, for those whose readers take
    single rows, histograms are merged each time."""
    sums = [f"{c} = {of}.{c} + excluded.{c}" for c in SUMS]
    least = [f"{c} = least({of}.{c}, excluded.{c})" for c in LEAST]
    greatest = [f"{c} = greatest({of}.{c}, excluded.{c})" for c in GREATEST]
    histograms = [
        _merged(of, keys, counts) if whole else joined(of, keys, counts, "sum(v)::int8")
        for keys, counts in HISTOGRAMS.values()
    ]
    return ", ".join([*sums, *least, *greatest, *histograms])


def _merged(of: str, keys: str, counts: str) -> str:
    both = f"{of}.{keys}, {of}.{counts}, excluded.{keys}, excluded.{counts}"
    return f"({keys}, {counts}) = (select buckets, counts from merge_counts({both}))"


def joined(table: str, keys: str, values: str, merged: str) -> str:
    """`set …` that appends pairs to those of a bucket, and now and then merges those of one key."""
    both = f"{table}.{keys} || excluded.{keys}, {table}.{values} || excluded.{values}"
    length = f"(cardinality({table}.{keys}) + cardinality(excluded.{keys}))"
    is_due = f"({length} > {LONG} or {length} > {SHORT} and {length} % {TURN} = 0)"
    return f"""({keys}, {values}) = (
        select array_agg(k), array_agg(v) from (select k, {merged} as v from unnest({both}) as u(k, v) group by k) m
        having {is_due} union all select {both} where not {is_due})"""


def aggregates(alias: str) -> str:
    """The select list that adds up rows of a roll-up, without histograms."""
    sums = [f"sum({alias}.{c})::{'numeric' if c in {'cost', 'confidence_sum'} else 'int8'} as {c}" for c in SUMS]
    least = [f"min({alias}.{c}) as {c}" for c in LEAST]
    return ", ".join([*sums, *least, *(f"max({alias}.{c}) as {c}" for c in GREATEST)])


def _histogram(name: str) -> str:
    buckets, counts = HISTOGRAMS[name]
    return f"""{name}_histogram as (
        select {DIMENSIONS}, array_agg(b order by b) as {buckets}, array_agg(n order by b) as {counts}
        from (select {DIMENSIONS}, b, sum(n)::int8 as n
              from (select {DIMENSIONS}, unnest({buckets}) as b, unnest({counts}) as n from source) u
              group by {DIMENSIONS}, b) merged
        group by {DIMENSIONS})"""


def _same(left: str, right: str) -> str:
    nullable = " and ".join(f"{left}.{c} is not distinct from {right}.{c}" for c in ("deployment_id", "team_id"))
    return f"{left}.model_id = {right}.model_id and {left}.environment = {right}.environment and {nullable}"


ALL_COLUMNS = ", ".join([*SUMS, *LEAST, *GREATEST, *(c for pair in HISTOGRAMS.values() for c in pair)])

ROLL_SUMS = f"""
with source as (select * from rollup where grain = $1 and bucket >= $3 and bucket < $4),
{_histogram("latency")},
{_histogram("ttft")},
totals as (select {DIMENSIONS}, {aggregates("source")} from source group by {DIMENSIONS})
insert into rollup ({CELL}, {ALL_COLUMNS})
select $2::int2, $3::timestamptz, {", ".join(f"t.{c.strip()}" for c in DIMENSIONS.split(","))},
       {", ".join(f"t.{c}" for c in [*SUMS, *LEAST, *GREATEST])},
       coalesce(l.latency_buckets, '{{}}'), coalesce(l.latency_counts, '{{}}'),
       coalesce(f.ttft_buckets, '{{}}'), coalesce(f.ttft_counts, '{{}}')
from totals t
left join latency_histogram l on {_same("l", "t")}
left join ttft_histogram f on {_same("f", "t")}
"""

ROLL_ERRORS = f"""
insert into rollup_error ({CELL}, error_code, requests, message, last_at)
select $2::int2, $3::timestamptz, {DIMENSIONS}, error_code, sum(requests)::int8,
    (array_agg(message order by last_at desc))[1], max(last_at)
from rollup_error where grain = $1 and bucket >= $3 and bucket < $4 group by {DIMENSIONS}, error_code
"""

ROLL_USE_CASES = f"""
insert into rollup_use_case ({CELL}, use_case, requests, cost)
select $2::int2, $3::timestamptz, {DIMENSIONS}, use_case, sum(requests)::int8, sum(cost)
from rollup_use_case where grain = $1 and bucket >= $3 and bucket < $4 group by {DIMENSIONS}, use_case
"""

ROLL_ATTRIBUTION = f"""
insert into rollup_attribution ({CELL}, kind, label, {", ".join(ATTRIBUTED)})
select $2::int2, $3::timestamptz, {DIMENSIONS}, kind, label, {", ".join(f"sum({c})" for c in ATTRIBUTED)}
from rollup_attribution where grain = $1 and bucket >= $3 and bucket < $4 group by {DIMENSIONS}, kind, label
"""

ROLL_USERS = f"""
insert into rollup_user ({CELL}, registers, ranks)
select $2::int2, $3::timestamptz, {DIMENSIONS}, array_agg(register order by register), array_agg(rank order by register)
from (select {DIMENSIONS}, u.register, max(u.rank) as rank
      from rollup_user, unnest(registers, ranks) as u(register, rank)
      where grain = $1 and bucket >= $3 and bucket < $4 group by {DIMENSIONS}, u.register) merged
group by {DIMENSIONS}
"""

TABLES = {
    "rollup": ROLL_SUMS,
    "rollup_error": ROLL_ERRORS,
    "rollup_use_case": ROLL_USE_CASES,
    "rollup_attribution": ROLL_ATTRIBUTION,
    "rollup_user": ROLL_USERS,
}

MARK = """
insert into rollup_dirty (grain, bucket, due_at)
select $1::int2, bucket, greatest(bucket + make_interval(mins => $1::int2), now()) + make_interval(secs => 2)
from unnest($2::timestamptz[]) as m(bucket) order by bucket
on conflict (grain, bucket) do update set seq = rollup_dirty.seq + 1
"""
"""Ingest marks hours, rolling an hour marks its day. A mark stays locked until commit, so the roller cannot take one
before what it stands for is visible. An open bucket is due when it closes; until then it is read by its parts."""

TAKE_MARK = f"""
delete from rollup_dirty where (grain, bucket) = (
    select grain, bucket from rollup_dirty d
    where due_at <= $1 and not (grain = {DAY} and exists (
        select from rollup_dirty h where h.grain = {HOUR} and h.bucket >= d.bucket
            and h.bucket < d.bucket + interval '24 hours'))
    order by grain, bucket limit 1 for update skip locked)
returning grain, bucket
"""

FINER = {HOUR: MINUTE, DAY: HOUR}
"""From which grain a grain is computed."""


def spans(marks: str) -> str:
    """Which grain answers for which part of a range, by what selects the grains and buckets that are marked."""
    return f"""
marked(grain, bucket) as ({marks}),
dirty(grain, bucket) as (
    select grain, bucket from marked
    union select {DAY}, date_bin('1 day', bucket, 'epoch'::timestamptz) from marked where grain = {HOUR}),
spans(grain, low, high) as (
    select {DAY}, cast(:day_start as timestamptz), cast(:day_end as timestamptz)
    union all values ({HOUR}, cast(:hour_start as timestamptz), cast(:day_start as timestamptz)),
                     ({HOUR}, cast(:day_end as timestamptz), cast(:hour_end as timestamptz)),
                     ({MINUTE}, cast(:minute_start as timestamptz), cast(:hour_start as timestamptz)),
                     ({MINUTE}, cast(:hour_end as timestamptz), cast(:minute_end as timestamptz))
    union all select {HOUR}, bucket, bucket + interval '24 hours' from dirty
              where grain = {DAY} and bucket >= :day_start and bucket < :day_end
    union all select {MINUTE}, bucket, bucket + interval '1 hour' from dirty
              where grain = {HOUR} and bucket >= :hour_start and bucket < :hour_end)"""


SPANS = spans("select grain, bucket from rollup_dirty")
"""Which grain answers for which part of a range (`rules.Cover`): a day that is dirty, or has a dirty hour, is read by
its hours, and a dirty hour by its minutes, so an answer is exact at any moment, whatever was rolled up so far."""

CLEAN = "not exists (select from dirty d where d.grain = r.grain and d.bucket = r.bucket)"


_DEPLOYED = f"select id from deployment where team_id = any({OWN_TEAMS})"
VISIBLE = f"""({OWN_TEAMS} is null or r.team_id = any({OWN_TEAMS}) or r.deployment_id in ({_DEPLOYED})
    or r.team_id is null and (r.deployment_id is null
        or r.deployment_id in (select id from deployment where team_id is null)))"""
"""Usage belongs to the team that called and to the team whose deployment answered: members of either see it, and
everybody what belongs to nobody. Its argument is `own_teams` of `kit.scoping.scope`."""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one roll-up table within a range: `from spans join …` and the conditions."""

    table: str
    conditions: str

    def sql(self, columns: str) -> str:
        """A select of `columns` (of `r`) over the cover of the range."""
        return (
            f"select {columns} from spans s join {self.table} r on r.grain = s.grain and r.bucket >= s.low "
            f"and r.bucket < s.high where s.low < s.high and {CLEAN} and {self.conditions}"
        )
