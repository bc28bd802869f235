"""The audit trail can be searched, and only ever grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_REFUSE = """
create function refuse_change() returns trigger language plpgsql as $$ begin
    raise exception '% of % is refused: it only grows', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$
"""


def upgrade() -> None:
    """What is written stays, also for the owner of the table, who has neither the right nor a way past the trigger."""
    op.create_index("ix_audit_event_oldest", "audit_event", ["occurred_at", "id"])
    newest = [sa.text("occurred_at desc nulls last"), sa.text("id desc")]
    op.create_index("ix_audit_event_newest", "audit_event", newest)
    op.create_index("ix_audit_event_actor", "audit_event", ["actor_id", *newest])
    op.create_index("ix_audit_event_action", "audit_event", ["action", *newest])
    op.execute(_REFUSE)
    op.execute("""
        create trigger audit_event_stays before update or delete on audit_event
        for each row execute function refuse_change()""")
    op.execute("""
        create trigger audit_event_is_kept before truncate on audit_event
        for each statement execute function refuse_change()""")
    op.execute("revoke update, delete, truncate on audit_event from public, current_user")
