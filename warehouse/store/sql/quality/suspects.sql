-- purpose: Every printed number that could be the culprit of a conflict, and what would settle it
-- grain: one row a conflict, explanation and number of that explanation
-- units: values in the base unit of the figure; growth, share as fractions. NULL: unbounded
-- column conflict_id: the conflict, see quality.conflicts
-- column explanation: 1, 2, …; the numbers of one explanation are wrong together
-- column figure_id: the suspect
-- column aspect: which of its numbers: value, growth, share, …
-- column printed: as printed
-- column settles_lower: least number that would settle the conflict, all else being right
-- column settles_upper: greatest such number
-- column repairs: typical slips that, undone, settle it; suggestions, never applied

select
    conflict_id,
    explanation::integer as explanation,
    figure_id,
    aspect,
    printed,
    settles_lower,
    settles_upper,
    repairs
from found_suspects
order by conflict_id, explanation, figure_id, aspect
