"""A task, a text and two languages to the prompt that a card asks its model with."""

from collections.abc import Callable

from models.card import ChatPrompt, ModelCard, Task, TokensPrompt
from models.errors import UnsupportedDirection
from models.protocol import Markup, Piece, Prompt, Text, Tokens

Chat = Callable[[str, str, dict[str, bool]], str]
"""System turn, user turn and template options to a conversation's markup: `Tokenizer.chat`."""

_HERE = "\x00"  # encloses the names of callers' texts while the template is filled in; no template may hold it


def render(
    card: ModelCard, chat: Chat, task: Task, text: str, *, source: str, target: str | None = None, **fields: object
) -> Prompt:
    """The prompt for one text.

    `source` and `target` are BCP 47 tags the card lists; `fields` fill the card's turn of the task. What a caller
    wrote of them is a Text, in which nothing counts as markup.
    Raises UnsupportedDirection when the card does not serve the task or a language.
    """
    if task not in card.tasks:
        raise UnsupportedDirection(f"{card.id} does not {task}.")
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
        raise UnsupportedDirection(f"{card.id} does not know the language {language}.") from None


def _conversation(prompt: ChatPrompt, chat: Chat, task: Task, text: str, fields: dict[str, object]) -> Prompt:
    callers = {name: value for name, value in fields.items() if isinstance(value, Text)} | {"text": Text(text)}
    here = {name: f"{_HERE}{name}{_HERE}" for name in callers}
    markup = chat(prompt.system, prompt.turns[task].format(**{"notes": ""} | fields | here), prompt.template)
    pieces = markup.split(_HERE)  # the markup and the names of the callers' texts by turns
    return Prompt(tuple(callers[piece] if at % 2 else Markup(piece) for at, piece in enumerate(pieces)))


def _tokens(prompt: TokensPrompt, text: str, codes: dict[str, str]) -> Prompt:
    def filled(names: tuple[str, ...]) -> Tokens:
        return Tokens(tuple(name.format(**codes) for name in names))

    # The space before the text comes back with its first word: encoded apart, each begins as a word.
    head, tail = (part.format(**codes) for part in prompt.text.split("{text}"))
    around: list[Piece] = [Markup(head.rstrip()), Text(text), Markup(tail)]
    said = [piece for piece in around if isinstance(piece, Text) or piece != Markup("")]
    return Prompt((filled(prompt.before), *said, filled(prompt.after)), filled(prompt.prefix))
