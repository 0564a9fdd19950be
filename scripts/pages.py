"""Read a saved page of Bybit's documentation: what it says of one operation, or refuse a page of another form.

Of a page that changed its form nothing may be overlooked, so what is not understood is refused (exit status 2), and
every word in backticks that belongs to no known remark counts as a value that the parameter may have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from regenerate import refuse

PARAMETER_COLUMNS = ["Parameter", "Required", "Type", "Comments"]
FIELD_COLUMNS = ["Parameter", "Type", "Comments"]
# "conditional" leaves the parameter out sometimes, as "false" does; when, is said in words only.
REQUIRED = {"true": True, "false": False, "conditional": False}

HEADING = re.compile(r"^#{2,6} +(.+?) *(?:\[\]\(.*)?$", re.MULTILINE)
OPERATION = re.compile(r"\b([A-Z]+) *`(/[^`\s]+)`")
UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
ESCAPE = re.compile(r"\\([^\w\s])")
NAME = re.compile(r"((?:> *)*)(\w+)")
CODE_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WORD = re.compile(r"`([^`]*)`")

NAMES = r"`\w+`(?:(?:,? or|,) `\w+`)*"
EITHER_OR = re.compile(rf"either ({NAMES}) is required|must specify ({NAMES})", re.IGNORECASE)
EXAMPLE = re.compile(r"\blike `([^`]+)`")
DEFAULT = re.compile(r"`([^`]+)` by default|default: `([^`]+)`", re.IGNORECASE)
ONLY_WITH = re.compile(r"(?:(\w+) trading|`(\w+)`) only")
UPPERCASE = "uppercase only"

Names = frozenset[str]


@dataclass(frozen=True)
class Parameter:
    """A row of the request's table, with what its comment says."""

    name: str
    required: bool
    type: str
    values: Names
    either_or: frozenset[Names]
    examples: Names
    defaults: Names
    only_with: Names
    uppercase: bool


@dataclass(frozen=True)
class Field:
    """A row of the response's table; the name of a nested one begins with its parents': `list.orderId`."""

    name: str
    type: str


@dataclass(frozen=True)
class Page:
    """What a page says of its operation. Examples are the text that should be JSON."""

    method: str
    path: str
    either_or: frozenset[Names]
    parameters: list[Parameter]
    fields: list[Field]
    request_examples: list[str]
    response_examples: list[str]


def read_page(text: str) -> Page:
    introduction, sections = split_sections(text)
    method, path = read_operation(sections)
    return Page(
        method=method,
        path=path,
        either_or=read_either_or(plain(introduction)),
        parameters=read_parameters(read_table(sections, "Request Parameters", PARAMETER_COLUMNS)),
        fields=read_fields(read_table(sections, "Response Parameters", FIELD_COLUMNS)),
        request_examples=list(find_json(sections.get("Request Example", ""))),
        response_examples=list(find_json(sections.get("Response Example", ""))),
    )


def split_sections(text: str) -> tuple[str, dict[str, str]]:
    introduction, *parts = HEADING.split(text)
    titles = parts[::2]
    for title in titles:
        if titles.count(title) > 1:
            refuse(f'The page has more than one section "{title}".')
    return introduction, dict(zip(titles, parts[1::2], strict=True))


def section(sections: dict[str, str], title: str) -> str:
    if title not in sections:
        refuse(f'The page has no section "{title}".')
    return sections[title]


def read_operation(sections: dict[str, str]) -> tuple[str, str]:
    found = OPERATION.findall(section(sections, "HTTP Request"))
    if len(found) != 1:
        refuse('The section "HTTP Request" must name one operation, such as: POST `/v5/order/cancel`')
    method, path = found[0]
    return method, path


def read_table(sections: dict[str, str], title: str, columns: list[str]) -> list[list[str]]:
    """Return the cells of the rows below the header; none only where the page says that there are none."""
    text = section(sections, title)
    if text.split()[:1] == ["None"] and "|" not in text:
        return []
    header, *rows = list(split_rows(text, title, columns)) or [[]]
    if header != columns:
        refuse(f'The section "{title}" has no table with the columns {", ".join(columns)}.')
    if not rows or not all(re.fullmatch(":?-+:?", cell) for cell in rows[0]):
        refuse(f'The table of "{title}" has no line below its header.')
    if not rows[1:]:
        refuse(f'The table of "{title}" has no rows.')
    return rows[1:]


def split_rows(text: str, title: str, columns: list[str]) -> Iterator[list[str]]:
    """Return the cells of each row. A row ends with its last pipe, which can stand some lines below its first."""
    row = ""
    for line in text.splitlines():
        if not row and "|" not in line:
            continue
        row += line.strip() + "\n"
        before, *cells = UNESCAPED_PIPE.split(row)
        if before or len(cells) > len(columns) + 1:
            refuse(f'"{title}" has a row whose cells are not {", ".join(columns)}:\n{row}')
        if len(cells) == len(columns) + 1:
            if cells.pop().strip():
                refuse(f'"{title}" has a row that goes on after its last cell:\n{row}')
            yield [plain(cell) for cell in cells]
            row = ""
    if row:
        refuse(f'"{title}" has a row that does not end:\n{row}')


def plain(text: str) -> str:
    """Return the text without what only changes its looks: bold, links, escapes."""
    return ESCAPE.sub(r"\1", LINK.sub(r"\1", text.replace("**", ""))).strip()


def read_parameters(rows: list[list[str]]) -> list[Parameter]:
    return [read_parameter(name, row) for name, row in zip(read_names(rows), rows, strict=True)]


def read_parameter(name: str, row: list[str]) -> Parameter:
    _, required, type_, comment = row
    if required.lower() not in REQUIRED:
        refuse(f"{name}: the page says `{required}` where true or false is expected.")
    return Parameter(
        name=name,
        required=REQUIRED[required.lower()],
        type=type_.lower(),
        values=read_values(comment),
        either_or=read_either_or(comment),
        examples=find_all(EXAMPLE, comment),
        defaults=find_all(DEFAULT, comment),
        only_with=frozenset(word.lower() for word in find_all(ONLY_WITH, comment)),
        uppercase=UPPERCASE in comment,
    )


def read_fields(rows: list[list[str]]) -> list[Field]:
    return [Field(name, type_.lower()) for name, (_, type_, _) in zip(read_names(rows), rows, strict=True)]


def read_names(rows: list[list[str]]) -> list[str]:
    """Return the rows' names; `> orderId` below `list` is `list.orderId`."""
    names: list[str] = []
    parents: list[str] = []
    for cell, *_ in rows:
        found = NAME.fullmatch(cell)
        if found is None or found[1].count(">") > len(parents):
            refuse(f"The page has a name that cannot be read: {cell!r}")
        parents = [*parents[: found[1].count(">")], found[2]]
        names.append(".".join(parents))
    return names


def read_values(comment: str) -> Names:
    for remark in (EITHER_OR, EXAMPLE, DEFAULT, ONLY_WITH):
        comment = remark.sub("", comment)
    return find_all(WORD, comment)


def read_either_or(text: str) -> frozenset[Names]:
    return frozenset(find_all(WORD, names) for names in find_all(EITHER_OR, text))


def find_all(remark: re.Pattern[str], text: str) -> Names:
    """Return what a remark says, wherever the text has it; of a remark's several forms, one applies."""
    return frozenset(found[found.lastindex or 0] for found in remark.finditer(text))


def find_json(text: str) -> Iterator[str]:
    for language, code in CODE_BLOCK.findall(text):
        if language in {"bash", "http", "json"} and "{" in code:
            yield code[code.index("{") :]
