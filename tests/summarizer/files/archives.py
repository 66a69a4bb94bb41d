"""Generates small documents that are ZIP archives."""

import io
import zipfile
from collections.abc import Mapping

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(40))
"""Bytes that stand for an image."""


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """Returns an archive; a file `mimetype` is stored without compression."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """Returns the files of an archive, in order."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name) for name in archive.namelist()}


def odt(body: str, header: str = "") -> bytes:
    """Returns an OpenDocument text with this body, a header and an image."""
    namespaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{full}:1.0"'
        for name, full in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("table", "table"))
    )
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {namespaces}><office:body><office:text>{body}</office:text>"
            "</office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {namespaces}><office:master-styles>{header}"
            "</office:master-styles></office:document-styles>",
            "Pictures/1.png": PNG,
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def pptx(*slides: str) -> bytes:
    """Returns a presentation of slides with these paragraphs, and an image."""
    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    bodies = {
        f"ppt/slides/slide{n}.xml": f"<p:sld xmlns:p='p' {space}>{body}</p:sld>" for n, body in enumerate(slides, 1)
    }
    return packed({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<p/>", **bodies, "ppt/media/1.png": PNG})


def epub(*chapters: str | bytes) -> bytes:
    """Returns an EPUB with these XHTML files, a table of contents (NCX) and an image."""
    names = [f"text/chapter {n}.xhtml" for n in range(1, len(chapters) + 1)]
    items = "".join(f'<item href="{name.replace(" ", "%20")}" media-type="application/xhtml+xml"/>' for name in names)
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
            "OEBPS/book.opf": f'<package xmlns="http://www.idpf.org/2007/opf"><metadata {dc}>'
            f"<dc:title>The bridge</dc:title><dc:creator>Ann Lee</dc:creator><dc:language>en</dc:language>"
            f"</metadata><manifest>{items}"
            '<item href="toc.ncx" media-type="application/x-dtbncx+xml"/><item href="1.png" media-type="image/png"/>'
            '<item href="missing.xhtml" media-type="application/xhtml+xml"/></manifest></package>',
            **{f"OEBPS/{name}": chapter for name, chapter in zip(names, chapters, strict=True)},
            "OEBPS/toc.ncx": '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Opening'
            '</text></navLabel><content src="text/chapter%201.xhtml"/></navPoint></navMap></ncx>',
            "OEBPS/1.png": PNG,
        }
    )
