-- purpose: Every single check that a rule made, passed ones included
-- grain: one row a rule and set of figures
-- units: intervals in the base unit `unit`; a NULL end is unbounded or not printed
-- column rule_id: the rule
-- column severity: error, or warning (also where the figures are of different sources)
-- column figures: figure_ids involved
-- column holds: true passed, false failed, NULL not checkable
-- column left_side: left side as printed
-- column left_lower: its lower end
-- column left_upper: its upper end
-- column relation: '<=': left may not exceed right; '=': the two intervals must meet
-- column right_side: right side as printed
-- column right_lower: its lower end
-- column right_upper: its upper end
-- column unit: base unit of both sides

select
    rule_id,
    severity,
    figures,
    holds,
    left_side,
    left_lower,
    left_upper,
    relation,
    right_side,
    right_lower,
    right_upper,
    unit
from evaluated_checks
order by rule_id, figures, left_side, right_side
