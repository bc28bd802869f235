-- The rows that all servers answer from: always the same, made by arithmetic.
create type model_status as enum ('ACTIVE', 'PREVIEW', 'DEPRECATED');
create type deployment_phase as enum ('RUNNING', 'SCALING', 'STOPPED');

create table model (
    id int primary key,
    slug text not null unique,
    name text not null,
    description text not null,
    status model_status not null,
    license text not null,
    context_window int not null,
    popularity int not null,
    rating float8 not null,
    price numeric not null,
    is_public boolean not null,
    owner text,
    created_at timestamptz not null
);
insert into model
select n, 'provider-' || n % 7 || '/model-' || n, 'Model ' || n,
    'The ' || n || 'th model: “general” purpose, for text and code; it’s one of ' || n % 5 || ' like it.',
    (enum_range(null::model_status))[1 + n % 3], (array['apache-2.0', 'mit', 'proprietary'])[1 + n % 3],
    4096 * (1 + n % 32), n * 7919 % 1000000, n % 50 / 10.0, trim_scale(n * 0.0137 + 0.002), n % 3 > 0,
    case when n % 4 > 0 then 'team-' || n % 9 end, timestamptz '2026-01-01 00:00:00.25Z' + n * interval '17.5 minutes'
from generate_series(1, 50) n;

create table deployment (
    id int primary key,
    model_id int not null references model,
    name text not null,
    environment text not null,
    phase deployment_phase not null,
    replicas int not null,
    latency_ms float8 not null
);
create index on deployment (model_id);
insert into deployment
select n, 1 + (n - 1) / 3, 'deployment-' || n, (array['production', 'staging', 'canary'])[1 + n % 3],
    (enum_range(null::deployment_phase))[1 + n % 3], 1 + n % 8, n * 1.37
from generate_series(1, 150) n;

create table model_metrics (
    model_id int primary key references model,
    requests int not null,
    errors int not null,
    latency_p50 float8 not null,
    latency_p95 float8 not null,
    cost numeric not null,
    uptime float8 not null
);
insert into model_metrics
select n, n * 104729 % 2000000, n * 31 % 500, 100 + n * 1.7, 300 + n * 4.3, trim_scale(n * 12.3457), 1 - n / 10000.0
from generate_series(1, 50) n;

create table sample (
    id int primary key,
    label text not null,
    host text not null,
    unit text not null,
    kind text not null,
    count int not null,
    errors int not null,
    mean float8 not null,
    peak float8 not null,
    healthy boolean not null,
    taken_at timestamptz not null
);
insert into sample
select n, 'sample-' || n, 'host-' || n % 20, (array['ms', 'tokens', 'usd'])[1 + n % 3], (array['gauge', 'sum'])[1 + n % 2],
    n * 13, n % 11, n * 0.37, n * 1.91, n % 17 > 0, timestamptz '2026-02-01 00:00:00.125Z' + n * interval '1.5 seconds'
from generate_series(1, 1000) n;

create table team (id int primary key, title text not null, area text not null, members int not null);
insert into team select n, 'Team ' || n, 'Area ' || n % 3, 3 + n from generate_series(1, 10) n;

create table person (id int primary key, name text not null, email text not null, city text not null);
insert into person
select n, 'Person ' || n, 'person-' || n || '@example.com', 'City ' || n % 12 from generate_series(101, 125) n;

create table change (
    id int primary key,
    summary text not null,
    kind text not null,
    happened_at timestamptz not null,
    team_id int references team,
    person_id int references person,
    check (num_nonnulls(team_id, person_id) = 1)
);
create index on change (team_id);
create index on change (person_id);
insert into change
select n, 'Change ' || n, (array['created', 'promoted', 'retired'])[1 + n % 3],
    timestamptz '2026-03-01 00:00:00.5Z' + n * interval '1 hour',
    case when n % 2 = 0 then 1 + n % 10 end, case when n % 2 = 1 then 101 + n % 25 end
from generate_series(1, 50) n;

analyze;
