"""Databases lent to one test after the other: put back as the template is in a fraction of the time that a new copy takes.

A database whose shape a test has changed is not put back but dropped, and the next test gets a new copy.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from tests import servers

_OTHERS = """SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_USED = _TABLES + " AND pg_relation_size(oid) > 0"
_SHAPES = {
    "pg_class": "oid",
    "pg_attribute": "attrelid",
    "pg_attrdef": "oid",
    "pg_constraint": "oid",
    "pg_index": "indexrelid",
    "pg_namespace": "oid",
    "pg_policy": "oid",
    "pg_proc": "oid",
    "pg_trigger": "oid",
    "pg_type": "oid",
    "pg_default_acl": "oid",
    "pg_sequence": "seqrelid",
}
"""Where the shape of a database stands, and the id by which what was made after the server itself is known."""
FIRST_OF_OURS = 16384
_SHAPE = " UNION ALL ".join(
    f"SELECT count(*), coalesce(sum(hashtextextended({key} || ' ' || xmin, 0)), 0) FROM {table} WHERE {key} >= {FIRST_OF_OURS}"
    for table, key in _SHAPES.items()
)


class Lent:
    """One database of this process, copied from a template, and what the template holds."""

    def __init__(self, template: str) -> None:
        self.name = f"test_{uuid.uuid4().hex[:16]}"
        self.url = servers.clone_database(template, self.name)
        self._superuser = psycopg.connect(self.url, autocommit=True)
        self._shape = self._superuser.execute(_SHAPE).fetchall()
        self._first = {name: self._copied(name) for (name,) in self._superuser.execute(_USED).fetchall()}

    def put_back(self) -> bool:
        """Make every table what it was, and close what others left open; False when the database has another shape now."""
        self._superuser.execute(_OTHERS)
        if self._superuser.execute(_SHAPE).fetchall() != self._shape:
            return False
        # A table in which a row was only tried, and undone, is not empty either: its file is not.
        used = [sql.Identifier(name) for (name,) in self._superuser.execute(_USED).fetchall()]
        if used:
            self._empty(used)
        return True

    def _empty(self, tables: list[sql.Identifier]) -> None:
        # Keys and triggers sleep meanwhile. Rows are deleted rather than truncated: that makes no files anew.
        with self._superuser.transaction():
            self._superuser.execute("SET LOCAL session_replication_role = replica")
            for table in tables:
                self._superuser.execute(sql.SQL("DELETE FROM {}").format(table))
        # So that rows lie in the order in which they come, as in a new table.
        self._superuser.execute(sql.SQL("VACUUM (INDEX_CLEANUP ON) {}").format(sql.SQL(", ").join(tables)))
        with self._superuser.transaction():
            self._superuser.execute("SET LOCAL session_replication_role = replica")
            for name, rows in self._first.items():
                into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
                with self._superuser.cursor().copy(into) as copy:
                    copy.write(rows)

    def _copied(self, name: str) -> bytes:
        out = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))
        with self._superuser.cursor().copy(out) as copy:
            return b"".join(bytes(block) for block in copy)

    def drop(self) -> None:
        """Away with it."""
        self._superuser.close()
        servers.drop_database(self.name)


class Lender:
    """Lends databases that are like one template; holds at rest what came back."""

    def __init__(self, template: str) -> None:
        self._template = template
        self._at_rest: list[Lent] = []

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Superuser's URL of a database of the block's own."""
        found = self._at_rest.pop() if self._at_rest else Lent(self._template)
        like_new = False
        try:
            yield found.url
            like_new = found.put_back()
        finally:
            if like_new:
                self._at_rest.append(found)
            else:
                found.drop()

    def close(self) -> None:
        """Drop what is at rest."""
        while self._at_rest:
            self._at_rest.pop().drop()
