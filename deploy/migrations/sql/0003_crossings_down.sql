-- Takes the crossings of the staff bank away again.
DROP FUNCTION placement_offer,
    placement_move,
    placement_next,
    placement_door,
    placement_checks,
    timesheet_move,
    timesheet_say,
    mail_to_carer,
    work_block_books,
    carer_rekeys,
    placement_books;
