-- Saved choices: at the door, a person's own. {prefix} is the role prefix.
CREATE TABLE saved_filter (
    id UUID DEFAULT uuidv7() NOT NULL,
    person_id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    path VARCHAR(200) NOT NULL,
    name VARCHAR(60) NOT NULL,
    query VARCHAR(500) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT saved_filter_pk PRIMARY KEY (id),
    CONSTRAINT saved_filter_person_id_tenant_id_path_name_uq UNIQUE (person_id, tenant_id, path, name),
    CONSTRAINT saved_filter_person_id_fk FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT saved_filter_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

ALTER TABLE saved_filter ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_filter FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON saved_filter TO {prefix}_door;
CREATE POLICY saved_filter_door_select ON saved_filter FOR SELECT TO {prefix}_door USING (true);
CREATE POLICY saved_filter_door_insert ON saved_filter FOR INSERT TO {prefix}_door WITH CHECK (true);
CREATE POLICY saved_filter_door_update ON saved_filter FOR UPDATE TO {prefix}_door USING (true) WITH CHECK (true);
CREATE POLICY saved_filter_door_delete ON saved_filter FOR DELETE TO {prefix}_door USING (true);
