"""The only XML parser, made safe."""

from lxml import etree

from engine.core.errors import BadXml

LARGEST = 2 * 1024 * 1024


def _bare(broken: Exception) -> str:
    """Return the XML reader's message, without its name for in-memory input."""
    return str(broken).split(" (<string>")[0]


def parse(text: bytes) -> etree._Element:
    """Return the root element of `text`.

    Raises `BadXml` for more than 2 MB, a DOCTYPE (entities could read files or use up memory) or broken XML.
    """
    if len(text) > LARGEST:
        raise BadXml(why_zh="文件超过 2 MB。", why_en="it is larger than 2 MB.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as broken:
        raise BadXml(
            why_zh=f"不是完整的 XML（{_bare(broken)}）。", why_en=f"it is not well-formed XML ({_bare(broken)})."
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadXml(why_zh="不接受带 DOCTYPE 的文件。", why_en="a DOCTYPE is not accepted.")
    return root
