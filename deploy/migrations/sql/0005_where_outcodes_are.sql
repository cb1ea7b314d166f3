-- Where outcodes are: facts for all. {prefix} is the role prefix.
CREATE TABLE outcode_place (
    code VARCHAR(8) NOT NULL,
    latitude NUMERIC(9, 6) NOT NULL,
    longitude NUMERIC(9, 6) NOT NULL,
    town VARCHAR(200) DEFAULT '' NOT NULL,
    CONSTRAINT outcode_place_pk PRIMARY KEY (code)
);

ALTER TABLE outcode_place ENABLE ROW LEVEL SECURITY;
ALTER TABLE outcode_place FORCE ROW LEVEL SECURITY;
GRANT select ON outcode_place TO {prefix}_member;
CREATE POLICY outcode_place_member_select ON outcode_place FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON outcode_place TO {prefix}_office;
CREATE POLICY outcode_place_office_select ON outcode_place FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY outcode_place_office_insert ON outcode_place FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY outcode_place_office_update ON outcode_place FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY outcode_place_office_delete ON outcode_place FOR DELETE TO {prefix}_office USING (true);
