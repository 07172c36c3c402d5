#!/usr/bin/env python3
"""Embeds a room's migrations: gen_migrations.py OUT.c ROOM 0001_name.sql…"""
import os
import re
import sys

out, room, *paths = sys.argv[1:]
rows = []
for path in sorted(paths, key=os.path.basename):
    m = re.fullmatch(r"(\d{4})_(\w+)\.sql", os.path.basename(path))
    if not m:
        sys.exit(f"{path}:1: a migration is called NNNN_name.sql")
    if int(m[1]) != len(rows) + 1:
        sys.exit(f"{path}:1: number {m[1]} leaves a gap or repeats one")
    rows.append((int(m[1]), m[2], open(path, encoding="utf-8").read()))
with open(out, "w", encoding="utf-8") as f:
    f.write('#include "store/store.h"\n\n')
    f.write(f"extern const struct migration_set {room}_migrations;\n")
    f.write("static const struct migration items[] = {\n")
    for number, name, text in rows:
        lines = [l.replace("\\", "\\\\").replace('"', '\\"') for l in text.splitlines()]
        quoted = "\n        ".join(f'"{l}\\n"' for l in lines)
        f.write(f'    {{ "{room}", {number}, "{name}",\n        {quoted} }},\n')
    f.write(f"}};\nconst struct migration_set {room}_migrations = {{ items, {len(rows)} }};\n")
