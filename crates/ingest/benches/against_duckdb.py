#!/usr/bin/env python3
"""Measures `ingest` against DuckDB: a synthetic synapse table, filtered to the neurons of one field.

    against_duckdb.py INGEST [--synapses N] [--neurons N] [--repeats N] [--form parquet|csv|both] [--folder DIR]

INGEST is the program. The tables are synthesised in DIR, or found there from an earlier run. Both answers, synapses
between the field's neurons and their summed size, must be equal. Three wall times, best of the repeats, the files in the
page cache: DuckDB's query in a process of its own, import excluded; `ingest inspect`, which reads; `ingest run`, which
fingerprints the whole input besides and writes the artifact. DuckDB comes from the running Python, or from a virtual
environment in DIR that is filled from PyPI; where neither works the benchmark is skipped.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

QUERY = """
import json, sys, time, duckdb
synapses, neurons = sys.argv[1:3]
connection = duckdb.connect()
connection.execute('SET enable_progress_bar = false')
start = time.perf_counter()
connection.execute(f"CREATE TABLE neurons AS SELECT DISTINCT pt_root_id FROM {neurons} WHERE pt_root_id <> 0")
count, size = connection.execute(f'''
    SELECT count(*), sum(size) FROM {synapses} AS synapse
    WHERE valid AND pre_pt_root_id IN (SELECT pt_root_id FROM neurons) AND post_pt_root_id IN (SELECT pt_root_id FROM neurons)
''').fetchall()[0]
print(json.dumps([time.perf_counter() - start, count, int(size or 0)]))
"""


def main():
    options = arguments()
    folder = pathlib.Path(options.folder or tempfile.gettempdir()) / f"lamina-synapses-{options.synapses}"
    python = python_with_duckdb(folder.parent)
    if python is None:
        print("skipped: DuckDB is neither installed nor to be had from PyPI")
        return
    if not folder.exists():
        dialects = ["--dialect", "split-parquet", "--dialect", "static"]
        sizes = ["--neurons", str(options.neurons), "--synapses", str(options.synapses), "--activity", "none"]
        subprocess.run([options.ingest, "synthesize", folder, *dialects, *sizes, "--quiet"], check=True)
    print(f"{options.synapses} synapses with sizes and positions, {options.neurons} neurons, {os.cpu_count()} cores")
    print("form      GB    DuckDB s  read s  ratio  run s  ratio  peak MB")
    for name in {"parquet": ["split-parquet"], "csv": ["static"], "both": ["split-parquet", "static"]}[options.form]:
        measure(name, folder / name, python, options)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ingest")
    parser.add_argument("--synapses", type=int, default=5_000_000)
    parser.add_argument("--neurons", type=int, default=632)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--form", choices=["parquet", "csv", "both"], default="both")
    parser.add_argument("--folder")
    return parser.parse_args()


def python_with_duckdb(folder):
    has_it = lambda python: subprocess.run([python, "-c", "import duckdb"], capture_output=True).returncode == 0
    own = folder / "lamina-duckdb" / "bin" / "python"
    for python in [sys.executable, own]:
        if pathlib.Path(python).exists() and has_it(python):
            return python
    made = subprocess.run([sys.executable, "-m", "venv", own.parent.parent], capture_output=True).returncode == 0
    if made and subprocess.run([own, "-m", "pip", "install", "--quiet", "duckdb"], capture_output=True).returncode == 0:
        return own
    return None


def measure(name, folder, python, options):
    synapses = next(path for path in folder.iterdir() if path.name.startswith("synapses") and "header" not in path.name)
    neurons = next(path for path in folder.iterdir() if path.name.startswith("coreg") and "header" not in path.name)
    query = [python, "-c", QUERY, scanned(synapses), scanned(neurons)]
    duckdb, read, run, peaks = [], [], [], []
    for _ in range(options.repeats):
        seconds, count, size = json.loads(subprocess.run(query, check=True, capture_output=True, text=True).stdout)
        duckdb.append(seconds)
        seconds, _, output = timed([options.ingest, "inspect", "--json", folder])
        read.append(seconds)
        found = json.loads(output)["fields"][0]
        assert found["synapses"] == count, f"{name}: ingest counts {found['synapses']} synapses, DuckDB {count}"
        seconds, peak, summed = ingested(options.ingest, folder, found["field"], python)
        run.append(seconds)
        peaks.append(peak)
        assert summed == size, f"{name}: ingest sums sizes to {summed}, DuckDB to {size}"
    gigabytes = synapses.stat().st_size / 1e9
    best, reading, running = min(duckdb), min(read), min(run)
    form = "Parquet" if synapses.suffix == ".parquet" else "CSV.gz"
    print(
        f"{form:8} {gigabytes:5.2f} {best:10.2f} {reading:7.2f} {reading / best:6.2f} {running:6.2f} {running / best:6.2f} {max(peaks):8.0f}"
    )


def ingested(ingest, folder, field, python):
    """Runs the stage; wall time, peak memory in MB, and the summed size of the artifact's synapses."""
    with tempfile.TemporaryDirectory() as place:
        study = pathlib.Path(place) / "study.toml"
        source = f'kind = "tables"\npath = "{folder}"\nfields = ["{field}"]\n'
        study.write_text(f'artifacts = "{place}/artifacts"\n[source]\n{source}[[arm]]\nname = "main"\n')
        seconds, peak, _ = timed([ingest, "run", "--config", study, "--quiet"])
        query = f"import duckdb; print(int(duckdb.sql(\"SELECT sum(size) FROM '{place}/artifacts/ingest/{field}/synapses.parquet'\").fetchall()[0][0] or 0))"
        return seconds, peak, int(subprocess.run([python, "-c", query], check=True, capture_output=True, text=True).stdout)


def timed(command):
    """Wall time, peak resident memory in MB, and what the command wrote."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status != 0:
            raise SystemExit(f"{command} failed")
        output.seek(0)
        return seconds, usage.ru_maxrss / 1024, output.read().decode()


def scanned(path):
    """The table as DuckDB reads it; a headerless one with the types of its sidecar."""
    if path.suffix == ".parquet":
        return f"read_parquet('{path}')"
    header = path.with_name(path.name.replace(".csv.gz", "_header.csv")).read_text().split()
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in (line.split(",") for line in header))
    return f"read_csv('{path}', header = false, columns = {{{columns}}})"


if __name__ == "__main__":
    main()
