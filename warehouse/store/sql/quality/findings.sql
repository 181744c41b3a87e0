-- purpose: What is wrong: every rule that a set of figures breaks
-- grain: one row a finding
-- units: none
-- column finding_id: stays the same as long as the same rule is broken by the same figures
-- column rule_id: the rule
-- column severity: error (a contradiction within one source), review, warning or info
-- column figures: figure_ids involved
-- column acknowledged_by: the reviewer who accepted it, so that it withholds nothing
-- column message: both sides as printed and as intervals, and by how much they disagree
-- column cause_id: what is behind it, see quality.causes; NULL for most warnings

select finding_id, rule_id, severity, figures, acknowledged_by, message, cause_id
from worded_findings
order by severity, rule_id, figures
