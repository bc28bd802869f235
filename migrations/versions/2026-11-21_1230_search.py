"""What search needs: a document of each model, kept by triggers, and a small number for its row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kit.journal import TransactionId

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """The table, its functions and triggers, and the documents of the models that are there."""
    op.add_column("model", sa.Column("ordinal", sa.Integer(), sa.Identity(), nullable=False))
    op.create_unique_constraint(op.f("uq_model_ordinal"), "model", ["ordinal"])
    op.create_index(
        "ix_model_popularity_most",
        "model",
        [sa.literal_column("popularity desc nulls last"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_table(
        "model_search",
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("document", postgresql.TSVECTOR(), nullable=False),
        sa.Column("names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("words", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("tx", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_model_search_model_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_model_search")),
    )
    op.create_index("ix_model_search_tx", "model_search", ["tx"], unique=False)
    for statement in (_WORDS, _COMPOUNDS, _REFRESH, _ON_MODEL, _ON_PROVIDER, *_TRIGGERS):
        op.execute(statement)
    op.execute("select model_search_refresh(id) from model")
    op.create_index(
        "ix_model_search_document",
        "model_search",
        ["document"],
        unique=False,
        postgresql_using="gin",
    )


# Words in lower case: whatever is ASCII, but neither letter nor digit, divides. The parser would read `-3` as a number.
_WORDS = r"""
    create function model_search_words(raw text) returns text[]
    language sql immutable parallel safe as $$
        select coalesce(string_to_array(
            nullif(btrim(regexp_replace(lower(left(raw, 20000)), '[\x01-/:-@[-`{-\x7f]+', ' ', 'g')), ''), ' '
        ), '{}')
    $$
"""

# `gpt 4o mini` gives gpt4o, 4omini, gpt4omini: two or three neighbours as one word, and all of them.
_COMPOUNDS = """
    create function model_search_compounds(words text[]) returns text[]
    language sql immutable parallel safe as $$
        select array_agg(distinct array_to_string(words[i : i + k], '')) || array_to_string(words, '')
        from generate_subscripts(words, 1) i, generate_series(1, 2) k where i + k <= cardinality(words)
    $$
"""

_REFRESH = r"""
    create function model_search_refresh(which uuid) returns void
    language plpgsql as $$
    begin
        insert into model_search (model_id, document, names, words, tx)
        select m.id,
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
            set document = excluded.document, names = excluded.names, words = excluded.words, tx = excluded.tx;
    end $$
"""

_ON_MODEL = """
    create function model_search_on_model() returns trigger language plpgsql as $$
    begin
        perform model_search_refresh(new.id);
        return null;
    end $$
"""

_ON_PROVIDER = """
    create function model_search_on_provider() returns trigger language plpgsql as $$
    begin
        perform model_search_refresh(id) from model where provider_id = new.id;
        return null;
    end $$
"""

# Everything that is searched for, or counted as a facet. Figures that jobs refresh are not among them.
_COLUMNS = (
    "slug, name, provider_id, model_type, description, category, tags, capabilities, supported_tasks, input_formats, "
    "output_formats, status, security_level, compliance, owner, source, archived_at"
)
_IS_OTHER = " or ".join(f"old.{name} is distinct from new.{name}" for name in _COLUMNS.split(", "))

_TRIGGERS = (
    "create trigger model_search_inserted after insert on model for each row execute function model_search_on_model()",
    (
        f"create trigger model_search_updated after update of {_COLUMNS} on model "
        f"for each row when ({_IS_OTHER}) execute function model_search_on_model()"
    ),
    (
        "create trigger model_search_provider after update of slug, name on provider for each row "
        "when (old.slug is distinct from new.slug or old.name is distinct from new.name) "
        "execute function model_search_on_provider()"
    ),
)
