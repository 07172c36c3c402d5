#!/usr/bin/env python3
"""Turns a file into a C array: embed.py OUT.c SYMBOL FILE gives `SYMBOL` and `SYMBOL_n`.

One NUL follows the bytes, so that text can be used as a C string."""
import sys

out, symbol, path = sys.argv[1:]
data = open(path, "rb").read()
with open(out, "w") as f:
    f.write("#include <stddef.h>\n\n")
    f.write(f"extern const unsigned char {symbol}[];\nextern const size_t {symbol}_n;\n")
    f.write(f"const unsigned char {symbol}[] = {{\n")
    for i in range(0, len(data), 24):
        f.write("".join(f"{b}," for b in data[i : i + 24]) + "\n")
    f.write(f"0}};\nconst size_t {symbol}_n = {len(data)};\n")
