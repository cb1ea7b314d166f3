-- What each co-op was charged in each round, what the ledger says of it, and what it would have paid alone at least.
-- One row for each co-op and round, net of VAT, in whole pence. Row-level security decides whose rows there are: in a
-- co-op's scope its own, in the office's scope those of all co-ops. The two sums meet from different tables, so that
-- the report can prove itself: `share` is what the rule said, `ledger` is what was posted (reversals taken off). A side
-- that is missing shows as NULL, and the report refuses to be drawn.
WITH ledger AS (
    SELECT entry.tenant_id, entry.source_id AS round_id, sum(line.pence)::bigint AS ledger_pence
    FROM ledger_entry entry
    JOIN ledger_line line ON line.tenant_id = entry.tenant_id AND line.entry_id = entry.id
    LEFT JOIN ledger_entry undone ON undone.tenant_id = entry.tenant_id AND undone.id = entry.reverses_id
    WHERE line.account = 'supplies' AND 'recharge' IN (entry.kind, undone.kind)
    GROUP BY entry.tenant_id, entry.source_id
),
charged AS (
    SELECT recharge.tenant_id, recharge.round_id, recharge.on_date, share.net_pence, recharge.irrecoverable_vat_pence,
           EXISTS (SELECT FROM ledger_entry entry JOIN ledger_entry mirror
                       ON mirror.tenant_id = entry.tenant_id AND mirror.reverses_id = entry.id
                   WHERE entry.tenant_id = recharge.tenant_id AND entry.act_id = recharge.act_id) AS reversed
    FROM recharge
    LEFT JOIN share ON share.tenant_id = recharge.tenant_id AND share.round_id = recharge.round_id
)
SELECT coalesce(charged.tenant_id, ledger.tenant_id) AS tenant_id, tenant.name AS coop,
       coalesce(charged.round_id, ledger.round_id) AS round_id, buying_round.number AS round_number, buying_round.title AS round_title,
       charged.on_date, CASE WHEN charged.reversed THEN 0 ELSE charged.net_pence END AS paid_pence,
       CASE WHEN charged.reversed THEN 0 ELSE charged.irrecoverable_vat_pence END AS irrecoverable_vat_pence,
       CASE WHEN charged.reversed THEN NULL ELSE alone_price.bound_pence END AS alone_pence, coalesce(ledger.ledger_pence, 0) AS ledger_pence
FROM charged
FULL JOIN ledger ON ledger.tenant_id = charged.tenant_id AND ledger.round_id = charged.round_id
JOIN tenant ON tenant.id = coalesce(charged.tenant_id, ledger.tenant_id) AND tenant.kind = 'coop'
LEFT JOIN buying_round ON buying_round.id = coalesce(charged.round_id, ledger.round_id)
LEFT JOIN alone_price ON alone_price.tenant_id = charged.tenant_id AND alone_price.round_id = charged.round_id
ORDER BY buying_round.number DESC NULLS FIRST, tenant.name
