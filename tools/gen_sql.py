#!/usr/bin/env python3
"""Makes typed C functions from named queries.

    gen_sql.py OUT_PREFIX ROOM queries.sql…

writes OUT_PREFIX.h and OUT_PREFIX.c; src/store/README.md describes the format. A mistake in a query
file is reported as file:line and stops the build."""
import re
import sys

C_TYPES = {
    "i64": "int64_t", "bool": "bool", "time": "int64_t", "text": "struct str", "blob": "struct str",
    "id": "struct id", "sha256": "struct sha256",
}
KINDS = ("one", "maybe", "many", "each", "exec")


class Query:
    def __init__(self, path, line, name, kind):
        self.path, self.line, self.name, self.kind = path, line, name, kind
        self.doc, self.ins, self.outs = [], [], []
        self.sql = {"both": [], "sqlite": [], "postgresql": []}

    def fail(self, text, line=None):
        sys.exit(f"{self.path}:{line or self.line}: {self.name}: {text}")


def parse_list(q, text, line):
    items = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        m = re.fullmatch(r"(\w+) (\w+)(\?)?", part)
        if not m or m[2] not in C_TYPES:
            q.fail(f"'{part}' is not 'name type'", line)
        items.append((m[1], m[2], bool(m[3])))
    return items


def parse(path):
    queries, q, section = [], None, "both"
    for number, raw in enumerate(open(path, encoding="utf-8"), 1):
        line = raw.rstrip()
        if m := re.fullmatch(r"-- name: (\w+) :(\w+)", line):
            q = Query(path, number, m[1], m[2])
            section = "both"
            if q.kind not in KINDS:
                q.fail(f"unknown kind :{q.kind}")
            queries.append(q)
        elif q is None:
            if line and not line.startswith("--"):
                sys.exit(f"{path}:{number}: text before the first '-- name:'")
        elif line.startswith("-- in:"):
            q.ins += parse_list(q, line[6:], number)
        elif line.startswith("-- out:"):
            q.outs += parse_list(q, line[7:], number)
        elif line in ("-- sqlite:", "-- postgresql:"):
            section = line[3:-1]
        elif line.startswith("--"):
            if not any(q.sql.values()):
                q.doc.append(line[2:].strip())
        elif line:
            q.sql[section].append(line.strip())
    for q in queries:
        if q.kind == "exec" and q.outs:
            q.fail(":exec gives no rows")
        if q.kind != "exec" and not q.outs:
            q.fail("which columns come out? ('-- out:' is missing)")
        if bool(q.sql["both"]) == bool(q.sql["sqlite"] or q.sql["postgresql"]):
            q.fail("either one SQL text, or both '-- sqlite:' and '-- postgresql:'")
    return queries


TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|::\w+|:(\w+)")


def numbered(q, lines, mark):
    """The SQL with :name turned into numbered parameters; which are used."""
    order = ["commune"] + [n for n, _, _ in q.ins]
    used = set()

    def one(m):
        if not m[1]:
            return m[0]
        if m[1] not in order:
            q.fail(f":{m[1]} is not declared in '-- in:'")
        used.add(m[1])
        return f"{mark}{order.index(m[1]) + 1}"

    return TOKEN.sub(one, " ".join(lines).rstrip(";")), used


def c_string(text):
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    parts = [text[i : i + 90] for i in range(0, len(text), 90)] or [""]
    return "\n        ".join(f'"{p}"' for p in parts)


def struct(name, fields):
    rows = [f"    {C_TYPES[t]} {n};{' /* may be none */' if null else ''}" for n, t, null in fields]
    return "struct " + name + " {\n" + "\n".join(rows) + "\n};\n"


def signature(q):
    args = ["struct ctx *c", "struct db *db"]
    if q.ins:
        args.append(f"const struct {q.name}_in *in")
    row = f"struct {q.name}_row"
    if q.kind in ("one", "maybe"):
        args.append(f"{row} *ret_row")
    if q.kind == "maybe":
        args.append("bool *ret_found")
    if q.kind == "many":
        args += [f"{row} **ret_rows", "size_t *ret_n"]
    if q.kind == "each":
        args += [f"err_t (*each)(void *arg, const {row} *row)", "void *arg"]
    if q.kind == "exec":
        args.append("int64_t *ret_changed")
    return f"err_t {q.name}({', '.join(args)})"


