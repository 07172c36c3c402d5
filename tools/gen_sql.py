#!/usr/bin/env python3
"""Makes one typed C function of each named query.

usage: gen_sql.py ROOM OUT.h OUT.c QUERIES.sql...

The format stands in src/store/README.md. Errors are printed as FILE:LINE: what is wrong; exit 1.
"""
import re
import sys

MODES = ("one", "maybe", "many", "each", "exec")
# type in the query's header: (C type, tag in store/db.h)
TYPES = {
    "i64": ("int64_t ", "DB_I64"),
    "text": ("struct str ", "DB_TEXT"),
    "blob": ("struct str ", "DB_BLOB"),
    "id": ("struct id ", "DB_ID"),
    "sha256": ("struct sha256 ", "DB_SHA256"),
    "bool": ("bool ", "DB_BOOL"),
    "time": ("int64_t ", "DB_TIME"),
}
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")
DIALECTS = ("sqlite", "postgresql")


class Bad(Exception):
    def __init__(self, path, line, what):
        super().__init__(f"{path}:{line}: {what}")


class Field:
    def __init__(self, name, type_, nullable, line):
        self.name, self.type, self.nullable, self.line = name, type_, nullable, line


class Query:
    def __init__(self, path, line, name, mode):
        self.path, self.line, self.name, self.mode = path, line, name, mode
        self.comment = []
        self.ins, self.outs = [], []
        self.text = {}  # dialect or "both": [(line, text)]

    def bad(self, line, what):
        return Bad(self.path, line, what)


def pieces(sql):
    """Cuts SQL into (kind, text): 'param' (without the colon), 'comment', 'code' or 'quoted'."""
    i, n = 0, len(sql)
    code = []

    def flush():
        if code:
            yield "code", "".join(code)
            code.clear()

    while i < n:
        two = sql[i:i + 2]
        ch = sql[i]
        if two == "--":
            yield from flush()
            end = sql.find("\n", i)
            end = n if end < 0 else end
            yield "comment", sql[i:end]
            i = end
        elif two == "/*":
            yield from flush()
            end = sql.find("*/", i + 2)
            if end < 0:
                raise ValueError("a /* comment is not closed")
            yield "comment", sql[i:end + 2]
            i = end + 2
        elif ch in "'\"":
            yield from flush()
            end = i + 1
            while True:
                end = sql.find(ch, end)
                if end < 0:
                    raise ValueError(f"a quote {ch} is not closed")
                if sql[end:end + 2] != ch * 2:
                    break
                end += 2
            yield "quoted", sql[i:end + 1]
            i = end + 1
        elif two == "::":
            code.append(two)
            i += 2
        elif ch == ":" and (m := re.match(r"[A-Za-z_]\w*", sql[i + 1:])):
            yield from flush()
            yield "param", m.group()
            i += 1 + m.end()
        else:
            code.append(ch)
            i += 1
    yield from flush()


def parse_fields(query, line, text, is_in):
    fields = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        words = part.split()
        if len(words) != 2:
            raise query.bad(line, f"expected 'name type', got '{part}'")
        name, type_ = words
        nullable = type_.endswith("?")
        type_ = type_.rstrip("?")
        if not IDENTIFIER.match(name):
            raise query.bad(line, f"'{name}' is not a field name (lower case letters, digits, _)")
        if type_ not in TYPES:
            raise query.bad(line, f"unknown type '{type_}' of '{name}' (one of {', '.join(TYPES)})")
        if is_in and nullable and type_ == "bool":
            raise query.bad(line, f"'{name}': a bool parameter can't be NULL")
        if is_in and name == "commune":
            raise query.bad(line, ":commune is bound by itself and must not be declared")
        fields.append(Field(name, type_, nullable, line))
    return fields


def parse(path):
    queries, query = [], None
    target = None      # the list that a header line ending in a comma goes on with
    dialect = "both"
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip()
        if m := re.match(r"--\s*name:\s*(.*)", line):
            words = m.group(1).split()
            if len(words) != 2 or not words[1].startswith(":"):
                raise Bad(path, number, "expected '-- name: NAME :MODE'")
            name, mode = words[0], words[1][1:]
            if not IDENTIFIER.match(name):
                raise Bad(path, number, f"'{name}' is not a query name")
            if mode not in MODES:
                raise Bad(path, number, f"unknown mode ':{mode}' (one of :{', :'.join(MODES)})")
            query, target, dialect = Query(path, number, name, mode), None, "both"
            queries.append(query)
            continue
        if query is None:
            if line and not line.startswith("--"):
                raise Bad(path, number, "SQL before the first '-- name:' line")
            continue
        if m := re.match(r"--\s*(in|out):\s*(.*)", line):
            if query.text:
                raise Bad(path, number, f"'{m.group(1)}:' after the SQL began")
            fields = query.ins if m.group(1) == "in" else query.outs
            fields += parse_fields(query, number, m.group(2), m.group(1) == "in")
            target = (fields, m.group(1)) if line.endswith(",") else None
        elif m := re.match(r"--\s*(sqlite|postgresql):\s*(.*)", line):
            dialect, target = m.group(1), None
            if dialect in query.text:
                raise Bad(path, number, f"a second '{dialect}:' text")
            query.text[dialect] = [(number, m.group(2))] if m.group(2) else []
        elif line.startswith("--") and not query.text:
            text = line[2:].strip()
            if target:
                target[0].extend(parse_fields(query, number, text, target[1] == "in"))
                target = target if line.endswith(",") else None
            elif text:
                query.comment.append(text)
        elif line or query.text:
            query.text.setdefault(dialect, []).append((number, line))
    return queries


