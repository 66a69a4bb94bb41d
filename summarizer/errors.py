"""The errors of the desk.

    LedeError
      BadInput                the input cannot be processed
        EmptyText             the text is empty
        NotText               the input is binary, or not in the stated encoding
        UnreadableDocument    a document is damaged, encrypted, or not of the stated type
        TooLong               the text exceeds the limit
        TooComplex            a page's markup exceeds the limits of time or memory
        NoArticleFound        the page contains no article
        UnknownLanguage       a tag is not BCP 47, or a language could not be detected
        UnknownArticle        no article with the hash is cached
        FetchRefused          fetching links is disabled, or the address is not allowed
        FetchFailed           the link did not return a page
      CannotFit               no text in that language fits the limits
      CannotSupport           no text could be written that the article supports
      NotTranslated           no translation into that language is supported by the article
      Cancelled               the request was cancelled
      DeadlineExceeded        the deadline has passed

Errors of the models package (models.errors.ModelError) are passed through; they have hints, too.
"""


class LedeError(Exception):
    """An error with a message, and a hint on what to do about it."""

    hint = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint or self.hint


class BadInput(LedeError):
    """The input cannot be processed."""


class EmptyText(BadInput):
    """The text is empty."""

    hint = "Send the article's text."


class NotText(BadInput):
    """The input is binary, or not in the stated encoding."""

    hint = "Send UTF-8 text; extract the text of other documents first."


class UnreadableDocument(BadInput):
    """A document is damaged, encrypted, or not of the stated type."""

    hint = "Open it in the program that created it and save it again, or send its text."


class TooLong(BadInput):
    """The text exceeds the limit."""

    hint = "Send one article at a time."


class TooComplex(BadInput):
    """A page's markup exceeds the limits of time or memory."""

    hint = "Send the article as `text`."


class NoArticleFound(BadInput):
    """The page contains no article."""

    hint = "Send the page of a single article, or its text as `text`."


class UnknownLanguage(BadInput):
    """A tag is not BCP 47, or a language could not be detected."""

    hint = "Use a language tag such as `en`, `pt-BR` or `zh-Hans`."


class UnknownArticle(BadInput):
    """No article with the hash is cached."""

    hint = "Send the article's old text. It may have left the cache, or belong to another process."


class FetchRefused(BadInput):
    """Fetching links is disabled, or the address is not allowed."""

    hint = "Send the article as `text` or `html`."


class FetchFailed(BadInput):
    """The link did not return a page."""

    hint = "Open the link in a browser, or send the article as `text` or `html`."


class CannotFit(LedeError):
    """No text in that language fits the limits."""

    hint = "Raise `title_max` or `body_max`, or choose a profile with higher limits."


class CannotSupport(LedeError):
    """No text could be written that the article supports."""

    hint = "Allow more words, choose another language, or use a larger model."


class NotTranslated(LedeError):
    """No translation into that language is supported by the article."""

    hint = "Choose another language, or use a larger translation model."


class Cancelled(LedeError):
    """The request was cancelled."""

    hint = "Send the request again if you still need the result."


class DeadlineExceeded(LedeError):
    """The deadline has passed."""

    hint = "Allow more time with `deadline_ms`, or send less text."
