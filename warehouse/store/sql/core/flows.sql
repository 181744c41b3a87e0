-- purpose: The figures of one source that differ only by flow, side by side
-- grain: one row a source, series but for its flow, unit and period with at least two flows printed
-- units: none
-- column source_id: the source
-- column series: the series, '*' standing for the flow
-- column unit: base unit
-- column period_start: first day
-- column period_end: last day
-- column exports_id: figure_id of the exports; NULL where not printed
-- column imports_id: figure_id of the imports
-- column trade_id: figure_id of exports and imports together
-- column balance_id: figure_id of exports less imports

select
    levels.source_id,
    series_but(levels.series, ['flow']) as series,
    levels.unit,
    levels.period_start,
    levels.period_end,
    any_value(levels.level_id) filter (figures.flow = 'exports') as exports_id,
    any_value(levels.level_id) filter (figures.flow = 'imports') as imports_id,
    any_value(levels.level_id) filter (figures.flow = 'trade') as trade_id,
    any_value(levels.level_id) filter (figures.flow = 'balance') as balance_id
from core.levels as levels
inner join core.figures as figures on levels.level_id = figures.figure_id
where figures.flow in ('exports', 'imports', 'trade', 'balance')
group by all
having count(*) > 1
order by all
