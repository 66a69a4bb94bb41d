"""A web server as a source: files below one address. One that was cut goes on where it stopped."""

from pathlib import Path

from huggingface_hub.file_download import http_get

from models.card import File, ModelCard
from models.errors import NoSpace, TransferFailed
from models.files.disk import DISK_FULL
from models.files.hub import progress_bar
from models.files.progress import Progress


def from_web(card: ModelCard, folder: Path, progress: Progress) -> Path | None:
    """The files of a card in `folder`; None for a card without an address.

    Raises TransferFailed when the server does not give them, and NoSpace when the disk is full. What came stays.
    """
    url = card.sources.url
    if not url:
        return None
    try:
        for file in card.files:
            _get(f"{url}/{file.name}", file, folder, progress)
    except OSError as error:
        if error.errno in DISK_FULL:
            raise NoSpace(f"The disk under {folder} is full.") from error
        raise _not_given(url, error) from error
    except Exception as error:  # whatever the client lets through, the next source is to be tried
        raise _not_given(url, error) from error
    return folder


def _get(url: str, file: File, folder: Path, progress: Progress) -> None:
    target = folder / file.name
    if target.is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    # The hash names the content: what was begun of other bytes has another name.
    begun = target.with_name(f".{target.name}.{(file.sha256 or '')[:16]}")
    with begun.open("ab") as out:
        if file.size and out.tell() >= file.size:
            out.truncate(0)
        http_get(
            url,
            out,
            resume_size=out.tell(),
            headers={"Accept-Encoding": "identity"},  # the files are compressed, and wanted so
            expected_size=file.size,
            displayed_filename=file.name,
            tqdm_class=progress_bar(progress, file.size or 0),
        )
    begun.rename(target)


def _not_given(url: str, error: Exception) -> TransferFailed:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return TransferFailed(f"{url} did not give the files ({reason}).")