def rewrite(query, lines, prefix, used):
    """The text with numbered parameters, on one line where nothing is quoted over several."""
    start = lines[0][0] if lines else query.line
    numbers = {f.name: i for i, f in enumerate(query.ins, 1)}
    numbers["commune"] = len(query.ins) + 1
    out, words = [], []
    try:
        for kind, text in pieces("\n".join(t for _, t in lines)):
            if kind == "param":
                if text not in numbers:
                    raise query.bad(start, f"{query.name}: ':{text}' is not declared in 'in:'")
                used.add(text)
                out.append(f"{prefix}{numbers[text]}")
            elif kind == "comment":
                out.append(" ")
            elif kind == "quoted":
                out.append(text)
                words.append("''")
            else:
                out.append(re.sub(r"\s+", " ", text))
                words.append(text)
    except ValueError as e:
        raise query.bad(start, f"{query.name}: {e}") from None
    sql = "".join(out).strip().rstrip(";").strip()
    code = re.sub(r"\s+", " ", " ".join(words)).strip().rstrip(";").strip()
    if not sql:
        raise query.bad(start, f"{query.name}: no SQL")
    if ";" in code:
        raise query.bad(start, f"{query.name}: one statement a query (found ';')")
    if query.mode == "many" and not re.search(r"\blimit\b", code, re.I):
        raise query.bad(start, f"{query.name}: a :many query needs a LIMIT")
    if query.mode == "each" and not re.match(r"\(?\s*(select|with|values)\b", code, re.I):
        raise query.bad(start, f"{query.name}: an :each query must be a SELECT")
    return sql


def check(query):
    for fields, what in ((query.ins, "in"), (query.outs, "out")):
        seen = set()
        for f in fields:
            if f.name in seen:
                raise query.bad(f.line, f"'{f.name}' twice in '{what}:'")
            seen.add(f.name)
    if query.mode == "exec" and query.outs:
        raise query.bad(query.line, f"{query.name}: an :exec query has no 'out:'")
    if query.mode != "exec" and not query.outs:
        raise query.bad(query.line, f"{query.name}: a :{query.mode} query needs an 'out:' line")
    used = set()
    if "both" in query.text:
        if len(query.text) > 1 and any(t for _, t in query.text["both"]):
            raise query.bad(query.text["both"][0][0],
                            f"{query.name}: SQL before the first 'sqlite:' or 'postgresql:' line")
    if set(DIALECTS) <= query.text.keys():
        query.sqlite = rewrite(query, query.text["sqlite"], "?", used)
        query.postgresql = rewrite(query, query.text["postgresql"], "$", used)
    elif any(d in query.text for d in DIALECTS):
        raise query.bad(query.line, f"{query.name}: needs both a 'sqlite:' and a 'postgresql:' text")
    else:
        query.sqlite = rewrite(query, query.text.get("both", []), "?", used)
        query.postgresql = rewrite(query, query.text["both"], "$", used)
    for f in query.ins:
        if f.name not in used:
            raise query.bad(f.line, f"{query.name}: '{f.name}' is declared but not used")
    query.uses_commune = "commune" in used


