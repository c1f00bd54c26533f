"""The worker's journal: finished steps as rows, so that a crash pays for nothing twice."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from agents.findings import StepRecord
from agents.journal import Entry
from service.db import Database
from service.models import JournalEntry, Review


def scope_of(review: Review) -> str:
    """Steps are shared by the reviews of one pull request."""
    return f"{review.repository_id}#{review.number}"


class TableJournal:
    """`agents.pipeline.Journal` over the `journal` table.

    Database calls run on an executor of their own: the loop that waits for models never blocks.
    """

    def __init__(self, database: Database, scope: str, executor: ThreadPoolExecutor) -> None:
        self._database, self._scope, self._executor = database, scope, executor

    async def get(self, step: str, input_hash: str) -> Entry | None:
        """Output of this step for these inputs, if it was finished before."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._get, step, input_hash)

    async def put(self, step: str, input_hash: str, output: str, record: StepRecord) -> None:
        """Keep the output; a second writer of the same inputs changes nothing."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._executor, self._put, step, input_hash, output, record)

    def _get(self, step: str, input_hash: str) -> Entry | None:
        with self._database.reading() as session:
            row = session.get(JournalEntry, (self._scope, step, input_hash))
            if row is None:
                return None
            return Entry(output=row.output, record=StepRecord.model_validate(row.record))

    def _put(self, step: str, input_hash: str, output: str, record: StepRecord) -> None:
        with self._database.transaction() as session:
            if session.get(JournalEntry, (self._scope, step, input_hash)) is None:
                session.add(
                    JournalEntry(
                        scope=self._scope,
                        step=step,
                        input_hash=input_hash,
                        output=output,
                        record=record.model_dump(mode="json"),
                    )
                )
