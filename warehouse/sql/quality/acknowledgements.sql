-- purpose: Findings that a reviewer accepted, and whether the acceptance still holds
-- grain: one row an acknowledgement
-- units: dates
-- column rule_id: the rule
-- column figures: figure_ids of the finding
-- column reason: why it was accepted
-- column reviewer: by whom
-- column expires: last day on which it holds
-- column state: active, expired, void (a figure changed since), or unused (there is no such finding)

select rule_id, figures, reason, reviewer, expires::date as expires, state
from applied_acknowledgements
order by rule_id, figures
