-- purpose: What is behind the errors: all that the same number, corrected, would settle is one
--   cause
-- grain: one row a cause
-- units: none
-- column cause_id: stays the same as long as the same errors have it
-- column title: what is wrong, in names and sizes
-- column withholds: whether it withholds the release: not when a reviewer accepted its errors
-- column figures: figure_ids of its findings and conflicts
-- column suspects: the numbers of which any may be the wrong one, the likeliest first: figure,
--   aspect and print; where several are wrong together, these
-- column slips: typical slips that would explain it, the likeliest first, with what would be right;
--   suggestions, never applied
-- column findings: finding_ids, see quality.findings
-- column conflicts: conflict_ids, see quality.conflicts

select cause_id, title, withholds, figures, suspects, slips, findings, conflicts
from found_causes
order by withholds desc, cause_id
