"""Read a page of Bybit's documentation: what it says of its operation.

A page is the documentation's own source (`.mdx`), or a page of the site that was saved as Markdown. Of a page that
changed its form nothing may be overlooked:

- A form that is not known (a section, a column, a tag, a flag) is refused, with exit status 2.
- A word in backticks that belongs to no known remark counts as a value that the parameter may have.
- A sentence that sounds like a rule and is no known remark is kept in `unread`, and counts as a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from tools.project import refuse

PARAMETER_COLUMNS = ["Parameter", "Required", "Type", "Comments"]
FIELD_COLUMNS = ["Parameter", "Type", "Comments"]
# "conditional" leaves the parameter out sometimes, as "false" does; when, is said in words only.
REQUIRED = {"true": True, "false": False, "conditional": False}
TAGS = {"APIEndpoint", "Button", "TabItem", "Tabs", "a", "b", "br", "code", "i", "li", "ul"}

Names = frozenset[str]

# ---- the form of a page
_FRONT_MATTER = re.compile(r"\A---\n(?:\w+:.*\n)*---\n")
_COMMENT = re.compile(r"<!--|\{/\*")
_HEADING = re.compile(r"#{2,6} +(.+?) *(?:\[\]\(.*)?")
_FENCE = "```"
_CODE_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_OPERATION = re.compile(r'\b([A-Z]+) *`(/[^`\s]+)`|<APIEndpoint +method="([A-Z]+)" +url="(/[^"\s]+)" */>')
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
_NAME = re.compile(r"((?:> *)*)(\w+)")
_REQUEST_LINE = re.compile(r"\b([A-Z]+) +(/[^\s?]+)(?:\?(\S*))? +HTTP/")

# ---- the looks of a text
_TAG = re.compile(r"</?([A-Za-z]\w*)(?=[\s/>])[^<>]*>")
_CODE_TAG = re.compile(r"</?code>")
_BREAK_TAG = re.compile(r"</?(?:br|li|ul)(?=[\s/>])[^<>]*>")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_ESCAPE = re.compile(r"\\([^\w\s])")
_SENTENCE_END = re.compile(r"\n|(?<=[.!?]) +(?=[A-Z`])")
_BULLET = re.compile(r"^[-*] +")
_WORD = re.compile(r"`([^`\n]*)`")

# ---- the remarks
_NAMES = r"`\w+`(?:(?:,? (?:or|and|&)|,) ?`\w+`)*"
_CATEGORY = r"(?:For (linear|inverse|spot|option), |\b(linear|inverse|spot|option): )?"
_ONE_OF = re.compile(rf"{_CATEGORY}either ({_NAMES}) is required|must specify ({_NAMES})", re.IGNORECASE)
_EXAMPLE = re.compile(r"\blike `([^`]+)`")
_DEFAULT = re.compile(r"(?:If not passed, )?`([^`]+)` by default|default: `([^`]+)`", re.IGNORECASE)
_MARKED_DEFAULT = re.compile(r"(?<=`) ?\(default\)", re.IGNORECASE)
_DEFAULT_VALUE = re.compile(rf"`([^`]+)`{_MARKED_DEFAULT.pattern}", re.IGNORECASE)
_ONLY_WITH = re.compile(rf"(?:(\w+) trading|`(\w+)`) only|(?:Supports|Valid for) ({_NAMES})(?: only)?")
_NOT_WITH = re.compile(r"`(\w+)`: not supported|Not support `(\w+)`")
_RANGE = re.compile(r"\[`(-?\d+)`, ?`(-?\d+)`\]")
_FROM_RESPONSE = re.compile(r"\bUse the `(\w+)` token from the response")
_UPPERCASE = re.compile(r"\buppercase only")
_REMARKS = (_ONE_OF, _EXAMPLE, _DEFAULT, _MARKED_DEFAULT, _ONLY_WITH, _NOT_WITH, _RANGE, _FROM_RESPONSE, _UPPERCASE)
_RULE = re.compile(
    r"\b(?:required|must|only|default|not support|(?:un)?supported|supports|ignored?|mandatory|cannot|rule)\b",
    re.IGNORECASE,
)
_RULE_OF_IDS = re.compile(r"\b(?:required|must)\b", re.IGNORECASE)


@dataclass(frozen=True)
class OneOf:
    """Parameters of which one is required.

    Attributes:
        names: their names.
        category: the category that it is said of, None for every one.
    """

    names: Names
    category: str | None = None


@dataclass(frozen=True)
class Parameter:
    """A row of the request's table, with what its comment says.

    Attributes:
        name: the parameter's name.
        required: whether its column says so.
        type: its JSON type, in lower case.
        values: words that no other remark has, so they are values.
        one_of: parameters of which one is required.
        examples: values that it can have.
        defaults: what the exchange assumes when it is absent.
        only_with: categories that it goes with; empty if all are.
        not_with: categories that it does not go with.
        ranges: least and greatest value.
        from_response: fields of the response that it takes its value from.
        uppercase: whether it must be in upper case.
        unread: sentences that sound like rules and are no known remark.
    """

    name: str
    required: bool
    type: str
    values: Names
    one_of: frozenset[OneOf]
    examples: Names
    defaults: Names
    only_with: Names
    not_with: Names
    ranges: frozenset[tuple[int, int]]
    from_response: Names
    uppercase: bool
    unread: list[str]


@dataclass(frozen=True)
class Field:
    """A row of the response's table; the name of a nested one begins with its parents': `list.orderId`."""

    name: str
    type: str


@dataclass(frozen=True)
class RequestLine:
    """The first line of a request, in an example."""

    method: str
    path: str
    query: dict[str, str]


@dataclass(frozen=True)
class Page:
    """What a page says of its operation.

    Attributes:
        method: the operation's HTTP method.
        path: the operation's path.
        one_of: parameters of which one is required, by the text above the sections.
        unread: sentences above the sections that sound like rules of parameters and are no known remark.
        parameters: the request's table.
        fields: the response's table.
        request_lines: first lines of the examples of requests.
        request_examples: texts that should be the JSON of a body.
        response_examples: texts that should be the JSON of a response.
    """

    method: str
    path: str
    one_of: frozenset[OneOf]
    unread: list[str]
    parameters: list[Parameter]
    fields: list[Field]
    request_lines: list[RequestLine]
    request_examples: list[str]
    response_examples: list[str]


def read_page(text: str) -> Page:
    """Return what a page says. End the program if the page has another form."""
    text = _FRONT_MATTER.sub("", text)
    _refuse_unknown_tags(text)
    introduction, sections = _split_sections(text)
    method, path = _read_operation(sections)
    request = sections.get("Request Example", "")
    return Page(
        method=method,
        path=path,
        one_of=_read_one_of(_plain(introduction)),
        unread=list(_find_unread(_plain(introduction), _RULE_OF_IDS)),
        parameters=_read_parameters(_read_table(sections, "Request Parameters", PARAMETER_COLUMNS)),
        fields=_read_fields(_read_table(sections, "Response Parameters", FIELD_COLUMNS)),
        request_lines=list(_find_request_lines(request)),
        request_examples=list(_find_json(request)),
        response_examples=list(_find_json(sections.get("Response Example", ""))),
    )


def _refuse_unknown_tags(text: str) -> None:
    prose = _WORD.sub("", _CODE_BLOCK.sub("", text))
    unknown = {found[1] for found in _TAG.finditer(prose)} - TAGS
    if unknown:
        refuse(f"The page has tags that cannot be read: {', '.join(sorted(unknown))}.")
    if _COMMENT.search(prose):
        refuse("The page has a comment, which can hide a part of it.")


def _split_sections(text: str) -> tuple[str, dict[str, str]]:
    """Return the text above the first heading, and the sections by their headings; code has no headings."""
    titles = [""]
    sections = {"": ""}
    in_code = False
    for line in text.splitlines(keepends=True):
        in_code ^= line.startswith(_FENCE)
        heading = None if in_code else _HEADING.fullmatch(line.rstrip())
        if heading is None:
            sections[titles[-1]] += line
            continue
        if heading[1] in sections:
            refuse(f'The page has more than one section "{heading[1]}".')
        titles.append(heading[1])
        sections[heading[1]] = ""
    if in_code:
        refuse("The page has a block of code that does not end.")
    return sections.pop(""), sections


def _section(sections: dict[str, str], title: str) -> str:
    if title not in sections:
        refuse(f'The page has no section "{title}".')
    return sections[title]


def _read_operation(sections: dict[str, str]) -> tuple[str, str]:
    found = _OPERATION.findall(_section(sections, "HTTP Request"))
    if len(found) != 1:
        refuse('The section "HTTP Request" must name one operation, such as: POST `/v5/order/cancel`')
    method, path = filter(None, found[0])
    return method, path


def _read_table(sections: dict[str, str], title: str, columns: list[str]) -> list[list[str]]:
    """Return the cells of the rows below the header; none only where the page says that there are none."""
    text = _section(sections, title)
    if text.split()[:1] == ["None"] and "|" not in text:
        return []
    header, *rows = list(_split_rows(text, title, columns)) or [[]]
    if header != columns:
        refuse(f'The section "{title}" has no table with the columns {", ".join(columns)}.')
    if not rows or not all(re.fullmatch(":?-+:?", cell) for cell in rows[0]):
        refuse(f'The table of "{title}" has no line below its header.')
    if not rows[1:]:
        refuse(f'The table of "{title}" has no rows.')
    return rows[1:]


def _split_rows(text: str, title: str, columns: list[str]) -> Iterator[list[str]]:
    """Return the cells of each row. A row ends with its last pipe, which can stand some lines below its first."""
    row = ""
    for line in text.splitlines():
        if not row and "|" not in line:
            continue
        row += line.strip() + "\n"
        before, *cells = _UNESCAPED_PIPE.split(row)
        if before or len(cells) > len(columns) + 1:
            refuse(f'"{title}" has a row whose cells are not {", ".join(columns)}:\n{row}')
        if len(cells) == len(columns) + 1:
            if cells.pop().strip():
                refuse(f'"{title}" has a row that goes on after its last cell:\n{row}')
            yield [_plain(cell) for cell in cells]
            row = ""
    if row:
        refuse(f'"{title}" has a row that does not end:\n{row}')


def _plain(text: str) -> str:
    """Return the text without what only changes its looks (bold, links, escapes), and with a line for each item."""
    text = _TAG.sub("", _BREAK_TAG.sub("\n", _CODE_TAG.sub("`", text)))
    return _ESCAPE.sub(r"\1", _LINK.sub(r"\1", text.replace("**", ""))).strip()


def _read_parameters(rows: list[list[str]]) -> list[Parameter]:
    return [_read_parameter(name, row) for name, row in zip(_read_names(rows), rows, strict=True)]


def _read_parameter(name: str, row: list[str]) -> Parameter:
    _, required, type_, comment = row
    if required.lower() not in REQUIRED:
        refuse(f"{name}: the page says `{required}` where true or false is expected.")
    return Parameter(
        name=name,
        required=REQUIRED[required.lower()],
        type=type_.lower(),
        values=frozenset(_WORD.findall(_without_remarks(comment))),
        one_of=_read_one_of(comment),
        examples=_find_all(_EXAMPLE, comment),
        defaults=_find_all(_DEFAULT, comment) | _find_all(_DEFAULT_VALUE, comment),
        only_with=_read_categories(comment),
        not_with=_find_all(_NOT_WITH, comment),
        ranges=frozenset((int(least), int(greatest)) for least, greatest in _RANGE.findall(comment)),
        from_response=_find_all(_FROM_RESPONSE, comment),
        uppercase=_UPPERCASE.search(comment) is not None,
        unread=list(_find_unread(comment, _RULE)),
    )


def _read_fields(rows: list[list[str]]) -> list[Field]:
    return [Field(name, type_.lower()) for name, (_, type_, _) in zip(_read_names(rows), rows, strict=True)]


def _read_names(rows: list[list[str]]) -> list[str]:
    """Return the rows' names; `> orderId` below `list` is `list.orderId`."""
    names: list[str] = []
    parents: list[str] = []
    for cell, *_ in rows:
        found = _NAME.fullmatch(cell)
        if found is None or found[1].count(">") > len(parents):
            refuse(f"The page has a name that cannot be read: {cell!r}")
        parents = [*parents[: found[1].count(">")], found[2]]
        names.append(".".join(parents))
    return names


