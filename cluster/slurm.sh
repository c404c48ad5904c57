#!/usr/bin/env bash
# Submits a study to Slurm: ingest, priors, train as an array of shards, then analyze; of each what is missing.
# usage: [PARTITION=P ARRAY=N TIME=T CPUS=N MEMORY=M] cluster/slurm.sh [arguments of the study, as of `train run`]
# `make slurm` calls it; docs/cluster.md tells more.
set -euo pipefail

fail() {
    echo "slurm: $1" >&2
    exit "${2:-1}"
}

programs=${PROGRAMS:-target/release}
array=${ARRAY:-16}
tasks=${array%%\%*}
at_once=${array#"$tasks"}
[[ $tasks =~ ^[1-9][0-9]*$ && $at_once =~ ^(%[1-9][0-9]*)?$ ]] ||
    fail "ARRAY=$array: use the number of tasks, such as 64, or 64%16 for 16 of them at once" 2
command -v sbatch >/dev/null || fail 'sbatch is missing: run this where jobs are submitted to Slurm'

artifacts=artifacts fields=() study=()
while [ $# -gt 0 ]; do
    case $1 in
        --artifacts) artifacts=${2%/} && shift 2 ;;
        --field) fields+=(--field "$2") && shift 2 ;;
        *) study+=("$1") && shift ;;
    esac
done
study+=(--artifacts "$artifacts")
logs=$artifacts/slurm

# Prints "make FIELD" or "keep FIELD" for every field of a stage.
fields_of() {
    local stage=$1 said line
    said=$("$programs/$stage" run --dry-run "${study[@]}" "${@:2}" 2>&1) || fail "$said" $?
    while IFS= read -r line; do
        case $line in
            "$stage: would make $artifacts/$stage/"*) line=${line#*"make $artifacts/$stage/"} && echo "make ${line%%:*}" ;;
            "$stage: $artifacts/$stage/"*' is up to date') line=${line#*"$artifacts/$stage/"} && echo "keep ${line% is*}" ;;
        esac
    done <<<"$said"
}

job_ids=()
# Submits a stage after the one before: its name, options of sbatch, --, arguments of stage.sh.
submit() {
    local stage=$1 options=(--parsable --requeue --open-mode=append --cpus-per-task="${CPUS:-1}") id
    shift
    while [ "$1" != -- ]; do options+=("$1") && shift; done
    options+=(${PARTITION:+--partition="$PARTITION"} ${TIME:+--time="$TIME"} ${MEMORY:+--mem-per-cpu="$MEMORY"})
    if [ ${#job_ids[@]} -gt 0 ]; then
        options+=(--dependency="afterok:${job_ids[-1]}" --kill-on-invalid-dep=yes)
    fi
    id=$(sbatch "${options[@]}" --job-name="lamina-$stage" "$(dirname "$0")/stage.sh" "$programs" "$stage" "${@:2}")
    job_ids+=("${id%%;*}")
}

# Submits a stage that makes these fields, in as many tasks as there may be.
submit_fields() {
    local stage=$1 count=$(($# - 1))
    local shares=$((count < tasks ? count : tasks))
    local options=(--array="1-$shares$at_once" --output="${logs//%/%%}/$stage-%A_%a.log")
    if [ "$shares" -eq 1 ]; then options=(--output="${logs//%/%%}/$stage-%j.log"); fi
    if [ "$count" -gt 0 ]; then
        submit "$stage" "${options[@]}" -- "$shares" "${@:2}" -- "${study[@]}"
        echo "slurm: $stage is job ${job_ids[-1]} (fields: $count, tasks: $shares)"
    fi
}

ingest=$(fields_of ingest "${fields[@]}")
mapfile -t all < <(cut -d ' ' -f 2 <<<"$ingest")
priors=$(fields_of priors "${all[@]/#/--field=}")
mapfile -t to_ingest < <(sed -n 's/^make //p' <<<"$ingest")
mapfile -t to_measure < <(sed -n 's/^make //p' <<<"$priors")
mkdir -p "$logs"
submit_fields ingest "${to_ingest[@]}"
submit_fields priors "${to_measure[@]}"
study+=("${fields[@]}")

shards=1-$tasks
if [ ${#job_ids[@]} -eq 0 ]; then
    plan=$("$programs/train" plan --quiet --shards "$tasks" "${study[@]}")
    shards=$(awk 'NR > 1 && $5 > 0 { print $1 }' <<<"$plan" | paste -sd ,)
fi
if [ -n "$shards" ]; then
    # A minute before its time is over a task is told to stop.
    submit train --array="$shards$at_once" --signal=B:USR1@60 --output="${logs//%/%%}/train-%A_%a.log" \
        -- "$tasks" -- "${study[@]}"
    echo "slurm: train is job ${job_ids[-1]} (shards: $shards of $tasks)"
else
    left=$("$programs/train" run --dry-run --quiet "${study[@]}")
    left+=$("$programs/analyze" run --dry-run --quiet "${study[@]}")
    if [[ $left != *': would make '* ]]; then
        echo 'slurm: the study is finished, there is nothing to submit'
        exit
    fi
fi
submit analyze --output="${logs//%/%%}/analyze-%j.log" -- 1 -- "${study[@]}"
echo "slurm: analyze is job ${job_ids[-1]}"
printf -v ids '%s,' "${job_ids[@]}"
echo "watch them with: squeue --job ${ids%,}"
echo "            and: $(printf '%q ' "$programs/train" plan --shards "$tasks" "${study[@]}")"
echo "their logs are in $logs"
