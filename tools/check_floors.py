#!/usr/bin/env python3
"""Refuses an include that the floors of the house forbid (docs/architecture.md).

A room uses rooms of lower floors, and of those only ROOM/ROOM.h; the ground is base/*.h."""
import os
import re
import sys

FLOORS = ["base", "store", "web print", "people", "onestop", "demo", "main"]
FLOOR = {room: i for i, rooms in enumerate(FLOORS) for room in rooms.split()}
# A room's generated or inner header that another may see, with the reason.
ALLOWED = {
    ("demo", "people/people_queries.h"): "the demo fills the tables of people",
    ("onestop", "onestop/due.h"): "its own",
    ("main", "onestop/due.h"): "its command",
}

os.chdir(os.path.join(os.path.dirname(__file__), "..", "src"))
faults = []
for room in sorted(FLOOR):
    for folder, _, names in os.walk(room):
        for name in sorted(names):
            if not name.endswith((".c", ".h")):
                continue
            path = os.path.join(folder, name)
            lines = open(path, encoding="utf-8").read().splitlines()
            if len(lines) > 700:
                faults.append(f"{path}:1: {len(lines)} lines: this wants to be two files")
            for number, line in enumerate(lines, 1):
                m = re.match(r'#include "(\w+)/([\w./]+)"', line)
                if not m or m[1] == room or m[1] not in FLOOR:
                    continue
                public = m[1] == "base" or m[2] == f"{m[1]}.h" or name.endswith("_test.c")
                generated = room == "store" or (m[1] == "store" and m[2] == "db.h")
                part = (m[1], m[2]) in {("web", "form.h"), ("web", "html.h")}
                if FLOOR[m[1]] >= FLOOR[room]:
                    faults.append(f"{path}:{number}: {room} may not use {m[1]}, which is not below it")
                elif not (public or generated or part or (room, f"{m[1]}/{m[2]}") in ALLOWED):
                    faults.append(f"{path}:{number}: {m[1]}/{m[2]} is not the public header of {m[1]}")
print("\n".join(faults))
sys.exit(1 if faults else 0)
