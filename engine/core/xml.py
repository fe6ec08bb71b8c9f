"""The only XML parser, made safe."""

from lxml import etree

from engine.core.errors import BadXml

LARGEST = 2 * 1024 * 1024


def _bare(broken: Exception, parser: etree.XMLParser) -> str:
    """Return the first thing that is wrong, without the XML reader's name for in-memory input."""
    found = [each for each in parser.error_log if each.type != etree.ErrorTypes.WAR_NS_URI]
    if found and any(each.type == etree.ErrorTypes.WAR_NS_URI for each in parser.error_log):
        return f"{found[0].message}, line {found[0].line}, column {found[0].column}"
    return str(broken).split(" (<string>")[0]


def _parser(recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover)


def _only_odd_namespaces(parser: etree.XMLParser) -> bool:
    """Return whether nothing was wrong but a namespace that is no address, as with a space or Chinese in it."""
    return all(each.type == etree.ErrorTypes.WAR_NS_URI for each in parser.error_log)


def parse(text: bytes) -> etree._Element:
    """Return the root element of `text`.

    Raises `BadXml` for more than 2 MB, a DOCTYPE (entities could read files or use up memory) or broken XML.
    """
    if len(text) > LARGEST:
        raise BadXml(why_zh="文件超过 2 MB。", why_en="it is larger than 2 MB.")
    parser = _parser()
    try:
        try:
            root = etree.fromstring(text, parser)
        except etree.XMLSyntaxError:
            if not _only_odd_namespaces(parser):
                raise
            root = etree.fromstring(text, _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError) as broken:
        raise BadXml(
            why_zh=f"不是完整的 XML（{_bare(broken, parser)}）。",
            why_en=f"it is not well-formed XML ({_bare(broken, parser)}).",
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadXml(why_zh="不接受带 DOCTYPE 的文件。", why_en="a DOCTYPE is not accepted.")
    return root
