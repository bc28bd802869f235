"""The same calls through LiteLLM, once for each form of its callback. Runs in an environment of its own."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import litellm
from litellm.integrations.generic_api.generic_api_callback import GenericAPILogger

SECRET = [{"role": "user", "content": "SECRET QUESTION"}]
TOLD = {
    "user_api_key_team_id": "claims",
    "user_api_key_user_id": "u42",
    "requester_metadata": {"deployment": "prod-gpt5"},
    "tags": ["env:production", "experiment:exp1:B"],
}


async def main() -> None:
    for log_format in ("json_array", "ndjson", "single"):
        reporter = GenericAPILogger(log_format=log_format)
        litellm.callbacks = [reporter]
        await call()
        async with asyncio.timeout(20):
            while len(reporter.log_queue) < 3:
                await asyncio.sleep(0.05)
        await reporter.flush_queue()
        litellm.logging_callback_manager._reset_all_callbacks()


async def call() -> None:
    await litellm.acompletion(model="openai/gpt-5", messages=SECRET, metadata=TOLD)
    stream = await litellm.acompletion(
        model="openai/gpt-5", messages=SECRET, metadata=TOLD, stream=True, stream_options={"include_usage": True}
    )
    async for _ in stream:
        pass
    with suppress(litellm.RateLimitError):
        await litellm.acompletion(model="openai/rate-limited", messages=SECRET, metadata=TOLD, max_retries=0)


asyncio.run(main())
