#!/usr/bin/env python3
"""Embeds the migrations of a room as `const struct migration_set ROOM_migrations`.

usage: gen_migrations.py ROOM OUT.c NNNN_name.sql...

Numbers must be 1, 2, … without gaps; errors are printed as FILE: what is wrong; exit 1.
"""
import os
import re
import sys


def literal(text):
    lines = []
    for line in text.split("\n"):
        line = line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
        lines.append(f'    "{line.replace("??", "?" + chr(92) + "?")}\\n"')
    return "\n".join(lines)


def read(path, number):
    m = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.sql", os.path.basename(path))
    if not m:
        raise ValueError(f"{path}: a migration is named NNNN_name.sql")
    if int(m.group(1)) != number:
        raise ValueError(f"{path}: expected number {number:04} (1, 2, … without gaps)")
    with open(path, encoding="utf-8") as f:
        text = f.read().replace("\r\n", "\n").rstrip("\n")
    if "\0" in text or not text.strip():
        raise ValueError(f"{path}: empty, or holds a NUL")
    return number, m.group(2), text


def main(argv):
    if len(argv) < 4:
        print(__doc__.split("\n")[2], file=sys.stderr)
        return 2
    room, out = argv[1], argv[2]
    try:
        steps = [read(p, i) for i, p in enumerate(sorted(argv[3:], key=os.path.basename), 1)]
    except (ValueError, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    with open(out, "w", encoding="utf-8") as f:
        f.write(f"/* Made by tools/gen_migrations.py from src/{room}/migrations. */\n"
                '#include "store/store.h"\n\n'
                f"extern const struct migration_set {room}_migrations;\n\n"
                "static const struct migration steps[] = {\n")
        for number, name, text in steps:
            f.write(f'    {{ "{room}", {number}, "{name.replace("_", " ")}",\n{literal(text)} }},\n')
        f.write("};\n\n"
                f"const struct migration_set {room}_migrations = "
                "{ steps, sizeof(steps) / sizeof(steps[0]) };\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
