-- id: share-agrees-with-levels
-- severity: error
-- statement: A printed share of a whole leads from the whole's level to the part's level.
-- formula: p_lo·T ≤ V ≤ p_hi·T
-- source: ESS validation rule "shares consistent with levels"; China Customs statistics (占)
-- needs: share_printed is not null

select
    list_distinct([share.figure_id, part.figure_id, whole.figure_id]) as figures,
    coalesce(
        part.figure_id || ' ' || part.value_printed, share.figure_id || ' (level not printed)'
    ) as left_side,
    part.value_lower as left_lower,
    part.value_upper as left_upper,
    '=' as relation,
    share.share_printed
    || case when share.figure_id <> part.figure_id then ' (' || share.figure_id || ')' else '' end
    || ' of ' || whole.figure_id || ' '
    || coalesce(whole.value_printed, '(level not printed)') as right_side,
    product_lower(
        whole.value_lower, whole.value_upper, share.share_lower, share.share_upper
    ) as right_lower,
    product_upper(
        whole.value_lower, whole.value_upper, share.share_lower, share.share_upper
    ) as right_upper,
    share.unit
from core.figures as share
inner join core.figures as whole on share.share_of = whole.figure_id
left join core.levels as levels
    on
        share.source_id = levels.source_id
        and share.series = levels.series
        and share.unit = levels.unit
        and share.period_start is not distinct from levels.period_start
        and share.period_end = levels.period_end
left join core.figures as part on levels.level_id = part.figure_id
where
    share.share_printed is not null
    and same_definition(share.series, whole.series)
    and not is_difference(share.flow)
    and not is_difference(whole.flow)
