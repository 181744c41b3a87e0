-- purpose: Findings that a reviewer accepted, and whether the acceptance still holds
-- grain: one row an acknowledgement
-- units: dates; times in UTC
-- column rule_id: the rule
-- column figures: figure_ids of the finding
-- column reason: why it was accepted
-- column reviewer: by whom
-- column accepted: when, in UTC; NULL of what an earlier version accepted
-- column expires: last day on which it holds
-- column state: active, expired, void (a figure changed since), unused (there is no such finding),
--   or superseded by a later one

select
    rule_id,
    figures,
    reason,
    reviewer,
    accepted::timestamp as accepted,
    expires::date as expires,
    state
from applied_acknowledgements
order by rule_id, figures, state = 'superseded' desc, accepted nulls first, reason, reviewer
