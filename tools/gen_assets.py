#!/usr/bin/env python3
"""Embeds the files that pages need: gen_assets.py OUT.c FILE…

Each gets an address that holds the hash of its content, so that browsers may keep it for ever. Inside
style sheets and scripts, `asset(NAME)` is replaced by that address."""
import gzip
import hashlib
import os
import re
import sys

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
         ".png": "image/png", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json"}

out, *paths = sys.argv[1:]
# What others speak of comes first.
order = {".woff2": 0, ".png": 0, ".svg": 0, ".webmanifest": 1, ".css": 1, ".js": 2}
urls, rows, chunks = {}, [], []


def c_bytes(name, data):
    lines = "\n".join("".join(f"{b}," for b in data[i:i + 32]) for i in range(0, len(data), 32))
    return f"static const unsigned char {name}[] = {{\n{lines}\n}};\n"


def resolve(m):
    if m[1] not in urls:
        sys.exit(f"{path}: there is no asset '{m[1]}'")
    return urls[m[1]]


for i, path in enumerate(sorted(paths, key=lambda p: (order[os.path.splitext(p)[1]], os.path.basename(p)))):
    name, ext = os.path.basename(path), os.path.splitext(path)[1]
    data = open(path, "rb").read()
    if ext in (".css", ".js", ".webmanifest"):
        text = re.sub(r"asset\(([\w.-]+)\)", resolve, data.decode())
        if ext == ".css":
            text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        data = re.sub(r"\n\s*", "\n", text).encode()
    stem = name[: -len(ext)]
    urls[name] = f"/assets/{stem}.{hashlib.sha256(data).hexdigest()[:10]}{ext}"
    packed = gzip.compress(data, 9, mtime=0)
    worth = len(packed) < 0.9 * len(data)
    chunks.append(c_bytes(f"bytes_{i}", data))
    if worth:
        chunks.append(c_bytes(f"gzip_{i}", packed))
    rows.append(f'    {{ "{name}", "{urls[name]}", "{TYPES[ext]}", bytes_{i}, {len(data)}, '
                + (f"gzip_{i}, {len(packed)} }}," if worth else "NULL, 0 },"))
with open(out, "w", encoding="utf-8") as f:
    f.write('#include "web/app.h"\n\nextern const struct asset web_assets[];\nextern const size_t web_assets_n;\n')
    f.write("\n".join(chunks))
    f.write("const struct asset web_assets[] = {\n" + "\n".join(rows)
            + f"\n}};\nconst size_t web_assets_n = {len(rows)};\n")