def _read_one_of(text: str) -> frozenset[OneOf]:
    found = (match.groups() for match in _ONE_OF.finditer(text))
    return frozenset(
        OneOf(frozenset(_WORD.findall(either or specify)), (after_for or before_colon or "").lower() or None)
        for after_for, before_colon, either, specify in found
    )


def _read_categories(text: str) -> Names:
    found = _find_all(_ONLY_WITH, text)
    return frozenset(word.lower() for words in found for word in _WORD.findall(words) or [words])


def _find_all(remark: re.Pattern[str], text: str) -> Names:
    """Return what a remark says, wherever the text has it; of a remark's several forms, one applies."""
    return frozenset(found[found.lastindex or 0] for found in remark.finditer(text))


def _without_remarks(text: str) -> str:
    for remark in _REMARKS:
        text = remark.sub("", text)
    return text


def _find_unread(text: str, rule: re.Pattern[str]) -> Iterator[str]:
    """Return the sentences that sound like a rule beside the known remarks, or have a backtick without its other."""
    for sentence in _SENTENCE_END.split(text):
        if rule.search(_without_remarks(sentence)) or sentence.count("`") % 2:
            yield _BULLET.sub("", sentence.strip())


def _find_json(text: str) -> Iterator[str]:
    for code in _find_code(text, {"bash", "http", "json"}):
        if "{" in code:
            yield code[code.index("{") :]


def _find_request_lines(text: str) -> Iterator[RequestLine]:
    for code in _find_code(text, {"bash", "http"}):
        for method, path, query in _REQUEST_LINE.findall(code):
            yield RequestLine(method, path, dict(parse_qsl(query, keep_blank_values=True)))


def _find_code(text: str, languages: set[str]) -> Iterator[str]:
    return (code for language, code in _CODE_BLOCK.findall(text) if language.strip() in languages)
