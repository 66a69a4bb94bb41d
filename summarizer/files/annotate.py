"""Annotates each article of a file with its summary or blurbs, or with the error that prevented them."""

from collections.abc import Callable

from models.errors import PromptTooLong, UnsupportedDirection
from summarizer.desk import Desk, Source
from summarizer.errors import Cancelled, DeadlineExceeded, LedeError
from summarizer.files.feeds import Annotation, ArticleFile, annotations
from summarizer.options import BlurbOptions, SummaryOptions
from summarizer.watch import Watch


def summaries(
    desk: Desk, articles: ArticleFile, options: SummaryOptions, watch: Watch, model: str | None = None
) -> bytes:
    """Returns the file with a summary of each article. Raises ModelError if no model is available, and Cancelled."""

    def annotate(source: Source) -> Annotation:
        summary = desk.summarise(source, options, model=model, watch=watch)
        return {"summary": summary.text, "language": summary.target_language}

    return _annotated(articles, annotate, watch)


def blurbs(desk: Desk, articles: ArticleFile, options: BlurbOptions, watch: Watch, model: str | None = None) -> bytes:
    """Returns the file with blurbs for each article. Raises ModelError if no model is available, and Cancelled."""

    def annotate(source: Source) -> Annotation:
        result = desk.blurb(source, options, model=model, watch=watch)
        wordings = [(one.target_language, one.wording) for one in result.blurbs]
        annotation: Annotation = {
            "blurbs": [{"language": tag, "title": wording.title, "body": wording.body} for tag, wording in wordings]
        }
        errors = " ".join(f"{one.target_language}: {one.error}" for one in result.failures)
        return {**annotation, "error": errors} if errors else annotation

    return _annotated(articles, annotate, watch)


def _annotated(articles: ArticleFile, annotate: Callable[[Source], Annotation], watch: Watch) -> bytes:
    done: list[Annotation] = []
    for annotation in annotations(articles, lambda source: _annotation_or_error(annotate, source)):
        done.append(annotation)
        watch.progress("articles", len(done), len(articles.sources))
    return articles.write(done)


def _annotation_or_error(annotate: Callable[[Source], Annotation], source: Source) -> Annotation:
    """The annotation, or the error: a failing article does not affect the others."""
    try:
        return annotate(source)
    except (Cancelled, DeadlineExceeded):
        raise
    except (LedeError, PromptTooLong, UnsupportedDirection) as error:
        return {"error": f"{error} {error.hint}".strip()}