def c_string(text, indent):
    """A C literal, broken at spaces into lines that fit."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    escaped = escaped.replace("??", "?\\?")
    width, parts, line = 88 - indent, [], ""
    for word in re.split(r"(?<= )", escaped):
        if line and len(line) + len(word) > width:
            parts.append(line)
            line = ""
        line += word
    parts.append(line)
    return ("\n" + " " * indent).join(f'"{p}"' for p in parts)


def arguments(q):
    args = ["struct ctx *c", "struct db *db"]
    if q.ins:
        args.append(f"const struct {q.name}_in *in")
    row = f"struct {q.name}_row"
    args += {
        "one": [f"{row} *ret_row"],
        "maybe": [f"{row} *ret_row", "bool *ret_found"],
        "many": [f"{row} **ret_rows", "size_t *ret_n"],
        "each": [f"err_t (*row)(void *arg, const {row} *row)", "void *arg"],
        "exec": ["int64_t *ret_changed"],
    }[q.mode]
    return ", ".join(args)


NOTES = {
    "one": "E_NOT_FOUND without a row.",
    "many": "Rows are in the arena; E_LIMIT when they no longer fit its cap.",
    "each": "Texts of a row live until `row` returns; an error of `row` ends it and is handed on.",
    "exec": "`ret_changed` (rows) may be NULL.",
}


def struct_text(name, fields):
    body = "".join(
        f"    {TYPES[f.type][0]}{f.name};{' /* or NULL */' if f.nullable else ''}\n" for f in fields)
    return f"struct {name} {{\n{body}}};\n"


def header(room, queries):
    out = [f"/* The queries of {room}; made by tools/gen_sql.py from its queries.sql. */\n",
           '#pragma once\n\n#include "store/store.h"\n']
    for q in queries:
        out.append("\n")
        if q.ins:
            out.append(struct_text(q.name + "_in", q.ins))
        if q.outs:
            out.append(struct_text(q.name + "_row", q.outs))
        note = " ".join(q.comment + [NOTES[q.mode]] if q.mode in NOTES else q.comment)
        if note:
            out.append(f"/* {note.replace('*/', '* /')} */\n")
        out.append(f"MUST err_t {q.name}({arguments(q)});\n")
    return "".join(out)


def field_rows(query, fields, struct):
    rows = [f'    {{ "{f.name}", {TYPES[f.type][1]}, {"true" if f.nullable else "false"}, '
            f"offsetof(struct {struct}, {f.name}) }},\n" for f in fields]
    if struct.endswith("_in") and query.uses_commune:
        rows.append('    { "commune", DB_COMMUNE, false, 0 },\n')
    return "".join(rows)


def function(q):
    in_ = "in" if q.ins else "NULL"
    out = [f"err_t {q.name}({arguments(q)})\n{{\n"]
    call = f"c, db, &{q.name}_query, {in_}"
    if q.mode == "one":
        out.append(f"    return db_one({call}, ret_row);\n")
    elif q.mode == "maybe":
        out.append(f"    return db_maybe({call}, ret_row, ret_found);\n")
    elif q.mode == "many":
        out.append(f"    void *rows;\n    TRY(db_many({call}, &rows, ret_n));\n"
                   "    *ret_rows = rows;\n    return E_OK;\n")
    elif q.mode == "each":
        out.append(f"    struct {q.name}_call call = {{ row, arg }};\n"
                   f"    return db_each({call}, {q.name}_call_row, &call);\n")
    else:
        out.append(f"    return db_exec({call}, ret_changed);\n")
    return "".join(out) + "}\n"


def source(room, queries):
    out = [f"/* The queries of {room}; made by tools/gen_sql.py from its queries.sql. */\n",
           f'#include "{room}/{room}_queries.h"\n\n#include "store/db.h"\n']
    for q in queries:
        n_in = len(q.ins) + q.uses_commune
        out.append("\n")
        if n_in:
            out.append(f"static const struct db_field {q.name}_fields_in[] = {{\n"
                       f"{field_rows(q, q.ins, q.name + '_in')}}};\n")
        if q.outs:
            out.append(f"static const struct db_field {q.name}_fields_out[] = {{\n"
                       f"{field_rows(q, q.outs, q.name + '_row')}}};\n")
        out.append(f"static const struct db_query {q.name}_query = {{\n"
                   f'    .name = "{q.name}",\n'
                   f"    .sqlite = {c_string(q.sqlite, 14)},\n"
                   f"    .postgresql = {c_string(q.postgresql, 18)},\n")
        if n_in:
            out.append(f"    .in = {q.name}_fields_in,\n    .n_in = {n_in},\n")
        if q.outs:
            out.append(f"    .out = {q.name}_fields_out,\n    .n_out = {len(q.outs)},\n"
                       f"    .row_size = sizeof(struct {q.name}_row),\n")
        out.append("};\n\n")
        if q.mode == "each":
            row = f"const struct {q.name}_row *"
            out.append(f"struct {q.name}_call {{\n    err_t (*row)(void *arg, {row}row);\n"
                       f"    void *arg;\n}};\n\n"
                       f"static err_t {q.name}_call_row(void *arg, const void *row)\n{{\n"
                       f"    const struct {q.name}_call *call = arg;\n"
                       f"    return call->row(call->arg, row);\n}}\n\n")
        out.append(function(q))
    return "".join(out)


def main(argv):
    if len(argv) < 5:
        print(__doc__.split("\n")[2], file=sys.stderr)
        return 2
    room, out_h, out_c, paths = argv[1], argv[2], argv[3], argv[4:]
    try:
        queries, names = [], {}
        for path in paths:
            for q in parse(path):
                if q.name in names:
                    raise q.bad(q.line, f"a second query named '{q.name}' "
                                        f"(the first: {names[q.name].path}:{names[q.name].line})")
                names[q.name] = q
                check(q)
                queries.append(q)
    except (Bad, OSError, UnicodeDecodeError) as e:
        print(e, file=sys.stderr)
        return 1
    with open(out_h, "w", encoding="utf-8") as f:
        f.write(header(room, queries))
    with open(out_c, "w", encoding="utf-8") as f:
        f.write(source(room, queries))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
