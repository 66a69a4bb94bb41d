"""The service with the bundled model, as `make run` serves it, over a socket."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from models.errors import ModelNotFetched
from models.loading import Loader, open_catalogue
from service.app import create_app
from service.settings import Settings
from tests.service.serving import serving

Post = Callable[..., Any]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    settings = Settings(offline=True)
    try:
        Loader(settings).prepare(open_catalogue(settings)[settings.model])
    except ModelNotFetched:
        pytest.skip("the bundled model is not here: `make test` fetches it, as does `lede models pull`")
    with serving(create_app(settings)) as address:
        yield address


@pytest.fixture
def post(address: str) -> Post:
    def ask(path: str, **body: Any) -> Any:
        answer = httpx2.post(f"{address}/v1/{path}", json=body, timeout=240)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask
