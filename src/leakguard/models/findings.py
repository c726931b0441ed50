"""Findings: a check's verdict on a target, as stored, shown and proved (`leakguard.finding/1`)."""

from __future__ import annotations

from enum import StrEnum

from leakguard.frozen import Frozen
from leakguard.models.kinds import DataSeen
from leakguard.models.moments import Moment
from leakguard.models.observations import TlsSeen
from leakguard.models.scope import OwnerPermission
from leakguard.models.shipped import ShippedFindings
from leakguard.models.targets import endpoint_key, join_host_port


class Outcome(StrEnum):
    """The five verdicts."""

    EXPOSED = "exposed"
    PARTIALLY_EXPOSED = "partially_exposed"
    """Names or schema only."""
    NOT_EXPOSED = "not_exposed"
    NOT_APPLICABLE = "not_applicable"
    INCONCLUSIVE = "inconclusive"


class ReasonCode(StrEnum):
    """Why a verdict says less than its outcome seems to, in a word for programs; the reason says it in a sentence."""

    ACCOUNTS_NOT_TRIED = "accounts_not_tried"
    """A login was asked for a name that cannot exist; accounts that may exist were not tried. Outcome `not_exposed`."""
    FRONT_PAGE_GUARDED = "front_page_guarded"
    """The front page refuses strangers; nothing behind it proved open, and other paths may be. `not_exposed`."""
    UNREADABLE = "unreadable"
    """The answer began as one of this protocol, and is garbled or cut. Outcome `inconclusive`."""
    NO_SAFE_QUESTION = "no_safe_question"
    """Nothing can be asked without reading a record. Outcome `inconclusive`."""
    ROWS_HIDDEN = "rows_hidden"
    """A table answers strangers and shows them no row. Outcome `not_exposed`, and no proof of closure."""
    NOTHING_LISTED = "nothing_listed"
    """Strangers are told no name; who knows one may be let in. Outcome `not_exposed`, and no proof of closure."""
    PUBLIC_BY_DESIGN = "public_by_design"
    """Open to strangers, as the owner declared in the scope. Outcome `not_applicable`."""
    KEY_NOT_FOUND = "key_not_found"
    """A backend wants its public key, and no page of the scope ships it any more. Outcome `inconclusive`."""
    KEY_NOT_ACCEPTED = "key_not_accepted"
    """A backend refused the public key that a page ships. Outcome `inconclusive`."""
    NO_TABLE_NAMED = "no_table_named"
    """Nobody names a table of the backend, so none was asked for. Outcome `inconclusive`."""
    ONE_WITNESS = "one_witness"
    """Closed, as one vantage alone reports."""


class Access(StrEnum):
    """What an anonymous caller can do."""

    NONE = "none"
    NAMES = "names"
    READ = "read"
    WRITE_LIKELY = "write_likely"
    """Stated by the server; never tried."""


class Severity(StrEnum):
    """How bad it is, from nothing to critical."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class DecoyVerdict(StrEnum):
    """Whether the thing is a trap."""

    NO = "no"
    SUSPECTED = "suspected"
    DECLARED = "declared"


class Size(Frozen):
    """What the server itself states, or what was estimated and how."""

    records: int | None = None
    bytes: int | None = None
    collections: int | None = None
    exact: bool = True
    method: str = ""


class SeverityAxes(Frozen):
    """The four axes, shown apart so that nobody has to trust one word."""

    authority: str
    volume: str
    sensitivity: str
    aggravation: str


class ProofRequest(Frozen):
    """One request of ours and the size of its answer; never the answer."""

    method: str
    what: str
    status: int | None
    bytes: int


class Proof(Frozen):
    """What was asked, and a digest of the answers that a second observer can compare."""

    requests: tuple[ProofRequest, ...] = ()
    transcript_sha256: str = ""


class Decoy(Frozen):
    """Signals that the datastore is a trap or a catch-all."""

    verdict: DecoyVerdict = DecoyVerdict.NO
    signals: tuple[str, ...] = ()


class RansomSigns(Frozen):
    """Signs that somebody already emptied the store and left a note."""

    verdict: str = "no"
    markers: tuple[str, ...] = ()


class ExposedSince(Frozen):
    """The interval in which the exposure began."""

    earliest: Moment | None = None
    latest: Moment | None = None
    source: str = "first_seen"


class Stranger(StrEnum):
    """Groups that nobody has to be invited to."""

    EVERYONE = "everyone"
    ANY_AUTHENTICATED = "any_authenticated"
    """Whoever has an account with the provider, which anybody can open."""


class Right(StrEnum):
    """What may be done with a bucket."""

    LIST = "list"
    READ = "read"
    WRITE = "write"
    READ_ACL = "read_acl"
    WRITE_ACL = "write_acl"


class Answer(StrEnum):
    """What the store told about a right; a right that was never tried and not told is unknown."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


