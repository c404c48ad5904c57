#!/usr/bin/env bash
# Runs the default study through a Slurm of its own, with one task killed and one requeued on the way, and compares every
# artifact with those of a local run. `make test-slurm` calls it; the cluster lives in a temporary folder and on loopback alone,
# and goes with it in the end, unless KEEP=1 keeps the folder with all logs.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin

fail() {
    tail -n 5 "${folder:-}"/*/slurm/*.log 2>/dev/null >&2 || true
    echo "test-slurm: $1" >&2
    exit 1
}

for command in munged slurmctld slurmd sbatch squeue scontrol scancel pgrep; do
    command -v $command >/dev/null ||
        fail "$command is missing: install Debian's packages slurmctld, slurmd, slurm-client, munge and procps"
done

programs=${PROGRAMS:-target/release}
unset PARTITION TIME MEMORY MAKEFLAGS "${!SBATCH_@}" "${!SLURM_@}"
folder=$(mktemp -d)
daemons=()
export SLURM_CONF=$folder/slurm.conf

take_down() {
    trap - EXIT INT TERM
    if [ ${#daemons[@]} -gt 0 ]; then
        scancel --full --user "$(id -un)" 2>/dev/null || true
        for _ in {1..100}; do [ -n "$(squeue --noheader 2>/dev/null)" ] && sleep 0.1; done
        kill "${daemons[@]}" 2>/dev/null || true
        wait
    fi
    if [ "${KEEP:-}" ]; then echo "test-slurm: $folder is kept"; else rm -rf "$folder"; fi
}
trap take_down EXIT
trap 'exit 130' INT TERM

free_port() {
    local port
    while port=$((20000 + RANDOM % 30000)); do
        (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo $port
}

# Starts a daemon in a session of its own, where Ctrl-C does not reach it before the jobs are cancelled.
start() {
    setsid "$@" &>"$folder/$1.out" &
    daemons+=($!)
}

start_cluster() {
    local host munge=$folder/munge user
    host=$(uname -n) host=${host%%.*} user=$(id -un)
    mkdir -m 755 "$munge"
    mkdir "$folder/state" "$folder/spool"
    chmod 755 "$folder"
    head -c 1024 /dev/urandom >"$munge/key"
    chmod 600 "$munge/key"
    # cred_expire is also the time that a requeued job waits, seconds.
    cat >"$SLURM_CONF" <<CONF
ClusterName=lamina
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
AuthInfo=socket=$munge/socket,cred_expire=5
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
MinJobAge=86400
SchedulerParameters=batch_sched_delay=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
    start munged --foreground --key-file="$munge/key" --socket="$munge/socket" --pid-file="$munge/pid" \
        --log-file="$munge/log" --seed-file="$munge/seed"
    for _ in {1..100}; do [ -S "$munge/socket" ] || sleep 0.1; done
    start slurmctld -D
    start slurmd -D
    for _ in {1..300}; do
        [ "$(sinfo --noheader --format=%t 2>/dev/null)" != idle ] || return 0
        sleep 0.1
    done
    tail -n 5 "$folder"/*.out >&2
    fail 'the cluster did not start within 30 s'
}

# Waits until a command succeeds.
wait_for() {
    local patience=$1 what=$2
    shift 2
    for ((; patience > 0; patience--)); do
        if "$@"; then return; fi
        sleep 0.2
    done
    squeue >&2
    fail "$what did not happen in time"
}

# The number of the job of a stage, in what slurm.sh said.
job_of() {
    sed -n "s/^slurm: $1 is job \([0-9]*\).*/\1/p" <<<"$submitted"
}

# The runs that were trained, by the logs of training in a folder.
trained() {
    cat "$1"/slurm/train-*.log | grep -c '^train \[' || true
}

has_trained() {
    grep -q '^train \[' "$1" 2>/dev/null
}

is_idle() {
    [ -z "$(squeue --noheader)" ]
}

wait_for_jobs() {
    wait_for 6000 'the end of all jobs' is_idle
    if scontrol show job --oneliner | grep -v 'JobState=COMPLETED'; then fail 'a job failed'; fi
}

