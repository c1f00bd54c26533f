"""Instructions to a reviewer in other languages than English: to ignore what it was told, to be silent."""

_PREVIOUS = (
    # German
    r"\b(?:ignorier\w*|missacht\w*|vergiss|vergesst|vergessen\s+Sie)\s+(?:Sie\s+)?(?:bitte\s+)?"
    r"(?:alle\s+|sämtliche\s+)?(?:deine\s+|Ihre\s+|die\s+)?"
    r"(?:vorherigen|vorigen|bisherigen|obigen|früheren|vorangegangenen)\s+"
    r"(?:Anweisungen|Instruktionen|Regeln|Vorgaben|Befehle)",
    r"\b(?:ignoriere?|missachte|vergiss|vergesst)\s+(?:alle\s+)?(?:deine|eure|Ihre)\s+"
    r"(?:Anweisungen|Instruktionen|Regeln|Vorgaben|Befehle)",
    # French
    r"\b(?:ignore[rz]?|oublie[rz]?)\s+(?:toutes\s+)?(?:les\s+|tes\s+|vos\s+)?"
    r"(?:instructions|consignes|règles|directives)\s+(?:précédentes|antérieures|ci-dessus)",
    # Spanish, Portuguese and Italian
    r"\b(?:ignor[ae]n?|olvid[ae]n?)\s+(?:todas\s+)?(?:las\s+|tus\s+|sus\s+)?"
    r"(?:(?:instrucciones|reglas|órdenes)\s+(?:anteriores|previas)|anteriores\s+instrucciones)",
    r"\b(?:ignor[ae]r?|esqueç?a)\s+(?:todas\s+)?(?:as\s+)?(?:instruções|regras)\s+anteriores",
    r"\b(?:ignora|ignori|dimentica)\s+(?:tutte\s+)?(?:le\s+)?(?:istruzioni|regole)\s+precedenti",
    # Russian
    r"\b(?:игнориру\w+|проигнориру\w+|забудь(?:те)?)\s+(?:все\s+)?"
    r"(?:предыдущие|прежние|прошлые)\s+(?:инструкции|указания|правила|команды)",
    # Chinese and Japanese
    r"(?:忽略|忽視|无视|無視|忘记|忘記)(?:掉)?(?:你)?(?:之前|以前|先前|以上|上述|上面|前面)(?:的)?"
    r"(?:所有|全部|一切)?(?:的)?(?:指令|指示|规则|規則|说明)",
    r"(?:これまで|以前|上記|前)の(?:すべて|全て)?の?(?:指示|命令|ルール)を?(?:すべて|全て)?"
    r"(?:は)?(?:無視|忘れ)",
    # Arabic
    r"(?:تجاهل(?:وا)?|انس)\s+(?:كل\s+|جميع\s+)?(?:التعليمات|الأوامر|القواعد)\s+السابقة",
    # Hindi
    r"(?:पिछले|पहले\s+के|उपरोक्त)\s+(?:सभी\s+)?(?:निर्देशों|आदेशों|नियमों)\s+(?:को\s+)?"
    r"(?:अनदेखा|नज़रअंदाज़|भूल)",
)
_SILENT = (
    r"\bKI-?\s?(?:Prüfer|Gutachter|Assistent|Modell|Reviewer)\w*\b[^.\n]{0,80}\b(?:melde|berichte|nenne)"
    r"\w*\s+(?:Sie\s+)?(?:keine|nichts)\b",
    r"\b(?:gib|geben\s+Sie|melde|melden\s+Sie|nenne|nennen\s+Sie)\s+(?:bitte\s+)?keine\s+"
    r"(?:Befunde|Probleme|Schwachstellen|Risiken|Mängel)\b",
    r"\bne\s+signale[rz]?\s+(?:aucune?|pas\s+de)\s+(?:problème|faille|vulnérabilité|risque)",
    r"\bno\s+(?:informes?|reportes?|señales?)\s+(?:de\s+)?(?:ningún|ninguna)\s+"
    r"(?:hallazgo|problema|vulnerabilidad|riesgo)",
    r"\bno\s+(?:informes|reportes|señales)\s+(?:de\s+)?(?:los\s+|las\s+)?"
    r"(?:hallazgos|problemas|vulnerabilidades|riesgos)\b",
    r"\bне\s+сообщай(?:те)?\s+(?:ни\s+)?о\s+(?:каких\s+)?(?:проблемах|уязвимостях|рисках)",
    r"(?:不要|请勿|請勿)(?:报告|報告|指出)(?:任何)?(?:的)?(?:问题|問題|漏洞|风险|風險)",
    r"問題を(?:一切)?報告しないで",
    r"لا\s+تبلغ(?:وا)?\s+عن\s+أي\s+(?:مشكلة|مشاكل|ثغرة)",
    r"कोई\s+(?:भी\s+)?(?:समस्या|कमी|जोखिम)\s+न\s+बता",
)
PATTERNS = _PREVIOUS + _SILENT
"""Sources of regular expressions, each for one wording."""
