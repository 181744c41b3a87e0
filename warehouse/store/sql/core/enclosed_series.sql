-- purpose: Which series of figures are part of which others without being called so: in one or two
--   dimensions their codes lie in those of the other, and all else is the same
-- grain: one row a series, a series around it and time for which that holds
-- units: none
-- column series: the series inside
-- column outer_series: the series around it
-- column dimensions: the one or two dimensions in which they differ, in the order of a series
-- column kind: where they differ in one: the kind of the code inside; NULL where its list has none
-- column since: first day on which that holds; NULL: since ever
-- column until: last day on which it does; NULL: to this day

with named as (select distinct series from core.figures),

-- Series with their codes one by one. What a series leaves out is a default, which lies in nothing.
spelled as (
    select
        series,
        unnest(string_split(series, '.')) as part,
        generate_subscripts(string_split(series, '.'), 1) as place
    from named
),

coded as (
    select
        series,
        place,
        case
            when contains(part, '=') then split_part(part, '=', 1)
            else series_dimensions()[place]
        end as dimension,
        split_part(part, '=', -1) as code
    from spelled
),

around as (
    select
        coded.series,
        coded.place,
        coded.dimension,
        codes.kind,
        codes.outer_code,
        codes.since,
        codes.until
    from coded
    inner join core.enclosing_codes as codes
        on coded.dimension = codes.dimension and coded.code = codes.code
    -- Only what some series names, or leaves out because it is the default.
    where
        codes.outer_code = default_of(coded.dimension)
        or exists (
            select 1
            from (select distinct dimension, code from coded) as used
            where coded.dimension = used.dimension and codes.outer_code = used.code
        )
),

lifted as (
    select
        series,
        series_with(series, dimension, outer_code) as outer_series,
        [dimension] as dimensions,
        kind,
        since,
        until
    from around

    union all

    select
        first.series,
        series_with(
            series_with(first.series, first.dimension, first.outer_code),
            second.dimension,
            second.outer_code
        ) as outer_series,
        [first.dimension, second.dimension] as dimensions,
        null as kind,
        coalesce(greatest(first.since, second.since), first.since, second.since) as since,
        coalesce(least(first.until, second.until), first.until, second.until) as until
    from around as first
    inner join around as second on first.series = second.series and first.place < second.place
)

select *
from lifted
where outer_series in (from named)
order by all
