-- purpose: Which printed numbers anything checks; a reader must know which stand alone
-- grain: one row a printed number
-- units: none
-- column figure_id: the figure
-- column aspect: which of its numbers: value, growth, share, …
-- column state: checked: others limit it from both sides; partly: from one; unchecked: nothing would tell if it were wrong

select figure_id, aspect, state
from found_coverage
order by figure_id, aspect
