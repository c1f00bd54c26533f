"""The worker's journal: finished steps as rows, so that a crash pays for nothing twice."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from agents.findings import StepRecord
from agents.journal import Entry
from service.db import Database
from service.metrics.spending import charge, insert_into
from service.models import JournalEntry, Review


def scope_of(review: Review) -> str:
    """Steps are shared by the reviews of one pull request."""
    return f"{review.repository_id}#{review.number}"


class TableJournal:
    """`agents.pipeline.Journal` over the `journal` table, for one run of one review.

    Database calls run on an executor of their own: the loop that waits for models never blocks.
    What there is to find is looked up once, in most runs nothing: what another review of the same
    pull request finishes meanwhile is not seen, and done once more.
    """

    def __init__(self, database: Database, review: Review, executor: ThreadPoolExecutor) -> None:
        self._database, self._executor = database, executor
        self._scope = scope_of(review)
        self._installation_id, self._review_id = review.installation_id, review.id
        self._known: set[tuple[str, str]] | None = None

    async def get(self, step: str, input_hash: str) -> Entry | None:
        """The step, if it was finished before for these inputs."""
        loop = asyncio.get_running_loop()
        if self._known is None:
            # Two steps that begin together may both look: they see the same.
            self._known = await loop.run_in_executor(self._executor, self._finished)
        if (step, input_hash) not in self._known:
            return None
        return await loop.run_in_executor(self._executor, self._get, step, input_hash)

    async def put(self, step: str, input_hash: str, output: str, record: StepRecord) -> None:
        """Keep the output and what it cost; a second writer of the same inputs changes nothing."""
        loop = asyncio.get_running_loop()
        kept = loop.run_in_executor(self._executor, self._put, step, input_hash, output, record)
        # It is paid for: kept even when the step beside it fails, or the worker goes, meanwhile.
        await asyncio.shield(kept)
        if self._known is not None:
            self._known.add((step, input_hash))

    def _finished(self) -> set[tuple[str, str]]:
        """Steps of the scope with the hashes of their inputs."""
        query = select(JournalEntry.step, JournalEntry.input_hash)
        with self._database.reading() as session:
            rows = session.execute(query.where(JournalEntry.scope == self._scope))
            return {(step, input_hash) for step, input_hash in rows}

    def _get(self, step: str, input_hash: str) -> Entry | None:
        with self._database.reading() as session:
            entry = session.get(JournalEntry, (self._scope, step, input_hash))
            if entry is None:
                return None
            # What a newer version wrote may hold more than this one knows.
            known = {k: v for k, v in entry.record.items() if k in StepRecord.model_fields}
            return Entry(output=entry.output, record=StepRecord.model_validate(known))

    def _put(self, step: str, input_hash: str, output: str, record: StepRecord) -> None:
        with self._database.transaction() as session:
            insert = insert_into(session, JournalEntry).values(
                scope=self._scope,
                step=step,
                input_hash=input_hash,
                output=output,
                record=record.model_dump(mode="json"),
            )
            session.execute(insert.on_conflict_do_nothing())
            # Also where another review of the pull request was faster: this one has paid too.
            charge(session, self._installation_id, self._review_id, record)