class Permission(Frozen):
    """What one group of strangers may do with a bucket, as far as the store told."""

    who: Stranger
    right: Right
    answer: Answer


class ReachVerdict(StrEnum):
    """What a look from outside says about an endpoint that the owner's own settings open."""

    OPEN = "open"
    """It answers, and asks for no login."""
    REACHED = "reached"
    """It answers."""
    NOT_REACHED = "not_reached"
    """The port is closed."""
    NOT_CLEAR = "not_clear"
    """Nobody answers, or not clearly: a firewall may stand before us alone."""
    OUT_OF_SCOPE = "out_of_scope"
    """Not probed: the account is in the scope, but this name or address is not."""
    NO_ADDRESS = "no_address"
    NOT_PROBED = "not_probed"


class Reach(Frozen):
    """One endpoint of an owner-side finding, as it was met from outside."""

    target: str
    """`db-1.example.eu-west-1.rds.amazonaws.com:5432`, `s3://bucket`."""
    verdict: ReachVerdict
    vantage: str
    run: str | None = None
    """The run that probed it."""


class Verdict(Frozen):
    """What `judge` concluded from an observation, before it is tied to a run and a time."""

    outcome: Outcome
    reason: str
    """Why, in a sentence a manager can read. Never contains leaked data."""
    reason_code: ReasonCode | None = None
    access: Access = Access.NONE
    product: str | None = None
    version: str | None = None
    size: Size | None = None
    cluster_id: str | None = None
    severity: Severity = Severity.NONE
    severity_axes: SeverityAxes | None = None
    decoy: Decoy = Decoy()
    ransomed: RansomSigns = RansomSigns()
    permissions: tuple[Permission, ...] = ()
    """Of strangers; stated for object stores alone."""
    data: DataSeen | None = None
    """What is known of the data behind it, from names, or from values that were counted and dropped."""
    shipped: ShippedFindings | None = None
    """What a page or an app ships to whoever opens it; stated by the checks that read such alone."""


class Finding(Frozen):
    """One check's verdict on one target."""

    id: str
    run: str
    check_id: str
    check_version: int
    target: str
    """`address:port`, with `/bucket` behind it for a bucket; of a cloud's own settings `aws://ACCOUNT/REGION/...`."""
    address: str
    """Empty where the settings of a resource were read and nothing was connected to."""
    host: str | None
    port: int
    """0 where the address is empty."""
    transport: str
    tls: TlsSeen | None
    vantage: str
    datastore: str
    verdict: Verdict
    exposed_since: ExposedSince
    remediation: str
    references: tuple[str, ...]
    observed_at: Moment
    proof: Proof
    lifecycle: str = "stable"
    default_accounts: OwnerPermission | None = None
    """By whose leave the product's own administrative account was asked once; nothing where it was not."""
    industrial: OwnerPermission | None = None
    """By whose leave an industrial or medical device was asked; nothing for anything else."""
    reach: tuple[Reach, ...] = ()
    """Of owner-side findings alone: how the endpoints that the settings open were met from outside."""

    @property
    def place(self) -> str:
        """`host:port` where a name was asked for, else the target: it stays the same when the name moves."""
        if is_resource(self.target):
            return self.target
        return place_of(self.address, self.port, self.host, self.target.partition("/")[2])

    @property
    def key(self) -> str:
        """Tells the public key by which a backend was asked from any other, if by its file alone; empty without one."""
        keys = self.verdict.shipped.keys if self.verdict.shipped is not None else ()
        return (keys[0].mark or f"{keys[0].kind} in {keys[0].where}") if keys else ""

    def is_refusal(self, *, of: str) -> bool:
        """Whether this refuses strangers in a way that proves closure of what was open to those who asked by key `of`.

        An empty table or list does not, nor does a refusal of another key than the one by which it was open.
        """
        verdict = self.verdict
        is_hidden = verdict.reason_code in {ReasonCode.ROWS_HIDDEN, ReasonCode.NOTHING_LISTED}
        return verdict.outcome is Outcome.NOT_EXPOSED and not is_hidden and self.key == of

    @property
    def endpoint(self) -> str:
        """The key of the endpoint that was looked at; see `targets.endpoint_key`. A resource is its own endpoint."""
        if is_resource(self.target):
            return self.target
        return endpoint_key(self.address, self.port, self.host)


def is_resource(target: str) -> bool:
    """Whether a target is a resource in a cloud, whose settings its owner reads: nothing there is connected to."""
    return target.startswith("aws://")


def place_of(address: str, port: int, host: str | None, bucket: str = "") -> str:
    """Where something is in the words of the one who asked: `mail.example.edu:9200`, `192.0.2.1:9000/bucket`."""
    place = join_host_port(host or address, port)
    return f"{place}/{bucket}" if bucket else place


def host_of(place: str) -> str:
    """The name or the address of a place, without brackets."""
    return place.split("/", maxsplit=1)[0].rpartition(":")[0].strip("[]")
