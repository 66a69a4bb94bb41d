"""What is written about the articles of a file: a part for each, which says what went wrong where it did."""

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
    """The file with a summary of each article. Raises ModelError where there is no model, and Cancelled."""

    def say(source: Source) -> Annotation:
        made = desk.summarise(source, options, model=model, watch=watch)
        return {"summary": made.text, "language": made.target_language}

    return _written(articles, say, watch)


def blurbs(desk: Desk, articles: ArticleFile, options: BlurbOptions, watch: Watch, model: str | None = None) -> bytes:
    """The file with notifications about each article. Raises ModelError where there is no model, and Cancelled."""

    def say(source: Source) -> Annotation:
        made = desk.blurb(source, options, model=model, watch=watch)
        wordings = [(one.target_language, one.wording) for one in made.blurbs]
        part: Annotation = {
            "blurbs": [{"language": tag, "title": said.title, "body": said.body} for tag, said in wordings]
        }
        failed = " ".join(f"{one.target_language}: {one.error}" for one in made.failures)
        return {**part, "error": failed} if failed else part

    return _written(articles, say, watch)


def _written(articles: ArticleFile, say: Callable[[Source], Annotation], watch: Watch) -> bytes:
    parts: list[Annotation] = []
    for part in annotations(articles, lambda source: _told(say, source)):
        parts.append(part)
        watch.progress("articles", len(parts), len(articles.sources))
    return articles.write(parts)


def _told(say: Callable[[Source], Annotation], source: Source) -> Annotation:
    """What is said, or why nothing is: one article's fault is no other's."""
    try:
        return say(source)
    except (Cancelled, DeadlineExceeded):
        raise
    except (LedeError, PromptTooLong, UnsupportedDirection) as error:
        return {"error": f"{error} {error.hint}".strip()}
