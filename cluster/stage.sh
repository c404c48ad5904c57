#!/usr/bin/env bash
# One job of slurm.sh: a stage of a study, or a share of it where the job is a task of an array.
# usage: stage.sh PROGRAMS STAGE SHARES [FIELD ...] -- arguments of the study
set -uo pipefail

programs=$1 stage=$2 shares=$3
shift 3
share=${SLURM_ARRAY_TASK_ID:-1}
# Not every cluster keeps a job to its cores.
export RAYON_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}

# Runs ingest or priors for this share of the fields.
make_fields() {
    local number fields=()
    for ((number = 1; $# > 0; number++)); do
        if [ "$1" = -- ]; then
            shift
            break
        fi
        if [ $((number % shares)) -eq $((share % shares)) ]; then fields+=(--field "$1"); fi
        shift
    done
    exec "$programs/$stage" run "${fields[@]}" "$@"
}

# Runs that this task has finished, by its log, which it appends to when it starts again.
finished() {
    grep -c '^train \[' /dev/stderr
}

# Trains this shard. Where it is cut off and has got ahead, has Slurm start it again.
train_shard() {
    local before training cut_off='' status=0
    before=$(finished)
    "$programs/train" run --shard "$share/$shares" "$@" &
    training=$!
    # USR1 comes before the time is over; TERM with the end of the job, after which Slurm starts it again itself if it should.
    trap 'kill -TERM "$training"' TERM
    trap 'cut_off="stopped as its time is over" && kill -TERM "$training"' USR1
    wait "$training" || status=$?
    while kill -0 "$training" 2>/dev/null; do
        status=0
        wait "$training" || status=$?
    done
    if [ "$status" -eq 137 ]; then cut_off=killed; fi
    if [ "$status" -ne 0 ] && [ -n "$cut_off" ]; then
        if [ "$(finished)" -gt "$before" ]; then
            echo "slurm: training was $cut_off; what it finished is kept, and it starts again" >&2
            scontrol requeue "${SLURM_ARRAY_JOB_ID}_$share"
        else
            echo "slurm: training was $cut_off before it finished a run: give it more TIME or MEMORY" >&2
        fi
    fi
    exit "$status"
}

case $stage in
    ingest | priors) make_fields "$@" ;;
    train) shift && train_shard "$@" ;;
    # The arms are assembled from what the shards trained.
    analyze) shift && "$programs/train" run "$@" && exec "$programs/analyze" run "$@" ;;
esac
