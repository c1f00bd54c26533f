"""How a control stands in a sentence: only what is in force counts. «» marks the control's word."""

import pytest

from agents.analysts.lexical.sentences import standing
from agents.system import Standing

IN_FORCE = """
All traffic between the services is «encrypted» with TLS 1.3.
Every request is «authenticated» by the gateway before it is routed.
The API «validates» the token's audience and issuer.
Uploads are «scanned» for malware before anybody can open them.
Secrets are «rotated» every 30 days by a Lambda function.
Callers must be «authenticated».
Tokens SHALL be «validated» on each call.
Access to the table is «restricted» to the billing role.
The queue only accepts «signed» messages.
Nothing leaves the cluster without being «encrypted».
No request is served unless it is «authenticated», which the mesh enforces.
Passwords must never be «logged».
Prompts are «redacted» before they are written to the log.
The service refuses tokens that are not «signed» by our key.
Requests without a «signature» are rejected.
Unauthenticated calls are refused, because the proxy checks the «token» first.
We «encrypt» all volumes and all backups.
We will «encrypt» our data-at-rest using DynamoDB and S3.
Each tenant's rows are «isolated» by row-level security.
The model cannot call a tool until a person has «approved» it.
Two people have to «approve» a payment above 10,000 euros.
The sandbox has no network, so generated code is «isolated».
«Rate limits» of 100 requests a minute apply to each key.
An «audit» record is written for each decision.
The build fails when a dependency is not «pinned».
Not only the database but also the backups are «encrypted».
Keys are kept no longer than 24 hours and then «rotated».
Besides TLS, payloads are «signed» end to end.
Both the web app and the API «enforce» the same policy.
Only staff with a hardware key can be «authorised» for this console.
Reads are «authorised» per document at query time.
The gateway strips headers that clients set and «adds» its own.
Every container image is «signed» in CI and verified on admission.
Sessions «expire» after fifteen minutes without use.
«Backups» are restored in a test every quarter.
Kubernetes secrets are «encrypted» in etcd with a key from KMS.
The webhook's «signature» is checked against the raw body.
Files are stored under random names and «served» from another domain.
The agent runs with the user's own token, which is «scoped» to one project.
The draft is «reviewed» by two people and not yet published.
The policy «denies» everything that no rule allows.
"""

NEGATED = """
Data at rest is not «encrypted».
There is no «encryption» between the pods.
The bucket isn't «encrypted».
Data is stored without «encryption».
The endpoint performs no «authentication».
Calls on the internal network are never «authenticated».
The service lacks «authentication».
«Authentication» is missing on the metrics port.
The messages are neither «signed» nor numbered.
Nobody has «approved» the change, since no «approval» exists.
We do not «validate» the uploaded file.
The proxy doesn't «verify» certificates.
The worker cannot «authenticate» its callers.
Requests are accepted without any «rate limit».
There are no «audit» logs for administrators.
«Encryption» is disabled on the staging cluster.
Tokens do not «expire».
The index has no «tenant filter».
Tool results are not «sanitised» before they reach the model.
The image is not «signed».
Traffic inside the VPC is left without «encryption».
The job runs with no «isolation» from other jobs.
None of the backups is «encrypted».
The mobile app does not «pin» certificates.
«Rotation» of the key is absent.
The console never asks for a second «factor».
Without «authentication», anybody on the LAN can read the feed.
The API does not check who is «authorised».
There is no «review» of generated code.
The reports are cached without «access control».
The server trusts the header and does no «verification» of its own.
Nothing is «validated» at this point.
There is no login, no «session» and no key.
The messages are neither signed nor «validated».
Calls are not logged, and no «limit» applies.
"""

PLANNED = """
«Encryption» at rest is planned for phase 2.
«Encryption» will be added in a later release.
Data is not yet «encrypted».
We plan to «sign» all images.
Disks should be «encrypted».
«Rate limiting» is on the roadmap.
The team intends to «isolate» the sandbox.
In the future, tokens will be «rotated» automatically.
«Authentication» is to be defined.
TODO: «validate» the redirect URI.
«Audit» logging follows in the next quarter, as a follow-up.
Until then, calls are not «authenticated».
We would like to «encrypt» the queue.
A future version will «verify» signatures.
«MFA» is coming soon.
The «approval» step is to be implemented.
Eventually every message will be «signed».
Row-level «isolation» is reserved for future work.
«Backups» will be considered in phase two.
The «sandbox» will be introduced after the pilot, in the next release.
Key «rotation»: TBD.
«Rotation» is foreseen when time allows.
We aim to «mask» names once the parser is ready, in a future iteration.
"""

