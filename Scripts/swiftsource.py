"""Swift sources for the check scripts: the list of files, and their code without comments and string literals."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def files(*folders):
    """The Swift files below these folders of the package, sorted, except those in hidden folders such as `.build`."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.swift")):
            if not any(part.startswith(".") for part in path.relative_to(ROOT).parts):
                yield path


def code(text):
    """The text with comments and string literals (including interpolations) replaced by spaces. Line and column numbers do not change."""
    out = list(text)
    index = 0

    def blank(end):
        nonlocal index
        for place in range(index, end):
            if out[place] != "\n":
                out[place] = " "
        index = end

    while index < len(text):
        if text.startswith("//", index):
            end = text.find("\n", index)
            blank(len(text) if end < 0 else end)
        elif text.startswith("/*", index):
            blank(_end_of_comment(text, index))
        elif text[index] in "#\"":
            end = _end_of_string(text, index)
            if end is None:
                index += 1
            else:
                blank(end)
        else:
            index += 1
    return "".join(out)


def _end_of_comment(text, index):
    """Block comments nest."""
    depth = 0
    while index < len(text):
        if text.startswith("/*", index):
            depth, index = depth + 1, index + 2
        elif text.startswith("*/", index):
            depth, index = depth - 1, index + 2
            if depth == 0:
                return index
        else:
            index += 1
    return index


def _end_of_string(text, index):
    """The end of the literal that begins here, including its delimiters; None if there is no literal (such as at `#expect`)."""
    start = index
    while index < len(text) and text[index] == "#":
        index += 1
    raw = "#" * (index - start)
    if not text.startswith('"', index):
        return None
    quotes = '"""' if text.startswith('"""', index) else '"'
    index += len(quotes)
    while index < len(text):
        if text.startswith(quotes + raw, index):
            return index + len(quotes + raw)
        if text.startswith("\\" + raw + "(", index):
            index = _end_of_interpolation(text, index + len(raw) + 2)
        elif text.startswith("\\" + raw, index):
            index += len(raw) + 2
        else:
            index += 1
    return index


def _end_of_interpolation(text, index):
    """From after the opening parenthesis to after the closing one; nested strings are skipped."""
    depth = 1
    while index < len(text) and depth > 0:
        if text[index] in "#\"" and (end := _end_of_string(text, index)) is not None:
            index = end
            continue
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        index += 1
    return index
