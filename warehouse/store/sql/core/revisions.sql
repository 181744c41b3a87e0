-- purpose: What each figure said over time: every change that curators made to a record, none
--   overwritten
-- grain: one row a figure and revision
-- units: revision 1 is the first record of the figure
-- column figure_id: <source>/<id>
-- column revision: 1, 2, … in the order of the releases that brought them
-- column change: added, changed, withdrawn (its record was removed) or restored
-- column release_id: the release that brought it
-- column content: the record as curated, inherited fields and its vintage included, as JSON
-- column digest: sha256 of content; NULL when withdrawn

with latest as (
    select
        figure_id,
        max(revision) as revision,
        arg_max_null(digest, revision) as digest
    from previous_revisions
    group by figure_id
),

changes as (
    select
        coalesce(figures.figure_id, latest.figure_id) as figure_id,
        coalesce(latest.revision, 0) + 1 as revision,
        case
            when latest.figure_id is null then 'added'
            when figures.figure_id is null then 'withdrawn'
            when latest.digest is null then 'restored'
            else 'changed'
        end as change,
        getvariable('release_id') as release_id,
        figures.record as content,
        figures.digest
    from raw.figures as figures
    full outer join latest on figures.figure_id = latest.figure_id
    where figures.digest is distinct from latest.digest
)

select * from previous_revisions
union all by name
select * from changes
order by figure_id, revision
