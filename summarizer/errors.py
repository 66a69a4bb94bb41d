"""What can go wrong between an article and its editions.

    LedeError
      BadInput                what was sent cannot be worked on
        EmptyText             there is nothing in it
        NotText               it is binary, or not in the stated encoding
        UnreadableDocument    a document is broken, locked, or not of the type that it is said to be
        TooLong               it is longer than this desk takes
        TooComplex            a page's markup takes more time or memory than one page may have
        NoArticleFound        the page holds no article
        UnknownLanguage       a tag that is not BCP 47, or a language that could not be told
        UnknownArticle        a hash that no article is remembered by
        FetchRefused          links are off, or this one leads where it may not
        FetchFailed           the link did not give a page
      CannotFit               no blurb in that language fits the limits
      CannotSupport           nothing could be written that the article holds
      Cancelled               the caller went away
      DeadlineExceeded        the time the caller gave is over

Errors of the models floor (models.errors.ModelError) pass through as they are: each carries its own hint.
"""


class LedeError(Exception):
    """An error with what happened, and a hint that says what to do about it."""

    hint = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint or self.hint


class BadInput(LedeError):
    """What was sent cannot be worked on."""


class EmptyText(BadInput):
    """There is nothing in it."""

    hint = "Send the article's text."


class NotText(BadInput):
    """It is binary, or not in the stated encoding."""

    hint = "Send text in UTF-8; for a document, extract its text first."


class UnreadableDocument(BadInput):
    """A document is broken, locked, or not of the type that it is said to be."""

    hint = "Open it in the program that made it and save it again, or send its text."


class TooLong(BadInput):
    """It is longer than this desk takes."""

    hint = "Send one article at a time."


class TooComplex(BadInput):
    """A page's markup takes more time or memory than one page may have."""

    hint = "Send the article as `text`."


class NoArticleFound(BadInput):
    """The page holds no article."""

    hint = "Send the article's own page, or its text as `text`."


class UnknownLanguage(BadInput):
    """A tag that is not BCP 47, or a language that could not be told."""

    hint = "Give the language as a tag such as `en`, `pt-BR` or `zh-Hans`."


class UnknownArticle(BadInput):
    """A hash that no article is remembered by."""

    hint = "Send the article's old text: it was read too long ago, before a restart, or by another process."


class FetchRefused(BadInput):
    """Links are off, or this one leads where it may not."""

    hint = "Send the article as `text` or `html`."


class FetchFailed(BadInput):
    """The link did not give a page."""

    hint = "Open the link in a browser, or send the article as `text` or `html`."


class CannotFit(LedeError):
    """No blurb in that language fits the limits."""

    hint = "Raise `title_max` or `body_max`, or choose a profile with more room."


class CannotSupport(LedeError):
    """Nothing could be written that the article holds."""

    hint = "Ask for more words or another language, or use a larger model."


class Cancelled(LedeError):
    """The caller went away, and the work was stopped."""

    hint = "Ask again when somebody waits for the answer."


class DeadlineExceeded(LedeError):
    """The time the caller gave is over."""

    hint = "Give more time with `deadline_ms`, or send less text."
