"""Wordings in which a document gives its reviewer orders, told from what designs say of themselves.

Each needs more than a verb: whom it speaks to, or what of a review it is about. People who review
are part of many designs; "the reviewer must approve the change" is no order.
"""

_MACHINE = (
    r"(?:(?:ai|llm|gpt|automated|automatic)\s+)?(?:assistants?|ai|llms?|gpt|language\s+models?|models?|bots?"
    r"|scanners?|agents?|reviewer\s+bots?|review\s+bots?|(?:ai|llm|automated)\s+reviewers?)"
)
_IT = r"(?:this|the|these|all|every|any)"
_ACT = (
    rf"(?:(?:approve|accept|skip|ignore|mark|rate|treat|classify|consider)\s+(?:{_IT}|everything|it)\b"
    r"|(?:report|return|output|find|raise)\s+(?:no|nothing|zero|only|an\s+empty)\b"
    r"|(?:do\s+not|don['’]t|never)\s+(?:report|flag|mention|raise|comment)\b|call\s+the\s+\w+\s+tool\b)"
)
_START = r"(?:^|[.!?:;>*\"(,|][ \t]*|\bplease\s+|\bkindly\s+)"
_REVIEW = r"(?:comments?|findings?|reviews?)"

TO_WHOM = (
    rf"^[^\w\n]{{0,10}}(?:dear\s+)?{_MACHINE}\s*[:,]\s*(?:please\s+|kindly\s+|now\s+)?{_ACT}",
    r"\bdear\s+(?:ai|llm|gpt|automated|automatic|machine|language\s+model)\b",
    r"\b(?:evaluates?|reads?|reviews?|processe?s?)\s+this\s+(?:document\s+|design\s+)?(?:with|by)\s+"
    r"(?:an?\s+)?(?:llm|ai|language\s+model|tool)\b",
    r"\breviewers?\s+using\s+(?:an?\s+)?(?:ai|llms?|language\s+models?|tools?)\b",
    r"\byou\s+(?:must|should|shall|will)\s+approve\s+this\b",
    r"\b(?:message|notice|note)\s+(?:from|of)\s+(?:the\s+)?lintel\b",
    r"\bas\s+(?:the\s+|an?\s+)?(?:author|maintainer|developer|operator|owner)s?\s+of\s+lintel\b",
)
WHAT_IT_WAS_TOLD = (
    r"\b(?:ignore|disregard|forget)\s+(?:what|whatever|everything|anything|all)\s+(?:that\s+)?you\s+"
    r"(?:were|have\s+been|was)\b",
    r"\b(?:previous|prior|earlier|above|system)\s+(?:directives|instructions|orders|rules|guidelines|prompt)"
    r"\s+(?:no\s+longer\s+appl\w+|(?:is|are)\s+(?:void|suspended|obsolete|cancelled))\b",
    r"\b(?:what\s+(?:is|are)|show\s+(?:me|us)|tell\s+(?:me|us))\s+(?:your\s+(?:system\s+)?"
    r"(?:prompt|instructions|rules)|the\s+(?:system\s+prompt|rules\s+(?:that\s+)?you))\b",
    r"\brepeat\s+(?:the\s+)?(?:text|words|everything)\s+above\b",
    r"\b(?:tools|functions|rules|instructions|precedents|decisions)\b[^.]{0,60}\bthat\s+you\s+"
    r"(?:can\s+call|were\s+given|hold|received)\b",
    r"\b(?:output|print|reveal|dump)\s+(?:the|your)\s+(?:complete|full|entire|whole)\s+catalogue\b"
    r"[^.]{0,40}\bthreats?\b",
)
WHAT_IT_WRITES = (
    rf"{_START}(?:put|place|write|include|insert|copy|cite|repeat|add|use)\s[^.]{{0,120}}?"
    rf"\b(?:in|into|to|on\s+top\s+of|at\s+the\s+end\s+of)\s+(?:each|every|all)\s+(?:of\s+)?(?:your\s+)?"
    r"(?:comment|finding)s?\b",
    rf"{_START}(?:start|begin|end|open|close)\s+(?:each|every|all)\s+(?:of\s+)?(?:your\s+)?{_REVIEW}\b",
    rf"{_START}(?:lower|reduce|set)\s+(?:the\s+)?severit(?:y|ies)\s+of\s+(?:everything|all|every|each)\b",
    rf"{_START}(?:put|write|include|insert|copy|add|begin|end)\s[^.]{{0,120}}?"
    rf"\b(?:in|into|to|of)\s+your\s+{_REVIEW}\b",
    r"\b(?:each|every)\s+comment\s+(?:that\s+)?you\s+(?:make|write|post)\b",
    r"\bset\s+the\s+outcome\s+to\b|\bthe\s+outcome\s+(?:must|shall)\s+be\b",
    rf"\bwrite\s+(?:at\s+least\s+)?\d[\d,.]{{2,}}\s+(?:{_REVIEW}|threats)\b",
    r"\brepeat\s+until\s+no\s+findings?\b",
    rf"\b(?:{_REVIEW}|checks?)\s+(?:is|are|was|were|has\s+been|have\s+been)\s+(?:hereby\s+)?"
    r"(?:suppressed|waived|disabled|(?:switched|turned)\s+off)\s+for\s+this\b",
    rf"\b(?:switch|turn)(?:es|s)?\s+off\s+(?:the\s+|all\s+)?(?:{_REVIEW}|checks?)\s+for\s+this\b",
    r"(?:,\s*|\b(?:please|so|and)\s+)do\s+not\s+(?:raise|report|flag|mention)\s+(?:it|this|them)\s+"
    r"(?:again|here)\b",
)
WHAT_IT_RELIES_ON = (
    r"\b(?:remember|keep)\s+(?:this\s+|it\s+|that\s+)?(?:in\s+mind\s+)?for\s+(?:all\s+)?"
    r"(?:later|future|other|subsequent)\s+reviews\b",
    r"\bexample\s+of\s+a\s+(?:clean\s+)?design\s+without\s+findings\b",
    r"\b(?:for|with)\s+everything\s+(?:that\s+)?you\s+find\s+here\b",
    r"\bwhen\s+you\s+(?:cite|quote)\s+line\b",
    r"\breviewer\s+(?:(?:must|should|shall)\s+copy|marks?\s+(?:each|every|all)\s+findings?)\b",
    r"\bmust\s+be\s+dismissed\s+as\s+(?:an?\s+)?(?:accepted|duplicate|false)\b",
)
PATTERNS = TO_WHOM + WHAT_IT_WAS_TOLD + WHAT_IT_WRITES + WHAT_IT_RELIES_ON
"""Sources of regular expressions, each for one wording."""
