-- purpose: Every printed figure with detail of its area within its period, beside what that sums to
-- grain: one row a dataset, figure and length of periods
-- units: values in `unit`
-- column dataset: what was loaded
-- column months: of how many whole months each period of the detail consists; 0 for those that do
--   not
-- column figure_id: the figure
-- column period: the figure's period
-- column area: code of its area
-- column flow: its flow
-- column partner: code of its partner
-- column product: code of its product
-- column regime: code of its regime
-- column unit: unit of the values
-- column value_lower: least value that is printed so
-- column value_upper: greatest value that is printed so
-- column least: least that the detail may sum to
-- column most: most that the detail may sum to
-- column covers: whether each day of the figure's period is loaded once, of each of its flows
-- column is_whole: whether the sum is all of the figure's series; if not, the least that there was

with sides as (
    select distinct figures.figure_id, held.dataset, held.months
    from figures
    inner join held_periods as held
        on
            figures.area = held.area
            and figures.period_start <= held.starts
            and held.ends <= figures.period_end
),

compared as (
    select
        sides.dataset,
        sides.months,
        figures.figure_id,
        figures.period,
        figures.area,
        figures.flow,
        figures.partner,
        figures.product,
        figures.regime,
        figures.unit,
        figures.value_lower,
        figures.value_upper,
        sums.value - sums.steps * 0.5 as least,
        sums.value + sums.steps * 0.5 as most,
        coalesce(sums.days = sums.needed * figures.days and sums.overlapping = 0, false) as covers,
        coalesce(sums.whole = sums.periods, false) as is_whole,
        sums.needed
    from sides
    inner join figures on sides.figure_id = figures.figure_id
    left join figure_sums as sums
        on
            sides.figure_id = sums.figure_id
            and sides.dataset = sums.dataset
            and sides.months = sums.months
),

-- Of what speaks of all of the series, trade as it was reported goes before the sum of its flows.
placed as (
    select
        *,
        row_number() over (
            partition by dataset, figure_id, months
            order by covers desc, is_whole desc, needed
        ) as place
    from compared
)

select
    dataset,
    months,
    figure_id,
    period,
    area,
    flow,
    partner,
    product,
    regime,
    unit,
    value_lower,
    value_upper,
    least,
    most,
    covers,
    is_whole
from placed
where place = 1
