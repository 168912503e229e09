"""SVG pictures, read as trees: what the checks need to know of them."""

from contextlib import suppress
from dataclasses import dataclass, field

from lxml import etree

from circles.site.css import Located, addresses_in, addresses_of_style

_STYLE_SHEET = etree.XPath("//processing-instruction('xml-stylesheet')")


@dataclass(frozen=True)
class Drawing:
    """One SVG picture, read: text in it is text, whatever it says."""

    # What it may ask for: addresses of attributes and of styles.
    addresses: list[Located] = field(default_factory=list)
    code: list[Located] = field(default_factory=list)  # scripts and event handlers
    errors: list[Located] = field(default_factory=list)  # why a browser does not show it


def read_drawing(content: bytes) -> Drawing:
    """Return the SVG picture in a file with this content."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    root = None
    with suppress(etree.XMLSyntaxError):  # where there is nothing to recover; the log says it too
        root = etree.fromstring(content, parser)
    drawing = Drawing(errors=[Located(one.line, one.message) for one in parser.error_log])
    if root is None:
        return drawing
    for sheet in _STYLE_SHEET(root):
        drawing.addresses.append(Located(sheet.sourceline, sheet.get("href") or sheet.text))
    for element in root.iter(etree.Element):
        if _local(element.tag) == "script":
            drawing.code.append(Located(element.sourceline, "<script"))
        if _local(element.tag) == "style":
            drawing.addresses.extend(addresses_of_style(element))
        for name, value in element.attrib.items():
            _look_at(drawing, element.sourceline, _local(name), value)
    return drawing


def _look_at(drawing: Drawing, line: int, name: str, value: str) -> None:
    """Note what an attribute of a picture asks for or runs."""
    if name.startswith("on"):
        drawing.code.append(Located(line, f"{name}="))
    elif name in {"href", "src"}:
        drawing.addresses.append(Located(line, value))
    else:
        drawing.addresses.extend(Located(line, found.text) for found in addresses_in(value))


def _local(name: str) -> str:
    """Return the name of a tag or an attribute without its namespace, declared or not."""
    return name.rpartition("}")[2].rpartition(":")[2].lower()
