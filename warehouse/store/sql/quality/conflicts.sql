-- purpose: Printed numbers that cannot all be right together, found over all identities at once
-- grain: one row a conflict
-- units: none
-- column conflict_id: stays the same as long as the same numbers conflict
-- column figures: figure_ids of a minimal conflicting set: without any one of its numbers the rest
--   agree
-- column explanations: number of sets of numbers that, if wrong, explain the conflict: the
--   smallest, then those within one figure; see quality.suspects
-- column is_cut: whether there may be more explanations than those listed
-- column cause_id: what is behind it, see quality.causes

select found_conflicts.*, cause_id
from found_conflicts
left join (select cause_id, unnest(conflicts) as conflict_id from found_causes) using (conflict_id)
order by conflict_id
