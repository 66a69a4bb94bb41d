"""Renders the prompt of a task from a card, a text and two languages."""

from collections.abc import Callable

from models.card import ChatPrompt, ModelCard, Task, TokensPrompt
from models.errors import UnsupportedDirection
from models.protocol import Markup, Piece, Prompt, Text, Tokens

Chat = Callable[[str, str, dict[str, bool]], str]
"""Renders system turn, user turn and template options as a conversation's markup: `Tokenizer.chat`."""

_MARK = "\x00"  # encloses the names of untrusted fields while the template is rendered; templates must not contain it


def render(
    card: ModelCard, chat: Chat, task: Task, text: str, *, source: str, target: str | None = None, **fields: object
) -> Prompt:
    """Returns the prompt for one text.

    `source` and `target` are BCP 47 tags that the card lists; `fields` fill the card's turn for the task. Untrusted
    fields are passed as Text, in which markup is not recognized. Raises UnsupportedDirection when the card does not
    support the task or a language.
    """
    if task not in card.tasks:
        raise UnsupportedDirection(f"{card.id} does not support the task {task!r}.")
    if task == "translate" and not card.serves(source, target or ""):
        raise UnsupportedDirection(f"{card.id} does not translate from {source} to {target}.")
    codes = {"source": _code(card, source), "target": _code(card, target or source)}
    if isinstance(card.prompt, ChatPrompt):
        return _conversation(card.prompt, chat, task, text, codes | fields)
    return _tokens(card.prompt, text, codes)


def _code(card: ModelCard, language: str) -> str:
    try:
        return card.languages[language]
    except KeyError:
        raise UnsupportedDirection(f"{card.id} does not support the language {language}.") from None


def _conversation(prompt: ChatPrompt, chat: Chat, task: Task, text: str, fields: dict[str, object]) -> Prompt:
    untrusted = {name: value for name, value in fields.items() if isinstance(value, Text)} | {"text": Text(text)}
    marks = {name: f"{_MARK}{name}{_MARK}" for name in untrusted}
    markup = chat(prompt.system, prompt.turns[task].format(**{"notes": ""} | fields | marks), prompt.template)
    pieces = markup.split(_MARK)  # markup and field names alternate
    return Prompt(tuple(untrusted[piece] if at % 2 else Markup(piece) for at, piece in enumerate(pieces)))


def _tokens(prompt: TokensPrompt, text: str, codes: dict[str, str]) -> Prompt:
    def filled(names: tuple[str, ...]) -> Tokens:
        return Tokens(tuple(name.format(**codes) for name in names))

    # Encoded separately, each piece begins as a word does: the space before the text would be doubled.
    head, tail = (part.format(**codes) for part in prompt.text.split("{text}"))
    around: list[Piece] = [Markup(head.rstrip()), Text(text), Markup(tail)]
    pieces = [piece for piece in around if isinstance(piece, Text) or piece != Markup("")]
    return Prompt((filled(prompt.before), *pieces, filled(prompt.after)), filled(prompt.prefix))
