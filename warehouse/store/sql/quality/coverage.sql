-- purpose: Which printed numbers anything checks; a reader must know which stand alone
-- grain: one row a printed number
-- units: none
-- column figure_id: the figure
-- column aspect: which of its numbers: value, growth, share, …
-- column state: checked: others limit it from both sides; partly: from one, or a rule evaluates its
--   figure, or a finding names it; unchecked: nothing would tell if it were wrong
-- column is_joint: whether all that hangs together with it was checked at once; false: by rules
--   only, since it is too much

with named as (
    select unnest(figures) as figure_id
    from worded_findings

    union

    select unnest(figures) as figure_id
    from evaluated_checks
    -- these two ask whether a figure is there, and read none of its numbers
    where holds is not null and rule_id not in ('no-month-is-missing', 'series-is-up-to-date')
)

select
    covered.figure_id,
    covered.aspect,
    case
        when
            named.figure_id is not null
            and bool_and(covered.state = 'unchecked') over (partition by covered.figure_id)
            then 'partly'
        else covered.state
    end as state,
    covered.is_joint
from found_coverage as covered
left join named on covered.figure_id = named.figure_id
order by covered.figure_id, covered.aspect
