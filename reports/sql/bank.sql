-- What was asked of the staff bank, and what was worked through it: one row for each shift of cover, and one for each leg
-- of a placement that was confirmed. Row-level security decides whose rows there are: in a co-op's scope its own cover
-- and its own legs, in the office's scope those of all. `kind` tells them apart: `asked` a shift with its seats, how many
-- were filled, and from the approval to the last confirmation; `host` work that a co-op had done for it; `home` work that
-- its carers did for another. Drafts, and what was called off, are no figures.
SELECT 'asked' AS kind, shift.tenant_id, tenant.name AS coop, shift.starts_at, shift.ends_at, shift.seats,
       (SELECT count(DISTINCT leg.seat) FROM placement leg WHERE leg.tenant_id = shift.tenant_id AND leg.shift_id = shift.id AND leg.side = 'host'
           AND leg.state IN ('confirmed', 'started', 'worked')) AS filled,
       coalesce(request.approved_at, request.created_at) AS asked_at, shift.filled_at
FROM cover_shift shift
JOIN cover_request request ON request.tenant_id = shift.tenant_id AND request.id = shift.request_id
JOIN tenant ON tenant.id = shift.tenant_id
WHERE shift.state <> 'cancelled' AND request.state NOT IN ('draft', 'cancelled')
UNION ALL
SELECT leg.side, leg.tenant_id, tenant.name, leg.starts_at, leg.ends_at, 1, 1, leg.offered_at, leg.confirmed_at
FROM placement leg
JOIN tenant ON tenant.id = leg.tenant_id
WHERE leg.state IN ('confirmed', 'started', 'worked')
  AND (leg.side = 'host' OR leg.counterparty_id <> leg.tenant_id)
UNION ALL
SELECT 'borrowed', leg.tenant_id, tenant.name, leg.starts_at, leg.ends_at, 1, 1, leg.offered_at, leg.confirmed_at
FROM placement leg
JOIN tenant ON tenant.id = leg.tenant_id
WHERE leg.side = 'host' AND leg.state IN ('confirmed', 'started', 'worked') AND leg.counterparty_id <> leg.tenant_id
ORDER BY coop, starts_at
