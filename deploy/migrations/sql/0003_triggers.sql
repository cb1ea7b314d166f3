-- Whoever writes a rota, a carer's account or a placement: the time is booked.
CREATE TRIGGER work_block_books AFTER INSERT OR UPDATE OR DELETE ON work_block FOR EACH ROW EXECUTE FUNCTION work_block_books();

CREATE TRIGGER carer_rekeys AFTER UPDATE OF person_id ON carer FOR EACH ROW EXECUTE FUNCTION carer_rekeys();

CREATE TRIGGER placement_books AFTER INSERT OR UPDATE OF state ON placement FOR EACH ROW EXECUTE FUNCTION placement_books();
