-- purpose: Printed numbers that cannot all be right together, found over all identities at once
-- grain: one row a conflict
-- units: none
-- column conflict_id: stays the same as long as the same numbers conflict
-- column figures: figure_ids of a minimal conflicting set: without any one of its numbers the rest
--   agree
-- column explanations: number of sets of numbers that, if wrong, explain the conflict: the
--   smallest, then those within one figure; see quality.suspects
-- column is_cut: whether there may be more explanations than those listed

select conflict_id, figures, explanations, is_cut
from found_conflicts
order by conflict_id
