"""`python -m benchmarks.learning --data FOLDER [--seeds 3] [--json FILE]`: how well sites learn from moderators."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.learning.curve import Curve, run
from benchmarks.learning.streams import STREAMS, Stream, shuffled
from workers.model import load_model


def main() -> None:
    """Run every stream with every seed, print the table, and write the JSON if asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds train/ and dev/")
    parser.add_argument("--seeds", type=int, default=3, help="how many orders of each stream")
    parser.add_argument("--json", type=Path, help="write every figure here")
    options = parser.parse_args()
    stage, results = load_model(), {}
    for stream in STREAMS:
        curves = [run(stage, shuffled(stream, options.data, seed)) for seed in range(options.seeds)]
        results[stream.name] = {"about": stream.about, "bar": stream.bar, "curves": [asdict(curve) for curve in curves]}
        print_table(stream, curves)
    if options.json:
        content = {"shipped_version": stage.version, "streams": results}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def print_table(stream: Stream, curves: list[Curve]) -> None:
    """Print the mean over the seeds, with the lowest and highest AUC."""
    first = curves[0]
    print(f"\n{stream.name}: {stream.about}")
    print(
        f"  {first.labels} labels, {first.rejected_share:.0%} rejected, chosen: {first.choice}, "
        f"{first.microseconds_a_label:.0f} µs a label, {first.packed_bytes // 1000} kB packed"
    )
    print("  labels        AUC (lowest–highest)   shipped model   held of approved   held of rejected")
    for number, window in enumerate(first.windows):
        same = [curve.windows[number] for curve in curves]
        aucs = [each.auc for each in same if each.auc is not None]
        frozen = [each.frozen_auc for each in same if each.frozen_auc is not None]
        if not aucs:
            print(f"  {window.start:5}–{window.end:<5}   no opinion yet")
            continue
        print(
            f"  {window.start:5}–{window.end:<5}   {np.mean(aucs):.3f} ({min(aucs):.3f}–{max(aucs):.3f})"
            f"{f'{np.mean(frozen):.3f}' if frozen else 'blind':>15}"
            f"{np.mean([each.held_of_approved for each in same]):19.1%}"
            f"{np.mean([each.held_of_rejected for each in same]):19.1%}"
        )


if __name__ == "__main__":
    main()
