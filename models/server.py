"""The `[server]` table of a card: the server that runs a remote model."""

from pydantic import BaseModel, ConfigDict, Field


class Server(BaseModel):
    """A server with an OpenAI-compatible chat completions API (vLLM, TGI, llama.cpp, Ollama) that has the model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = Field(
        description="Base URL of the API, e.g. `http://127.0.0.1:8000/v1`.", pattern=r"^https?://[^\s/]+(/\S*)?$"
    )
    model: str = Field(description="The server's name for the model.")
    api_key_env: str | None = Field(
        None, description="Environment variable with the server's API key; a card contains no secrets."
    )
    timeout: float = Field(60.0, gt=0, description="Seconds without data after which a request is retried.")
    attempts: int = Field(4, gt=0, description="Attempts before a request fails.")
    concurrency: int = Field(
        32,
        gt=0,
        description="Concurrent requests to the server. Set 1 for a server that handles one at a time, such as "
        "llama-cpp-python's: requests that wait there would time out.",
    )
