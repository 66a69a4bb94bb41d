"""The table `[server]` of a card: where a model runs that Lede does not run itself."""

from pydantic import BaseModel, ConfigDict, Field


class Server(BaseModel):
    """A server that speaks OpenAI's chat completions (vLLM, TGI, llama.cpp, Ollama) and has the model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = Field(
        description="Where its API begins, e.g. `http://127.0.0.1:8000/v1`.", pattern=r"^https?://[^\s/]+(/\S*)?$"
    )
    model: str = Field(description="What the server calls the model.")
    api_key_env: str | None = Field(
        None, description="The variable of the environment that holds the server's key; a card holds no secrets."
    )
    timeout: float = Field(60.0, gt=0, description="Seconds without a word after which the server is asked again.")
    attempts: int = Field(4, gt=0, description="How often an answer is asked for before its request fails.")
    concurrency: int = Field(
        32,
        gt=0,
        description="Requests that the server is sent at once; 1 for one that answers them in turn, as "
        "llama-cpp-python's does: what waits there would be taken for a server that does not answer.",
    )
