"""Who is asking: the person behind a request, and for which co-op."""

from dataclasses import dataclass
from uuid import UUID

from tenants.permissions import COOP, OFFICE, ROLE_WORDS
from tenants.scope import FEDERATION, Scope, member_scope, office_scope


@dataclass(frozen=True)
class Standing:
    """One co-op (or the federation body) that a person belongs to, and the roles held there."""

    tenant_id: UUID
    name: str
    roles: frozenset[str]


@dataclass(frozen=True)
class Identity:
    """A signed-in person, or a token that works for one, acting for one tenant."""

    person_id: UUID
    display_name: str
    acting: Standing
    standings: tuple[Standing, ...]
    csrf_token: str = ""
    token_scope: str | None = None
    """For API tokens "read" or "write"; None for a browser session."""
    second_factor_done: bool = False
    second_factor_wanted: bool = False
    session_key: str | None = None

    @property
    def kind(self) -> str:
        """Whether this is work for a co-op or for the federation body."""
        return OFFICE if self.acting.tenant_id == FEDERATION else COOP

    @property
    def roles(self) -> frozenset[str]:
        """Roles held where the person now acts."""
        return self.acting.roles

    @property
    def role_words(self) -> str:
        """The person's first role there, in words."""
        return next((words for role, words in ROLE_WORDS.items() if role in self.acting.roles), "Member")

    def scope(self, *, read_only: bool) -> Scope:
        """The scope in which this person's requests run."""
        if self.kind == OFFICE:
            return office_scope(self.person_id, read_only=read_only)
        return member_scope(self.acting.tenant_id, self.person_id, read_only=read_only)
