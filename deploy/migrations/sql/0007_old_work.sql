-- Work that ended long ago leaves the outbox: {prefix} is the role prefix of this database.
GRANT delete ON outbox TO {prefix}_crossing;

CREATE POLICY outbox_crossing_delete ON outbox FOR DELETE TO {prefix}_crossing USING (true);
