"""Writing by a model: its words, in our templates, with nothing live in them."""

from collections.abc import Sequence

from agents.analysts.lexical.write import write as rendered
from agents.analysts.model import texts
from agents.analysts.model.answers import Worded, WriteAnswer
from agents.analysts.model.proof import each_once, numbers
from agents.analysts.model.room import Room
from agents.fence import flat, neutralise
from agents.findings import Finding, Question, RoadVerdict, Writing

MOST_FINDINGS = 25
"""Findings that the model words; the rest, far behind the author's cap, keep the words they have."""
MOST_WORDS = 110
"""Of one comment; the prompt asks for fewer."""


async def write(
    findings: Sequence[Finding],
    questions: Sequence[Question],
    roads: Sequence[RoadVerdict],
    room: Room,
    by: str,
) -> Writing:
    """Comments for all findings and questions, the two summaries, and the diagram."""
    worded = findings[:MOST_FINDINGS]
    count = len(worded) + len(questions)

    def problems(answer: WriteAnswer) -> list[str]:
        about = [comment.about for comment in answer.comments]
        found = numbers("about", about, count) + each_once(about, count, "comment")
        for comment in answer.comments:
            length = sum(map(_words, (comment.title, comment.why, comment.change)))
            if length > MOST_WORDS:
                found.append(f"comment {comment.about}: {length} words are too long for one point.")
        return found

    answer = await room.ask(
        WriteAnswer,
        "write",
        problems,
        findings=texts.findings(worded, room.reading, change=True),
        questions=texts.questions(questions, room.reading, len(worded) + 1),
    )
    said = {comment.about: comment for comment in answer.comments}
    writing = rendered(
        [_finding(f, said.get(n)) for n, f in enumerate(findings, 1)],
        [_question(q, said.get(n)) for n, q in enumerate(questions, len(worded) + 1)],
        roads,
        room.reading,
        by,
    )
    outcome, _, rest = writing.summary.partition("\n\n")
    summary = "\n\n".join((outcome, neutralise(flat(answer.summary)), rest))
    brief = neutralise(flat(answer.brief)) or writing.brief
    return writing.model_copy(update={"summary": summary.strip(), "brief": brief})


def _finding(finding: Finding, words: Worded | None) -> Finding:
    """Without the catalogue's general controls: the change was said for this design."""
    update: dict[str, object] = {"controls": ()}
    if words is not None and words.title and words.why:
        update |= {
            "title": flat(words.title),
            "why": flat(words.why),
            "change": flat(words.change) or finding.change,
            "question": flat(words.question),
        }
    return finding.model_copy(update=update)


def _question(question: Question, words: Worded | None) -> Question:
    if words is None or not words.question:
        return question
    why = flat(words.why) or question.why
    return question.model_copy(update={"text": flat(words.question), "why": why})


def _words(text: str) -> int:
    return len(text.split())
