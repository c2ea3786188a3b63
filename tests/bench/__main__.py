"""`python -m tests.bench [--scale 0.1] [sync] [search]`: runs benchmarks in a database made for them."""

import argparse
import importlib
import os
import pkgutil
import sys

import django

import tests.bench
import tests.environment  # before Django reads its settings
from tests.bench.measure import Ratio, own_database, table

NOT_BENCHMARKS = {"__main__", "measure"}


def main() -> int:
    found = {module.name for module in pkgutil.iter_modules(tests.bench.__path__)}
    known = sorted(name for name in found - NOT_BENCHMARKS if not name.endswith("_server"))
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"which ones ({', '.join(known)}; all)")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size, such as 0.1")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(known):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    os.environ["BENCH_SCALE"] = str(asked.scale)
    os.environ.setdefault("DATABASE_URL", "postgres://127.0.0.1/test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    ratios: list[Ratio] = []
    for name in asked.names or known:
        print(f"{name}:", flush=True)
        with own_database(name):
            ratios += importlib.import_module(f"tests.bench.{name}").run()
    print("\n" + table(ratios))
    return 0 if all(ratio.met for ratio in ratios) else 1


if __name__ == "__main__":
    sys.exit(main())
