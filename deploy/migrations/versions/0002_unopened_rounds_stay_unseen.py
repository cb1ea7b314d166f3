"""Members see a round from its opening on: a draft that is given up stays the office's."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _members_see("opened_at IS NOT NULL")


def downgrade() -> None:
    _members_see("state <> 'draft'")


def _members_see(condition: str) -> None:
    op.execute(f"ALTER POLICY buying_round_member_select ON buying_round USING ({condition})")
