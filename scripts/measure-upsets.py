#!/usr/bin/env python3
"""Runs the campaigns of docs/upset.md and writes their tables into it, between the two marks.

usage: scripts/measure-upsets.py [UPSETS [FOLDER]]

UPSETS is the number of upsets of each core, 100000 if it is not given. The JSON documents of the campaigns are kept in
FOLDER, if it is given, and campaigns whose documents are there already are not run again.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "target/release/svdforge"
PAGE = ROOT / "docs/upset.md"
CORES = {
    "A": "--rows 4 --cols 4",
    "B": "--rows 8 --cols 8 --interleave auto",
    "C": "--rows 40 --cols 4 --vectors v",
    "D": "--rows 4 --cols 4 --arch quarter",
}
CLASSES = ["harmless", "slight", "equivalent", "alarm", "refused", "noticed", "wrong", "malformed"]


def campaign(name, upsets, folder):
    kept = folder / f"upsets-{name}.json" if folder else None
    if kept and kept.exists():
        return json.loads(kept.read_text())["cores"][0]
    command = [PROGRAM, "upset", "--upsets", str(upsets), "--json", *CORES[name].split()]
    # The exit status is 1 if a core did not recover by itself.
    run = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if run.returncode not in (0, 1):
        sys.exit(run.returncode)
    if kept:
        kept.write_bytes(run.stdout)
    return json.loads(run.stdout)["cores"][0]


def number(count):
    return f"{count:,}"


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def tables(cores):
    totals = []
    for name, core in cores.items():
        after = {int(frames): count for frames, count in core["recovered_after"].items()}
        share = core["noticed_share"]
        totals.append(
            [name, number(core["bits"])]
            + [number(core["classes"][name]) for name in CLASSES]
            + [number(after.get(0, 0)), number(sum(after.values()) - after.get(0, 0)), number(core["never"])]
            + ["-" if share is None else f"{100 * share:.2f} %"]
        )
    heads = ["core", "bits", *CLASSES, "recovered at once", "later", "never", "noticed of wrong"]
    text = table(heads, totals) + "\n"
    for name, core in cores.items():
        rows = [
            [module["module"] + (", memories" if module["memory"] else ""), number(module["bits"]), number(module["upsets"])]
            + [number(module["classes"][name]) for name in CLASSES]
            + [number(module["never"])]
            for module in core["modules"]
        ]
        heads = ["module", "bits", "upsets", *CLASSES, "never"]
        text += f"\n**{name}**, `svdforge upset --upsets {core['upsets']} {CORES[name]}`\n\n{table(heads, rows)}\n"
    return text


def main():
    upsets = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    cores = {name: campaign(name, upsets, folder) for name in CORES}
    begin, end = "<!-- measured -->\n", "<!-- end of measured -->"
    before, rest = PAGE.read_text().split(begin)
    after = rest.split(end)[1]
    PAGE.write_text(f"{before}{begin}\n{tables(cores)}\n{end}{after}")


main()
