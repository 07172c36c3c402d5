#!/usr/bin/env python3
"""Compiles page templates into C: gen_html.py OUT_PREFIX ROOM pages/*.html

src/web/README.md describes the format. What is written where is checked here: a field that does not
exist, an attribute without quotes or an inline script or style stops the build with file:line."""
import os
import re
import sys

SCALARS = {"str": "struct str", "i64": "int64_t", "number": "int64_t", "vnd": "int64_t",
           "day": "int32_t", "time": "int64_t", "bool": "bool", "html": "html_t"}
URL_ATTRIBUTES = {"href", "src", "action", "formaction"}
TAG = re.compile(r"\{\{(.*?)\}\}", re.S)


class Template:
    def __init__(self, path, room):
        self.path, self.room = path, room
        self.text = open(path, encoding="utf-8").read()
        self.structs, self.out, self.depth, self.loops = {}, [], 1, 0
        head = re.match(r"\s*\{\{page (\w+)\}\}\n(.*?)\{\{end\}\}\n?", self.text, re.S)
        if not head:
            self.fail(0, "a template begins with {{page ROOM_NAME}} … {{end}}")
        self.name = head[1]
        if not self.name.startswith(room + "_"):
            self.fail(0, f"the page's name begins with '{room}_'")
        self.read_head(head[2])
        self.body, self.offset = self.text[head.end():], head.end()

    def fail(self, at, message):
        line = self.text.count("\n", 0, at) + 1
        sys.exit(f"{self.path}:{line}: {message}")

    def read_head(self, head):
        current = ""
        self.structs[""] = []
        for line in head.splitlines():
            line = line.strip()
            if not line:
                continue
            if m := re.fullmatch(r"\{\{struct (\w+)\}\}", line):
                current = m[1]
                self.structs[current] = []
            elif m := re.fullmatch(r"(\w+): (\[?)(\w+)(\]?)(?:\s{2,}.*)?", line):
                self.structs[current].append((m[1], m[3], bool(m[2])))
            else:
                self.fail(0, f"'{line}' is not 'name: type'")
        for fields in self.structs.values():
            for n, t, _ in fields:
                if t not in SCALARS and t not in self.structs:
                    self.fail(0, f"'{n}' is of unknown type '{t}'")

    def c_struct(self, name):
        return f"struct {self.name}_{name}" if name else f"struct {self.name}"

    def header(self):
        out = []
        for s in [k for k in self.structs if k][::-1] + [""]:
            out.append(self.c_struct(s) + " {")
            for n, t, is_list in self.structs[s]:
                c = SCALARS.get(t) or self.c_struct(t)
                if is_list:
                    out.append(f"    const {c} *{n};\n    size_t n_{n};")
                else:
                    out.append(f"    {c} {n};")
            if not self.structs[s]:
                out.append("    char nothing;")
            out.append("};\n")
        out.append(f"void {self.name}_html(struct html *h, const {self.c_struct('')} *p);\n")
        return "\n".join(out)

    def resolve(self, expr, at, scopes):
        """'a.b' → (C expression, type, is_list, C expression of the count)."""
        parts = expr.split(".")
        if parts[0] in scopes:
            base, struct = scopes[parts[0]]
            parts = parts[1:]
            if not parts:
                return f"*{base}", struct, False, None
        else:
            base, struct = "p", ""
        arrow = "->"
        for i, part in enumerate(parts):
            field = next((f for f in self.structs.get(struct, []) if f[0] == part), None)
            if not field:
                self.fail(at, f"there is no '{expr}'")
            _, t, is_list = field
            if is_list and parts[i + 1:] == ["n"]:
                return f"(int64_t){base}{arrow}n_{part}", "i64", False, None
            count = f"{base}{arrow}n_{part}"
            base, arrow, struct = f"{base}{arrow}{part}", ".", t
            if i == len(parts) - 1:
                return base, t, is_list, count
            if is_list:
                self.fail(at, f"'{part}' is a list")

    def emit(self, line):
        self.out.append("    " * self.depth + line)

    def literal(self, text):
        text = re.sub(r"\s*\n\s*", "\n", text)
        if not text:
            return
        data = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        self.emit(f'html_lit(h, "{data}", {len(text.encode())});')

    # --- where in the HTML a value stands ---

    def advance(self, text, at):
        """Moves the HTML state over literal text."""
        for i, ch in enumerate(text):
            if self.state == "text" and ch == "<":
                self.state, self.tag = "tag", ""
            elif self.state == "tag":
                if ch == ">":
                    self.state = "text"
                elif ch == "=":
                    self.state, self.attribute = "equals", re.search(r"([\w:-]+)\s*$", self.tag)
                    self.attribute = self.attribute[1].lower() if self.attribute else ""
                    if self.attribute.startswith("on") or self.attribute == "style":
                        self.fail(at + i, f"no inline {self.attribute}: the policy forbids it")
                else:
                    self.tag += ch
                    if re.fullmatch(r"(script|style)[\s>]?", self.tag.lower().strip()) and "src" not in text[i:i + 60]:
                        self.fail(at + i, "no inline scripts or styles: the policy forbids them")
            elif self.state == "equals":
                if ch in "\"'":
                    self.state, self.quote, self.value = "value", ch, ""
                else:
                    self.fail(at + i, f"the value of {self.attribute} needs quotes")
            elif self.state == "value":
                if ch == self.quote:
                    self.state = "tag"
                else:
                    self.value += ch

    def place(self, at):
        if self.state == "value":
            if self.attribute in URL_ATTRIBUTES:
                return "component" if self.value else "url"
            return "attribute"
        if self.state != "text":
            self.fail(at, "a value may stand in text or in a quoted attribute")
        return "text"

    def write(self, expr, at, scopes):
        if expr in scopes and scopes[expr][1] in SCALARS:
            c, t, is_list = f"*{scopes[expr][0]}", scopes[expr][1], False  # a list of scalars
        else:
            c, t, is_list, _ = self.resolve(expr, at, scopes)
        if is_list or t not in SCALARS or t == "bool":
            self.fail(at, f"'{expr}' can't be written")
        place = self.place(at)
        if t == "str":
            f = {"url": "html_url", "component": "html_component"}.get(place, "html_text")
        elif place == "text":
            f = "html_raw" if t == "html" else f"html_{t}"
        elif t == "html":
            self.fail(at, "markup can't stand in an attribute")
        else:
            f = {"day": "html_day_iso", "time": "html_time_iso"}.get(t, "html_i64")
        self.emit(f"{f}(h, {c});")
        self.value_seen()

    def value_seen(self):
        """Something stands in the attribute now: what follows is a part of an address."""
        self.value += "x"

    def condition(self, text, at, scopes):
        m = re.fullmatch(r"(!?)([\w.]+)(?:\s*=\s*\"([^\"]*)\")?", text)
        if not m:
            self.fail(at, f"can't read the condition '{text}'")
        c, t, is_list, count = self.resolve(m[2], at, scopes)
        if m[3] is not None:
            test = f'str_eq_c({c}, "{m[3]}")'
        elif is_list:
            test = count
        elif t == "str":
            test = f"{c}.n"
        elif t == "html":
            test = f"{c}.s.n"
        else:
            test = c
        return f"!({test})" if m[1] else test

    def sentence(self, text, at, scopes):
        text = re.sub(r"\s+", " ", text.strip())
        msgid = text.replace("\\", "\\\\").replace('"', '\\"')
        names = list(dict.fromkeys(re.findall(r"\{([\w.]+)\}", text)))
        if not names:
            self.emit(f'html_sentence(h, "{msgid}", NULL, 0);')
        else:
            rows = []
            for n in names:
                c, t, is_list, _ = self.resolve(n, at, scopes)
                if is_list or t not in SCALARS or t == "bool":
                    self.fail(at, f"'{n}' can't be written")
                rows.append(f'{{ "{n}", html_arg_{t}(h, {c}) }}')
            self.emit(f'html_sentence(h, "{msgid}", (const struct html_arg[]){{ {", ".join(rows)} }}, {len(rows)});')
        self.value_seen()

    def compile(self):
        self.state, self.tag, self.attribute, self.value, self.quote = "text", "", "", "", ""
        stack, scopes, last = [], {}, 0
        for m in TAG.finditer(self.body):
            at = self.offset + m.start()
            self.literal(self.body[last:m.start()])
            self.advance(self.body[last:m.start()], self.offset + last)
            last = m.end()
            word = m[1].strip()
            if word.startswith("_ "):
                self.sentence(word[2:], at, scopes)
            elif word == "csrf":
                self.emit("html_csrf(h);")
            elif word.startswith("if "):
                self.emit(f"if ({self.condition(word[3:].strip(), at, scopes)}) {{")
                stack.append(("if", at, None, self.state))
                self.depth += 1
            elif word == "else":
                if not stack or stack[-1][0] != "if":
                    self.fail(at, "{{else}} without {{if}}")
                self.depth -= 1
                self.emit("} else {")
                self.depth += 1
            elif e := re.fullmatch(r"each ([\w.]+) as (\w+)", word):
                c, t, is_list, count = self.resolve(e[1], at, scopes)
                if not is_list:
                    self.fail(at, f"'{e[1]}' is no list")
                self.loops += 1
                i = f"i{self.loops}"
                self.emit(f"for (size_t {i} = 0; {i} < {count}; {i}++) {{")
                self.depth += 1
                item = SCALARS.get(t) or self.c_struct(t)
                self.emit(f"const {item} *v_{e[2]} = &{c}[{i}];")
                stack.append(("each", at, scopes, self.state))
                scopes = {**scopes, e[2]: ("v_" + e[2], t)}
            elif word == "end":
                if not stack:
                    self.fail(at, "{{end}} without a beginning")
                kind, _, outer, _ = stack.pop()
                if kind == "each":
                    scopes = outer
                self.depth -= 1
                self.emit("}")
            elif re.fullmatch(r"[\w.]+", word):
                self.write(word, at, scopes)
            else:
                self.fail(at, f"can't read '{{{{{word}}}}}'")
        self.literal(self.body[last:])
        self.advance(self.body[last:], self.offset + last)
        if stack:
            self.fail(stack[-1][1], f"{{{{{stack[-1][0]}}}}} has no {{{{end}}}}")
        if self.state != "text":
            self.fail(len(self.text), "a tag is not closed")
        return (f"void {self.name}_html(struct html *h, const {self.c_struct('')} *p)\n{{\n    (void)p;\n"
                + "\n".join(self.out) + "\n}\n")


def main():
    prefix, room, *paths = sys.argv[1:]
    templates = [Template(p, room) for p in sorted(paths, key=os.path.basename)]
    with open(prefix + ".h", "w", encoding="utf-8") as f:
        f.write(f"/* Made by tools/gen_html.py from the pages of {room}; do not edit. */\n#pragma once\n\n"
                '#include "web/html.h"\n\n')
        f.write("\n".join(t.header() for t in templates))
    with open(prefix + ".c", "w", encoding="utf-8") as f:
        f.write(f"/* Made by tools/gen_html.py from the pages of {room}; do not edit. */\n"
                f'#include "{room}/{room}_pages.h"\n\n')
        f.write("\n".join(t.compile() for t in templates))


main()