def header(room, queries):
    out = [f"/* Made by tools/gen_sql.py from the queries of {room}; do not edit. */\n#pragma once\n",
           '#include "store/db.h"\n']
    for q in queries:
        doc = " ".join(q.doc)
        if doc:
            out.append(f"\n/* {doc} */")
        if q.ins:
            out.append(struct(f"{q.name}_in", q.ins))
        if q.outs:
            out.append(struct(f"{q.name}_row", q.outs))
        out.append(f"MUST {signature(q)};\n")
    return "\n".join(out)


def body(q):
    sqlite, used = numbered(q, q.sql["both"] or q.sql["sqlite"], "?")
    pg, used_pg = numbered(q, q.sql["both"] or q.sql["postgresql"], "$")
    for n, _, _ in q.ins:
        if n not in used | used_pg:
            q.fail(f"'{n}' is declared in '-- in:' but not used")
    params = "i" + "".join({"text": "t", "blob": "b", "id": "b", "sha256": "b"}.get(t, "i")
                           for _, t, _ in q.ins)
    name = q.name
    lines = [f"static const struct query query_{name} = {{", f'    "{name}",',
             f"    {c_string(sqlite)},", f"    {c_string(pg)},",
             f'    "{params}", {len(q.outs)},', "};", ""]
    if q.outs:
        lines += [f"static void take_{name}(struct ctx *c, struct stmt *s, void *to)", "{",
                  f"    struct {name}_row *row = to;"]
        for i, (n, t, null) in enumerate(q.outs):
            lines.append(f"    row->{n} = stmt_{t}(c, s, {i});")
        if not any(t in ("text", "blob") for _, t, _ in q.outs):
            lines.append("    (void)c;")
        lines += ["}", ""]
    if q.kind == "each":
        row = f"const struct {name}_row *row"
        lines += [f"struct each_{name} {{", f"    err_t (*each)(void *arg, {row});", "    void *arg;", "};", "",
                  f"static err_t call_{name}(void *call, const void *row)", "{",
                  f"    struct each_{name} *e = call;", "    return e->each(e->arg, row);", "}", ""]
    lines += [signature(q), "{"]
    values = ["{ .i = c->commune_id }"]
    for n, t, null in q.ins:
        if t in ("text", "blob"):
            values.append(f"{{ .s = in->{n} }}")
        elif t == "id":
            values.append(f"{{ .s = {'db_id_or_null' if null else 'db_id'}(&in->{n}) }}")
        elif t == "sha256":
            values.append(f"{{ .s = {{ (const char *)in->{n}.b, 32 }} }}")
        elif t == "time" and null:
            values.append(f"{{ .i = in->{n} ? in->{n} : NO_I64 }}")
        else:
            values.append(f"{{ .i = in->{n} }}")
    lines += ["    const union db_value values[] = {"] + [f"        {v}," for v in values] + ["    };"]
    call = f"c, db, &query_{name}, values"
    size = f"sizeof(struct {name}_row), take_{name}"
    if q.kind == "exec":
        lines.append(f"    return db_exec({call}, ret_changed);")
    elif q.kind == "one":
        lines.append(f"    return db_one({call}, {size}, ret_row, NULL);")
    elif q.kind == "maybe":
        lines.append(f"    return db_one({call}, {size}, ret_row, ret_found);")
    elif q.kind == "many":
        lines += ["    void *rows = NULL;", f"    TRY(db_many({call}, {size}, &rows, ret_n));",
                  "    *ret_rows = rows;", "    return 0;"]
    else:
        lines += [f"    struct each_{name} e = {{ each, arg }};",
                  f"    return db_each({call}, {size}, call_{name}, &e);"]
    lines += ["}", ""]
    return "\n".join(lines)


def main():
    prefix, room, *paths = sys.argv[1:]
    queries = [q for path in paths for q in parse(path)]
    seen = {}
    for q in queries:
        if q.name in seen:
            q.fail(f"the name is already taken at line {seen[q.name]}")
        seen[q.name] = q.line
    with open(prefix + ".h", "w", encoding="utf-8") as f:
        f.write(header(room, queries))
    with open(prefix + ".c", "w", encoding="utf-8") as f:
        f.write(f"/* Made by tools/gen_sql.py from the queries of {room}; do not edit. */\n")
        f.write(f'#include "{room}/{room}_queries.h"\n\n')
        f.write("\n".join(body(q) for q in queries))


main()