# The digest of every file of artifacts but locks and logs; of manifests without their times. Which finished runs share a pack
# depends on who trained them, so of these each network stands for itself; their tables are those of the arm.
digests() {
    local file
    (
        cd "$1"
        find . -type f ! -name '*.lock' ! -path './slurm/*' \( ! -path '*/.runs/*' -o -name '*.safetensors' \) |
            while IFS= read -r file; do
                case $file in
                    */manifest.json) sed '/^  "times": {/,/^  }/d' "$file" | sha256sum ;;
                    *) sha256sum <"$file" ;;
                esac | sed "s|-$|$file|"
            done
    ) | sed 's|/pack-[^/]*/\([a-z]*\)/\(.*\)\.safetensors$|/\2/\1.safetensors|' | sort -k 2
}

compared=0 artifacts=0
compare() {
    digests "$1" >"$folder/expected"
    digests "$2" >"$folder/found"
    diff "$folder/expected" "$folder/found" >&2 || fail "$2 departs from $1"
    compared=$((compared + $(wc -l <"$folder/expected")))
    artifacts=$((artifacts + $(grep -c '/manifest.json$\|/.runs/.*/weights.safetensors$' "$folder/expected")))
}

run_here() {
    local stage
    for stage in ingest priors train analyze; do
        "$programs/$stage" run --quiet "$@" >/dev/null
    done
}

submit() {
    submitted=$("$@")
    echo "$submitted"
}

start_cluster
echo 'test-slurm: the default study, here and by Slurm'
run_here --artifacts "$folder/here"
submit make --no-print-directory slurm CONFIG=pipeline.toml ARTIFACTS="$folder/there" ARRAY=4 CPUS=1
train=$(job_of train)
log=$folder/there/slurm/train-${train}
wait_for 1500 'the first run of task 2' has_trained "${log}_2.log"
kill -9 "$(pgrep --full -- "train run --shard 2/4 .*$folder/there")"
wait_for 1500 'the first run of task 3' has_trained "${log}_3.log"
scontrol requeue "${train}_3"
wait_for_jobs
for task in 2 3; do
    scontrol show job "${train}_$task" | grep -q 'Restarts=1' || fail "task $task did not start again"
done
runs=$("$programs/train" plan --quiet --artifacts "$folder/there" | tail -n +2 | wc -l)
[ "$(trained "$folder/there")" -le "$runs" ] || fail "more runs were trained than the $runs of the study"
compare "$folder/here" "$folder/there"
submit make --no-print-directory slurm CONFIG=pipeline.toml ARTIFACTS="$folder/there" ARRAY=4 CPUS=1
grep -q 'nothing to submit' <<<"$submitted" || fail 'a finished study was submitted once more'

echo 'test-slurm: a study of two fields with an odd name, then with one simulation more'
cat >"$folder/two fields.toml" <<'TOML'
[source]
kind = "synthetic"
fields = ["synthetic_16", "synthetic_24"]
[train]
variants = ["W", "W*D*C*"]
simulations = 1
training_trials = 256
validation_trials = 128
test_trials = 128
epochs = 2
[[arm]]
name = "main"
TOML
odd=(--config "$folder/two fields.toml" --set 'train.tasks=["go-nogo", "perceptual-decision"]')
for simulations in 1 2; do
    odd+=(--set "train.simulations=$simulations")
    run_here "${odd[@]}" --artifacts "$folder/odd, here"
    submit env ARRAY=3%2 PROGRAMS="$programs" cluster/slurm.sh "${odd[@]}" --artifacts "$folder/it's 100% odd"
    wait_for_jobs
    compare "$folder/odd, here" "$folder/it's 100% odd"
    [ "$(trained "$folder/it's 100% odd")" -eq $((8 * simulations)) ] || fail 'a finished run was trained again'
done

echo "test-slurm: $((runs + 16)) runs, 1 task killed, 1 requeued; $artifacts artifacts of $compared files are as they are here"
