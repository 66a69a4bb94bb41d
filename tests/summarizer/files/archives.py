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