CONDITIONAL = """
Volumes can be «encrypted».
If enabled, volumes are «encrypted».
«Encryption» is optional.
TLS may be «enforced» by the operator of the cluster.
Where possible, messages are «signed».
«Authentication» is recommended.
Depending on the edition, access is «audited».
Clients might be «authenticated» with certificates.
When configured, the proxy «validates» the audience.
Teams usually «encrypt» their buckets.
Typically the gateway is «authenticated» by mTLS.
«Rate limits» are configurable.
The administrator could «restrict» the network.
Unless the flag is set, tokens are «validated».
Ideally the artefact is «signed».
In case of doubt, an operator «approves» the request.
Optionally, prompts are «redacted».
One may consider «isolating» the workers.
Where supported, keys are «rotated».
Often the disk is «encrypted» by the cloud provider.
"""

SECTIONS = [
    ("Non-Goals", "Requests are «authenticated» by the mesh.", Standing.OUT_OF_SCOPE),
    ("Out of scope", "Backups are «encrypted».", Standing.OUT_OF_SCOPE),
    ("Alternatives considered", "Messages are «signed» with a shared key.", Standing.OUT_OF_SCOPE),
    ("Rejected options", "Each tenant is «isolated» in a cluster.", Standing.OUT_OF_SCOPE),
    ("Options considered", "Files are «scanned» by a vendor.", Standing.OUT_OF_SCOPE),
    ("Glossary", "A token is «signed» data.", Standing.OUT_OF_SCOPE),
    ("Related work", "That product «encrypts» everything.", Standing.OUT_OF_SCOPE),
    ("Appendix A", "Sessions «expire» after an hour.", Standing.OUT_OF_SCOPE),
    ("Future work", "Volumes are «encrypted».", Standing.PLANNED),
    ("Open questions", "Callers are «authenticated».", Standing.PLANNED),
    ("Next steps", "Every image is «signed».", Standing.PLANNED),
    ("Roadmap", "The audit log is «signed».", Standing.PLANNED),
    ("Phase 2", "Prompts are «redacted».", Standing.PLANNED),
    ("Security", "Volumes are «encrypted».", Standing.IN_FORCE),
    ("Design details", "Callers are «authenticated».", Standing.IN_FORCE),
]

CLAUSES = [
    ("We do not use Kafka; the database is «encrypted».", Standing.IN_FORCE),
    ("The old API had no login, but the new one «authenticates» every caller.", Standing.IN_FORCE),
    ("Unlike the mail path, the API path is «authenticated».", Standing.IN_FORCE),
    ("The queue is «encrypted», while the cache is not.", Standing.IN_FORCE),
    ("The queue is encrypted, but the cache is not «encrypted».", Standing.NEGATED),
    ("Reads are authorised; writes are not «authorised».", Standing.NEGATED),
    ("The gateway is authenticated, whereas the worker has no «authentication».", Standing.NEGATED),
    ("TLS is used everywhere, although the payload is not «signed».", Standing.NEGATED),
    ("Images are signed, and packages will be «pinned» later.", Standing.PLANNED),
    ("Keys are rotated; «MFA» is planned.", Standing.PLANNED),
    ("Keys are rotated (certificates are not «rotated»).", Standing.NEGATED),
    ("It is not true that volumes are left open: they are «encrypted».", Standing.IN_FORCE),
    ("No data leaves the region, and all of it is «encrypted».", Standing.IN_FORCE),
    ("There is no public endpoint, so callers are «authenticated» by the mesh.", Standing.IN_FORCE),
    ("The cache holds no personal data, however it is «encrypted».", Standing.IN_FORCE),
    ("The feed needs no key because it is public; uploads are «scanned».", Standing.IN_FORCE),
]


def rows(text: str) -> list[str]:
    return [line for line in text.strip().splitlines() if line]


TABLE = [
    *((s, Standing.IN_FORCE) for s in rows(IN_FORCE)),
    *((s, Standing.NEGATED) for s in rows(NEGATED)),
    *((s, Standing.PLANNED) for s in rows(PLANNED)),
    *((s, Standing.CONDITIONAL) for s in rows(CONDITIONAL)),
    *CLAUSES,
]


def of(marked: str, section: tuple[str, ...] = ()) -> Standing:
    at = marked.index("«")
    return standing(marked.replace("«", "").replace("»", ""), at, section)


@pytest.mark.parametrize(("sentence", "expected"), TABLE)
def test_a_control_counts_only_where_it_is_in_force(sentence: str, expected: Standing) -> None:
    assert of(sentence) is expected


@pytest.mark.parametrize(("section", "sentence", "expected"), SECTIONS)
def test_headings_decide_for_what_stands_below(
    section: str, sentence: str, expected: Standing
) -> None:
    assert of(sentence, ("Title", section)) is expected
