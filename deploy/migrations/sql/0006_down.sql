-- Takes the tables away again, with the boxes of polls that are open.
DO $$ DECLARE box text; BEGIN
    FOR box IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'ballot\_box\_%' LOOP
        EXECUTE format('DROP TABLE %I', box);
    END LOOP;
END $$;
DROP FUNCTION ballot_box_make, ballot_box_drop;
DROP TABLE policy_report;
DROP TABLE turnout;
DROP TABLE size_answer;
DROP TABLE proxy;
DROP TABLE poll_seed;
DROP TABLE policy;
DROP TABLE motion_text;
DROP TABLE motion_remark;
DROP TABLE motion_draft;
DROP TABLE minutes;
DROP TABLE hands_entry;
DROP TABLE delegate_share;
DROP TABLE decision_rule;
DROP TABLE candidate;
DROP TABLE board_row;
DROP TABLE ballot;
DROP TABLE attendance;
DROP TABLE amendment;
DROP TABLE alternate;
DROP TABLE agenda_item;
DROP TABLE weight_scheme;
DROP TABLE size_snapshot;
DROP TABLE secret_ballot;
DROP TABLE poll;
DROP TABLE motion;
DROP TABLE meeting;
DROP TABLE election;
