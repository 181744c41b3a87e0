-- purpose: Every accepted figure: its key, what it prints, and the interval each printed text
--   stands for; that of a growth or share of rounded levels is wider, see rounded_ratios
-- grain: one row a figure
-- units: values in the base unit of `unit` (CNY, USD, kg, piece, …), growth and shares as fractions
-- fields: of a figure, as fields.csv describes them; the others are
-- column revision: how often its record was added or changed; 1 is the first
-- column published_to: last day on which its source can have been published: its vintage

with rounded as (
    select
        figure_id,
        any_value(lower) filter (aspect = 'growth') as growth_lower,
        any_value(upper) filter (aspect = 'growth') as growth_upper,
        any_value(lower) filter (aspect = 'other_growth') as other_growth_lower,
        any_value(upper) filter (aspect = 'other_growth') as other_growth_upper,
        any_value(lower) filter (aspect = 'share') as share_lower,
        any_value(upper) filter (aspect = 'share') as share_upper
    from core.rounded_ratios
    group by figure_id
)

select
    figures.* exclude (record, digest) replace (
        coalesce(rounded.growth_lower, figures.growth_lower) as growth_lower,
        coalesce(rounded.growth_upper, figures.growth_upper) as growth_upper,
        coalesce(rounded.other_growth_lower, figures.other_growth_lower) as other_growth_lower,
        coalesce(rounded.other_growth_upper, figures.other_growth_upper) as other_growth_upper,
        coalesce(rounded.share_lower, figures.share_lower) as share_lower,
        coalesce(rounded.share_upper, figures.share_upper) as share_upper
    ),
    revisions.revision::integer as revision,
    sources.published_to
from raw.figures as figures
inner join core.sources as sources on figures.source_id = sources.source_id
inner join (
    select figure_id, max(revision) as revision from core.revisions group by figure_id
) as revisions on figures.figure_id = revisions.figure_id
left join rounded on figures.figure_id = rounded.figure_id
order by figures.figure_id
