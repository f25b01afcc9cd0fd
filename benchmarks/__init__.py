"""How fast this is on this machine, against pgbench calling the very same functions.

`python -m benchmarks` (`make bench`) runs for less than four minutes, `--quick` for forty seconds.
Both print what they found and write `benchmarks/results/latest.json`.
"""
