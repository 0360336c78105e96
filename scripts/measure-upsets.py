#!/usr/bin/env python3
"""Runs the campaigns of docs/upset.md and docs/selfcheck.md and writes their tables, between the two marks of a page.

usage: scripts/measure-upsets.py [UPSETS [FOLDER]]

UPSETS is the number of upsets of each core in docs/upset.md, 100000 if it is not given. Cores with a self-check get a
fifth of it, the largest of them a 25th. The JSON documents of the campaigns are kept in FOLDER, if it is given, and
campaigns whose documents are there already are not run again.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "target/release/svdforge"
CORES = {
    "A": "--rows 4 --cols 4",
    "B": "--rows 8 --cols 8 --interleave auto",
    "C": "--rows 40 --cols 4 --vectors v",
    "D": "--rows 4 --cols 4 --arch quarter",
}
# Cores with a self-check, and which part of the upsets each gets. Those of the largest one take long.
CHECKED = {
    "4 x 4": ("--rows 4 --cols 4", 5),
    "8 x 8": ("--rows 8 --cols 8", 5),
    "8 x 8 symmetric": ("--rows 8 --cols 8 --symmetric", 5),
    "4 x 4, 8 in flight": ("--rows 4 --cols 4 --interleave auto", 5),
    "16 x 16": ("--rows 16 --cols 16", 25),
}
CLASSES = ["harmless", "slight", "equivalent", "alarm", "refused", "noticed", "wrong", "malformed"]


def campaign(parameters, upsets, folder):
    kept = folder / f"upsets{parameters.replace(' ', '')}.json" if folder else None
    if kept and kept.exists():
        return json.loads(kept.read_text())["cores"][0]
    command = [PROGRAM, "upset", "--upsets", str(upsets), "--json", *parameters.split()]
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


def table_of_checked(cores):
    rows = []
    for name, core in cores.items():
        classes = core["classes"]
        rows.append(
            [name, number(core["upsets"]), number(classes["noticed"])]
            + [number(count) for count in (classes["wrong"], classes["malformed"], core["never"])]
            + [f"{100 * core['noticed_share']:.2f} %"]
        )
    heads = ["core", "upsets", "noticed", "wrong", "malformed", "never recovered", "share noticed"]
    return table(heads, rows)


def write(page, text):
    begin, end = "<!-- measured -->\n", "<!-- end of measured -->"
    path = ROOT / "docs" / page
    before, rest = path.read_text().split(begin)
    after = rest.split(end)[1]
    path.write_text(f"{before}{begin}\n{text.rstrip()}\n\n{end}{after}")


def main():
    upsets = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    checked = {name: campaign(f"{of} --selfcheck", upsets // part, folder) for name, (of, part) in CHECKED.items()}
    write("selfcheck.md", table_of_checked(checked))
    write("upset.md", tables({name: campaign(of, upsets, folder) for name, of in CORES.items()}))


main()
