"""What counting needs of each document without a look at its model, and indexes for every order of a list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Columns of the documents, filled for those that are there; the function that writes them; indexes."""
    for name, kind in _COPIED.items():
        op.add_column("model_search", sa.Column(name, kind))
    op.execute(_REFRESH)
    op.execute(_FILL)
    for name, kind in _COPIED.items():
        op.alter_column("model_search", name, existing_type=kind, nullable=False)
    for name, column in _MOST.items():
        falling = [sa.literal_column(f"{column} desc nulls last"), sa.literal_column("id desc")]
        op.create_index(f"ix_model_{name}_most", "model", falling, unique=False)
    op.create_index(
        "ix_model_listed",
        "model",
        ["security_level", "ordinal"],
        unique=False,
        postgresql_where=sa.text("archived_at is null"),
    )


_COPIED = {
    "ordinal": sa.Integer(),
    "security_level": sa.Text(),
    "is_archived": sa.Boolean(),
}

# Orders in which what nobody knows comes last, whichever the direction.
_MOST = {
    "cost": "baseline_cost_per_1k_tokens",
    "latency": "latency_ms",
    "context_window": "context_window",
    "rating": "rating_average",
}

_FILL = """
    update model_search s
    set ordinal = m.ordinal, security_level = m.security_level, is_archived = m.archived_at is not null
    from model m where m.id = s.model_id
"""

_REFRESH = r"""
    create or replace function model_search_refresh(which uuid) returns void
    language plpgsql as $$
    begin
        insert into model_search (model_id, ordinal, security_level, is_archived, document, names, words, tx)
        select m.id, m.ordinal, m.security_level, m.archived_at is not null,
            setweight(to_tsvector('simple', array_to_string(
                t.name || t.tail || model_search_compounds(t.name) || model_search_compounds(t.tail), ' ')), 'A')
                || setweight(to_tsvector('simple', array_to_string(t.provider, ' ')), 'B')
                || setweight(to_tsvector('simple', array_to_string(t.labels, ' ')), 'C')
                || setweight(to_tsvector('simple', array_to_string(t.description, ' ')), 'D'),
            array[array_to_string(t.name, ''), array_to_string(t.tail, '')],
            array(
                select distinct word
                from unnest(t.name || t.tail || t.provider || t.labels || t.description) as w(given),
                    regexp_split_to_table(given, '[0-9]+') as word
                where length(word) between 3 and 40
            ),
            pg_current_xact_id()
        from model m join provider p on p.id = m.provider_id,
            lateral (
                select model_search_words(m.name) as name,
                    model_search_words(regexp_replace(m.slug, '^.*/', '')) as tail,
                    model_search_words(concat_ws(' ', p.slug, p.name, regexp_replace(m.slug, '/[^/]*$', '')))
                        as provider,
                    model_search_words(concat_ws(' ', m.model_type, m.category,
                        array_to_string(m.capabilities || m.supported_tasks || m.tags, ' '))) as labels,
                    model_search_words(m.description) as description
                offset 0  -- so that each is computed once
            ) t
        where m.id = which
        on conflict (model_id) do update
            set security_level = excluded.security_level, is_archived = excluded.is_archived,
                document = excluded.document, names = excluded.names, words = excluded.words, tx = excluded.tx;
    end $$
"""
