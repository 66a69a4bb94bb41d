"""Downloads the files of a card from a web server. Interrupted downloads are resumed."""

from pathlib import Path

from huggingface_hub.file_download import http_get

from models.card import File, ModelCard
from models.errors import NoSpace, TransferFailed
from models.files.disk import DISK_FULL
from models.files.hub import progress_bar
from models.files.progress import Progress


def from_web(card: ModelCard, folder: Path, progress: Progress) -> Path | None:
    """Downloads the card's files into `folder`; returns None if the card has no URL.

    Raises TransferFailed if the server fails, and NoSpace if the disk is full. Partial files stay, to be resumed.
    """
    url = card.sources.url
    if not url:
        return None
    try:
        for file in card.files:
            _download(f"{url}/{file.name}", file, folder, progress)
    except OSError as error:
        if error.errno in DISK_FULL:
            raise NoSpace(f"The disk under {folder} is full.") from error
        raise _transfer_failed(url, error) from error
    except Exception as error:  # any error of the client: the next source is tried
        raise _transfer_failed(url, error) from error
    return folder


def _download(url: str, file: File, folder: Path, progress: Progress) -> None:
    target = folder / file.name
    if target.is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    # The hash in the name prevents resuming a download of other content.
    partial = target.with_name(f".{target.name}.{(file.sha256 or '')[:16]}")
    with partial.open("ab") as out:
        if file.size and out.tell() >= file.size:
            out.truncate(0)
        http_get(
            url,
            out,
            resume_size=out.tell(),
            headers={"Accept-Encoding": "identity"},  # the files are compressed, and stay so
            expected_size=file.size,
            displayed_filename=file.name,
            tqdm_class=progress_bar(progress, file.size or 0),
        )
    partial.rename(target)


def _transfer_failed(url: str, error: Exception) -> TransferFailed:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return TransferFailed(f"{url}: the download failed ({reason}).")
