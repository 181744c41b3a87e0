-- purpose: The failing keys of a release as findings: all of one rule, dataset and period together
-- grain: one row a finding
-- units: none

-- The digest says which keys fail and with which numbers, in whatever order they are: the sum of a
-- number each, of 96 bits so that a billion do not overflow. Rows that are alike count each.
with worded as (
    select
        keys.finding_id,
        keys.rule_id,
        keys.dataset,
        keys.period,
        array_position(['error', 'review', 'warning', 'info'], keys.severity) as gravity,
        cast(md5_number(cast(keys as varchar)) >> 32 as hugeint) as digest,
        concat_ws(
            ' ',
            keys.area,
            keys.flow,
            keys.partner,
            keys.product,
            keys.regime,
            keys.unit,
            keys.figure_id
        )
            || case
                when keys.relation is not null
                    then ': ' || array_to_string(list_transform(
                        [
                            {'least': keys.left_lower, 'most': keys.left_upper},
                            {'least': keys.right_lower, 'most': keys.right_upper}
                        ],
                        -- The sum of what was printed is in the middle of what it may stand for.
                        lambda side: coalesce(
                            rtrim(rtrim(cast(
                                cast((side.least + side.most) * 0.5 as decimal(38, 6)) as varchar
                            ), '0'), '.'),
                            'at least ' || rtrim(rtrim(cast(side.least as varchar), '0'), '.'),
                            'at most ' || rtrim(rtrim(cast(side.most as varchar), '0'), '.')
                        )
                    ), ' against ')
                when keys.value is not null
                    then ': ' || rtrim(rtrim(cast(keys.value as varchar), '0'), '.')
                else ''
            end as example
    from (select * exclude (acknowledged_by) from quality.detail_findings) as keys
)

select
    finding_id,
    rule_id,
    dataset || '/' || period as subject,
    min(gravity) - 1 as gravity,
    count(*) as failing,
    -- Of the gravest, so that what is told of the finding is what it is about.
    min({'gravity': gravity, 'example': example}).example as example,
    printf('%s-%s', cast(sum(digest) as varchar), cast(count(*) as varchar)) as digest
from worded
group by finding_id, rule_id, dataset, period
order by gravity, rule_id, subject
