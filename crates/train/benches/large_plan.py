#!/usr/bin/env python3
"""Plans, shards, trains and reports a study of a hundred thousand runs, and says how long each command took and what memory.

56 synthetic fields, 22 variants, 3 tasks, 4 arms, 7 simulations: 103,488 runs. Each trains for one step, so that it is the planning,
the store and the files that are measured, not the training.

    python3 large_plan.py BIN [--shards N] [--trained N]
"""

import argparse
import os
import pathlib
import resource
import subprocess
import tempfile
import time

FIELDS = [f"synthetic_{neurons}" for neurons in range(42, 98)]
ARMS = ["main", "positive", "precision", "described"]
VARIANTS = [
    "W*D*C", "WD*C", "WDC", "WD*", "WD", "W", "W*D*C*", "WD*C*", "W*DC*", "W!D*C", "W!D*C*", "W*D*",
    "W~identity D*C", "W~diagonal-lognormal D*C", "W~off-diagonal D*C", "W~lognormal D*C", "W~shuffled-off-diagonal D*C",
    "W~identity D*", "W~diagonal-lognormal D*", "W~off-diagonal D*", "W~lognormal D*", "W~shuffled-off-diagonal D*",
]
SIMULATIONS = 7
RUNS = len(FIELDS) * len(ARMS) * len(VARIANTS) * 3 * SIMULATIONS


def configuration():
    arms = "\n".join(
        f'[[arm]]\nname = "{name}"\nprotocol = "{"described" if name == "described" else "published"}"\n'
        f'factors = ["{"precision" if name == "precision" else "correlation"}", "sttc"]\n'
        f"positive = {str(name == 'positive').lower()}"
        for name in ARMS
    )
    listed = lambda names: ", ".join(f'"{name}"' for name in names)
    return f"""
artifacts = "artifacts"
seed = 1
[source]
kind = "synthetic"
fields = [{listed(FIELDS)}]
[priors]
precision = "inverse"
[train]
variants = [{listed(VARIANTS)}]
simulations = {SIMULATIONS}
training_trials = 16
validation_trials = 8
test_trials = 8
batch = 16
epochs = 1
keep_weights = 0
{arms}
"""


class Bench:
    def __init__(self, programs, folder):
        self.programs, self.folder = programs, folder

    def run(self, what, program, *arguments):
        """Runs a program and prints its time, its largest resident memory and its last line."""
        log = self.folder / "output"
        start = time.perf_counter()
        with open(log, "w") as output:
            process = subprocess.Popen(
                [self.programs / program, *arguments], cwd=self.folder, stdout=output, stderr=subprocess.STDOUT
            )
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        lines = log.read_text().splitlines()
        if status:
            raise SystemExit(f"{what}: {lines[-1] if lines else status}")
        print(f"{what:<34} {seconds:8.2f} s {usage.ru_maxrss / 1024:8.0f} MB   {lines[-1] if lines else ''}", flush=True)


def files(folder):
    return sum(len(names) for _, _, names in os.walk(folder))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=lambda path: pathlib.Path(path).resolve(), help="folder of the built programs")
    parser.add_argument("--shards", type=int, default=64)
    parser.add_argument("--trained", type=int, default=0, help="shards to train before another report; some minutes for 64")
    arguments = parser.parse_args()
    shards = str(arguments.shards)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(arguments.programs, pathlib.Path(folder))
        (bench.folder / "pipeline.toml").write_text(configuration())
        print(f"{RUNS} runs")
        bench.run("ingest", "ingest", "run", "--quiet")
        bench.run("priors", "priors", "run", "--quiet")

        def report(state):
            bench.run(f"plan, {state}", "train", "plan")
            bench.run(f"report of {shards} shards, {state}", "train", "plan", "--shards", shards)
            bench.run(f"one shard's share, {state}", "train", "run", "--shard", f"1/{shards}", "--dry-run")

        report("nothing trained")
        if arguments.trained:
            start = time.perf_counter()
            for shard in range(1, arguments.trained + 1):
                bench.run(f"shard {shard}", "train", "run", "--quiet", "--shard", f"{shard}/{shards}")
            seconds, count = time.perf_counter() - start, files(bench.folder / "artifacts/train")
            print(f"{arguments.trained} shards trained in {seconds:.0f} s: {count} files")
            report(f"{arguments.trained} shards trained")
        if arguments.trained == arguments.shards:
            bench.run("arms assembled", "train", "run", "--quiet")


if __name__ == "__main__":
    main()
