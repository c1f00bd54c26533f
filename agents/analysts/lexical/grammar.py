"""Small words: what may stand around a verb, and what never belongs to a name."""

import re

AUX = frozenset("is are was were be been being gets get got".split())
BETWEEN = frozenset(
    "will would shall can could may might must should does do did has have to also then then only "
    "now which "
    "that who and either first directly simply just automatically subsequently periodically "
    "securely it both "
    "record records object objects data itself in turn optionally asynchronously synchronously".split()
)
DETERMINERS = frozenset(
    "a an the this that these those its their our your each every any some no of in on at by with "
    "for from per "
    "all via through new other same api external internal".split()
)
MODAL = frozenset(
    "to can will may must should shall could would might then and or not we they also".split()
)
INTO = frozenset("to into in with on onto against at".split())
STORING = frozenset(
    "write store save persist log index record archive append copy commit replicate inject insert "
    "upsert load "
    "export register publish upload delete".split()
)
ON_A_STORE = frozenset("query update modify search access".split())
TALKING = frozenset(
    "talk communicate interact integrate authenticate connect share register sync".split()
)
CLAUSE_END = re.compile(r"[;.!?](?:\s|$)|\bso that\b|\bbecause\b|\bwhile\b|\bwhereas\b")
COORDINATION = re.compile(
    r"\s*(?::|,|and|or|&|/|,\s*and|,\s*or)\s*(?:,\s*(?:for|in|on|at|during|when|if)\s[^,;.]{1,60},)?"
    r"\s*(?:the|a|an|our|its|their|to|from|in|into)?\s*",
    re.I,
)
ALSO = re.compile(r"\s*,?\s*(?:and|or|as well as)\b", re.I)
"""What follows is said of the second part as of the first."""
ASIDE = re.compile(r"\([^()]*\)|,\s+(?:acting|running|deployed|hosted|which|who)\b[^,]*,")
REACH = 16
NOUN_BEFORE = frozenset("is are was were of will must should".split())
"""A verb form before one of these is a noun: `queries of the user`, `calls are logged`."""
ARTICLES = frozenset("the a an its their our".split())
LEADS_AWAY = frozenset("to from with via in for of through".split())
"""A mention behind one of these is no subject."""
_SMALL = (
    "a an the this that these those its their our your his her my each every all any some no both "
    "either "
    "neither such another other same and or nor but if then than as at by for from in into of off "
    "on onto out "
    "over per through to toward towards under until up upon via with within without against "
    "between among "
    "across after before during about above below behind beside is are was were be been being am "
    "will would "
    "shall should can could may might must do does did has have had having not also only just even "
    "still "
    "already always never often usually typically which who whom whose what when where while why "
    "how because "
    "so since unless although though however therefore it he she they we you i them us him there "
    "here e g i.e "
    "etc vs like including include includes contains consists using use uses used based called "
    "named let lets "
    "allow allows allowing enable enables make makes making need needs want wants ensure ensures "
    "provide "
    "provides providing support supports supporting require requires required become becomes"
).split()
_BLAND = (
    "new existing single main own different specific given various several multiple many few two "
    "three four "
    "five one current separate dedicated respective certain particular possible available first "
    "second third "
    "last next whole entire full actual corresponding relevant necessary appropriate underlying "
    "simple new "
    "secure trusted untrusted large small more most less additional further original following "
    "previous local "
    "typical standard usual common normal default optional default proposed native popular widely "
    "robust "
    "fast reliable scalable efficient managed critical primary key important real actual good "
    "better best "
    "unauthenticated authenticated authorized unauthorized malicious compromised legitimate "
    "fictitious "
    "sensitive initial modern traditional good end-to-end desired intended target other requested "
    "directing updating storing fetching returning controlling making creating running processing "
    "given "
    "validated incoming outgoing running serving exposing fronting protecting acting"
).split()
STOP = frozenset(_SMALL)
NOT_IN_NAME = frozenset(_BLAND) | STOP
CLASS_WORDS = frozenset(
    "table tables bucket buckets function functions cluster clusters instance instances queue "
    "queues topic "
    "topics database databases db store index service services server servers api apis account "
    "accounts "
    "deployment container containers broker stream integration user pool module modules proxy".split()
)
VENDORS = frozenset("amazon aws azure google microsoft apache hashicorp gcp cloud".split())
QUALIFIED = frozenset(
    "access account accounts action actions address addresses admin admins administrator administrators "
    "alert alerts architecture area attribute attributes authentication authorisation authorization "
    "backup backups behaviour behavior binding body boundary boundaries budget budgets build builds "
    "bug bugs call calls capability capabilities certificate certificates change changes channel "
    "check checks choice class classes code column columns command commands component components "
    "config configuration configurations connection connections connector content contents context "
    "contract contracts control controls cost costs count credential credentials data dataset "
    "definition definitions dependency dependencies deployment description descriptions design detail "
    "details developer developers device devices directory document documents documentation domain "
    "domains driver edition endpoint endpoints engineer engineers entry entries environment error "
    "errors event events example examples exception experience export exports extension extensions "
    "failure failures feature features field fields file files filter filters flow flows folder "
    "format framework group groups guide header headers history host hosts id identifier identifiers "
    "identity ids implementation index information input inputs instruction instructions integration "
    "interaction interactions interface invocation invocations issue issues item items journey key "
    "keys label labels language latency layer layers level levels library licence limit limits link "
    "list lists load log logic login logs maintainer management manifest manifests material member "
    "members message messages metadata method methods metric metrics mode model models name names "
    "namespace namespaces network number object objects operation operations operator option options "
    "order output outputs outcome owner owners package packages page pages parameter parameters "
    "password passwords path paths payload payloads performance permission permissions permitted "
    "platform plan policy policies port ports prefix privilege privileges problem process processes "
    "profile profiles project prompt prompts protocol protocols provider providers quality query "
    "queries question questions quota quotas rate record records region release releases report "
    "reports repository request requests requirement requirements resource resources response "
    "responses result results review reviews role roles row rows rule rules run runs runtime schema "
    "schemas scope scopes script scripts section secret secrets security selection session sessions "
    "setting settings setup side size skill skills snapshot software source sources space spec "
    "specification state states status step steps storage strategy string strings subscription "
    "suite support surface table tables tag tags target targets task tasks team teams template "
    "templates tenant tenants test tests text texts ticket tickets time times timeout token tokens "
    "topology traffic training transaction transactions trust type types update updates upgrade "
    "uri url urls usage user users value values vendor vendors version versions view views volume "
    "volumes vulnerability work workflow workflows workload workloads zone zones".split()
)
"""Nouns that a part only qualifies: a `user token` is no user, a `database schema` no database."""
