"""The account of Marlow & Finch, as tables: README.md tells their story, seed.py puts them in place."""

from typing import NamedTuple

ACCOUNT = "123456789012"  # moto's own
HOME, DUBLIN, SYDNEY = "us-east-1", "eu-west-1", "ap-southeast-2"
OURS = [HOME, DUBLIN, SYDNEY]

# --------------------------------------------------------------------------------------------- identity and access


class Key(NamedTuple):
    """An access key; ages in days, `used` None for never."""

    age: int
    used: int | None
    active: bool = True


class User(NamedTuple):
    name: str
    groups: tuple[str, ...] = ()
    hired: int = 400  # days ago
    console: int | str | None = None  # days since the last sign-in, "never", or None for no password
    mfa: bool = False
    keys: tuple[Key, ...] = ()
    attached: tuple[str, ...] = ()
    inline: tuple[str, ...] = ()


USERS = [
    # Sound: in a group, with MFA, in use, keys young.
    User("ada.marlow", ("leadership",), 1800, console=2, mfa=True),
    User("ben.finch", ("leadership",), 1800, console=5, mfa=True),
    User("chiara.rossi", ("developers",), 900, console=1, mfa=True, keys=(Key(40, 1),)),
    User("dmitri.volkov", ("developers",), 620, console=3, mfa=True, keys=(Key(12, 1), Key(118, 13, active=False))),
    User("emeka.obi", ("developers",), 410, console=1, mfa=True, keys=(Key(70, 2),)),
    User("freya.lund", ("developers", "data-science"), 365, console=4, mfa=True),
    User("gita.rao", ("data-science",), 300, console=6, mfa=True, keys=(Key(25, 6),)),
    User("hugo.martin", ("operations",), 1100, console=1, mfa=True, keys=(Key(61, 1),)),
    User("ines.costa", ("operations",), 540, console=8, mfa=True),
    User("jun.tanaka", ("operations",), 280, console=2, mfa=True),
    User("karin.berg", ("finance",), 1250, console=12, mfa=True),
    User("liam.walsh", ("finance",), 480, console=20, mfa=True),
    User("mei.chen", ("auditors",), 200, console=15, mfa=True),
    User("noah.adler", ("support",), 150, console=1, mfa=True),
    User("olga.petrova", ("support",), 95, console=3, mfa=True),
    User("paul.nguyen", ("support",), 40, console=1, mfa=True),
    User("svc-storefront-ci", ("deployers",), 700, keys=(Key(33, 0),)),
    User("svc-warehouse-sync", ("deployers",), 500, keys=(Key(81, 0),)),
    # Rights that hang on the person.
    User("quentin.leroy", ("operations",), 1500, console=2, mfa=True, attached=("aws:AdministratorAccess",)),
    User("rosa.silva", ("developers",), 330, console=3, mfa=True, attached=("catalogue-read",)),
    User("sam.okafor", ("data-science",), 260, console=9, mfa=True, inline=("notebook-experiments",)),
    # In no group.
    User("tess.vermeer", (), 75, console=7, mfa=True),
    # Keys that were never changed.
    User("svc-erp-export", ("deployers",), 1600, keys=(Key(1590, 0),)),
    User("uma.patel", ("developers",), 800, console=2, mfa=True, keys=(Key(240, 4),)),
    # Two keys in use at once.
    User("victor.dahl", ("developers",), 450, console=1, mfa=True, keys=(Key(55, 1), Key(20, 2))),
    # Credentials that nobody uses.
    User("wendy.clarke", ("support",), 640, console=130, mfa=True),  # left for another team
    User("xavier.gomez", ("developers",), 500, console=2, mfa=True, keys=(Key(85, 60),)),  # key unused, person busy
    User("svc-old-newsletter", ("deployers",), 1300, keys=(Key(1300, None),)),  # a key that never signed anything
    User("yuki.sato", ("data-science",), 210, console="never"),  # invited, never came; no MFA either
    User("zoe.contractor", ("contractors",), 700, console=310, keys=(Key(700, 320), Key(690, 400))),  # gone
]

# What a group holds: `aws:` stands for a policy that AWS manages, `inline:` for one of INLINE_POLICIES.
GROUPS = {
    "leadership": ["aws:ReadOnlyAccess"],
    "developers": ["catalogue-read", "storefront-deploy"],
    "operations": ["operations-run"],
    "data-science": ["warehouse-read", "aws:AWSCloudShellFullAccess"],
    "finance": ["aws:AWSBillingReadOnlyAccess"],
    "auditors": ["aws:SecurityAudit"],
    "support": ["aws:AWSSupportAccess", "catalogue-read"],
    "deployers": ["storefront-deploy"],
    "contractors": ["inline:contractors-temporary"],
    "platform-admins": ["aws:AdministratorAccess"],
}


def allow(actions, resources, **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


EVERYTHING = allow("*", "*")
CATALOGUE = "arn:aws:s3:::marlow-finch-catalogue"

MANAGED_POLICIES = {
    "catalogue-read": [allow(["s3:GetObject", "s3:ListBucket"], [CATALOGUE, f"{CATALOGUE}/*"])],
    "storefront-deploy": [
        allow(["s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::marlow-finch-storefront/*"),
        allow("cloudfront:CreateInvalidation", "*"),
    ],
    "warehouse-read": [allow(["athena:StartQueryExecution", "athena:GetQueryResults", "glue:GetTable"], "*")],
    "operations-run": [
        allow(["ec2:Describe*", "ec2:StartInstances", "ec2:StopInstances", "logs:*", "cloudwatch:*"], "*"),
        {"Effect": "Deny", "Action": ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"], "Resource": "*"},
    ],
    "legacy-everything": [EVERYTHING],  # the batch role still hangs on it
    "migration-2021": [allow(["*"], ["*"])],  # attached to nobody
    # Drafts of the new platform team, attached to nobody yet. Each has its sound twin below it.
    "trail-keeper": [allow(["cloudformation:*", "CloudTrail:*"], "*")],
    "trail-reader": [allow(["cloudtrail:Get*", "cloudtrail:Describe*", "cloudtrail:LookupEvents"], "*")],
    "key-keeper": [allow("kms:*", "*")],
    "invoice-key": [allow("kms:*", f"arn:aws:kms:{HOME}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000")],
    "people-keeper": [allow("iam:*", "*")],
    "own-password": [allow("iam:ChangePassword", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}")],
    "role-switcher": [allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/*")],
    "support-switcher": [allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/support-desk")],
    "function-deployer": [allow(["lambda:CreateFunction", "iam:PassRole"], "*")],
    "image-deployer": [
        allow("lambda:CreateFunction", "*"),
        allow("iam:PassRole", "*", Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}),
    ],
    "power-user": [{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"}],
    "catalogue-keeper": [{"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Resource": [CATALOGUE, f"{CATALOGUE}/*"]}],
}

INLINE_POLICIES = {
    "notebook-experiments": [allow(["sagemaker:CreateNotebookInstance", "sagemaker:StartNotebookInstance"], "*")],
    "contractors-temporary": [EVERYTHING],
    "assets-write": [allow("s3:PutObject", "arn:aws:s3:::marlow-finch-storefront/assets/*")],
    "deliver-logs": [allow(["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:*:log-group:*")],
    "night-shift": [allow(["*"], "*")],
    "trails-all": [allow("cloudtrail:*", "*")],
    "trails-tell": [allow(["cloudtrail:GetTrailStatus", "cloudtrail:DescribeTrails"], "*")],
    "keys-all": [allow("KMS:*", "*")],
    "people-all": [allow("iam:*", "*")],
    "switch-all": [allow("sts:*", "*")],
    "pass-all": [allow("iam:PassRole", "*")],
    "all-but-people": [{"Effect": "Allow", "NotAction": ["iam:*", "kms:*", "cloudtrail:*", "sts:*"], "Resource": "*"}],
}


class Role(NamedTuple):
    name: str
    trusts: dict
    holds: tuple[str, ...] = ()
    used: int | None = 1  # days ago
    conditions: dict | None = None
    action: str = "sts:AssumeRole"


def service(name):
    return {"Service": f"{name}.amazonaws.com"}


def account(number):
    return {"AWS": f"arn:aws:iam::{number}:root"}


OURSELVES = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
GITHUB = "token.actions.githubusercontent.com"
GITHUB_PROVIDER = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"}
OFFICE_PROVIDER = {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/office"}
WEB, SAML = "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"
AUDIENCE = {f"{GITHUB}:aud": "sts.amazonaws.com"}
OUR_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "{organization}"}}  # seed.py puts its id in


ROLES = [
    Role("storefront-web", service("ec2"), ("catalogue-read", "inline:assets-write")),
    Role("image-resizer", service("lambda"), ("inline:assets-write", "aws:service-role/AWSLambdaBasicExecutionRole")),
    Role("cloudtrail-to-logs", service("cloudtrail"), ("inline:deliver-logs",)),
    Role("flow-logs-to-logs", service("vpc-flow-logs"), ("inline:deliver-logs",), 1, OURSELVES),
    Role("warehouse-etl", service("glue"), ("warehouse-read", "aws:service-role/AWSGlueServiceRole")),
    Role("support-desk", {"AWS": "arn:aws:iam::123456789012:root"}, ("aws:AWSSupportAccess",)),
    Role(
        "external-auditor",
        {"AWS": "arn:aws:iam::210987654321:root"},
        ("aws:SecurityAudit",),
        62,
        {"StringEquals": {"sts:ExternalId": "ledgerworks-7731"}},
    ),
    Role("nightly-batch", service("ec2"), ("legacy-everything",)),
    Role("warehouse-robots", service("iot"), ("inline:night-shift",), 3),
    Role(
        "break-glass",
        {"AWS": "arn:aws:iam::123456789012:root"},
        ("aws:AdministratorAccess",),
        None,
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    ),
    # Sound.
    Role("catalogue-sharing", {"AWS": "*"}, ("catalogue-read",), 2, OUR_ORGANIZATION),
    Role("finance-reading", account(ACCOUNT), ("aws:ReadOnlyAccess",), 12),
    Role("storefront-ci", GITHUB_PROVIDER, ("storefront-deploy",), 0,
         {"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": "repo:marlow-finch/storefront:*"}}, WEB),
    Role("office-support", OFFICE_PROVIDER, ("aws:AWSSupportAccess",), 3,
         {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}, SAML),
    Role("catalogue-build", service("codebuild"), ("inline:deliver-logs",), 1, OURSELVES),
    Role("trail-watcher", service("lambda"), ("inline:trails-tell",), 1),
    Role("stack-builder", service("cloudformation"), ("catalogue-read",), 40),
    # Wrong trust.
    Role("open-reading-club", {"AWS": "*"}, ("catalogue-read",), 70, {"StringEquals": {"sts:ExternalId": "books"}}),
    Role("print-on-demand", account("310987654321"), ("catalogue-read",), 5),
    Role("group-reporting", account("410987654321"), ("aws:ReadOnlyAccess",), 30,
         {"StringEquals": {"sts:ExternalId": "marlow-2020"}}),
    Role("catalogue-ci", GITHUB_PROVIDER, ("catalogue-read",), 9, {"StringEquals": AUDIENCE}, WEB),
    Role("office-reading", OFFICE_PROVIDER, ("catalogue-read",), 3, None, SAML),
    # Wrong rights.
    Role("trail-janitor", service("lambda"), ("inline:trails-all",), 90),
    Role("key-rotator", service("lambda"), ("inline:keys-all",), 90),
    Role("people-sync", service("lambda"), ("inline:people-all",), 90),
    Role("shift-switcher", service("lambda"), ("inline:switch-all",), 90),
    Role("function-factory", service("lambda"), ("inline:pass-all",), 90),
    Role("test-runner", service("lambda"), ("inline:all-but-people",), 90),
]  # fmt: skip

# --------------------------------------------------------------------------------------- what runs under these roles

INSTANCES = [  # name, region, VPC, security group, role, what its metadata service asks for
    ("storefront", HOME, "production", "web", "storefront-web", "required"),
    ("batch", HOME, "staging", "mail-relay", "nightly-batch", "optional"),
]
DATABASES = [("orders", HOME, True), ("returns", HOME, False)]  # name, region, encrypted
FUNCTIONS = [("resize-covers", HOME, "image-resizer"), ("watch-trail", HOME, "trail-watcher")]  # name, region, role
STACKS = [("catalogue", HOME, "stack-builder"), ("till", DUBLIN, None)]
PROJECTS = [("catalogue", HOME, "catalogue-build")]

# Grants on the trails' keys: key, role, operations, encryption context. The Sydney developers' dashboard reads its logs.
GRANTS = [("sydney-trail", "warehouse-etl", ["Decrypt"], {"aws:cloudtrail:arn": f"arn:aws:cloudtrail:{SYDNEY}:{ACCOUNT}:trail/sydney-writes"})]

# The account is its organisation's management account: the organisation's policies do not apply to it.
GUARDRAILS = {"stay-in-organisation": [{"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}]}

# Half of a policy: four settings are right, four are what somebody thought would do in 2017.
PASSWORD_POLICY = {
    "MinimumPasswordLength": 8,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "RequireNumbers": True,
    "RequireSymbols": False,
    "AllowUsersToChangePassword": True,
    "PasswordReusePrevention": 5,
}  # no MaxPasswordAge: passwords live for ever

# The root user of 2017: its key still runs the DNS script on a laptop in the office, and there is no MFA.
ROOT = {"created": 3200, "used": 9, "mfa": False, "keys": [Key(3100, 16)]}

# ------------------------------------------------------------------------------------------------------------- trails

TRAIL_BUCKET = "marlow-finch-cloudtrail"
IRISH_BUCKET = "marlow-finch-old-logs"
SYDNEY_BUCKET = "marlow-finch-sydney-trail"
ACCESS_LOG_BUCKET = "marlow-finch-access-logs"

TRAILS = [
    {  # all as it should be
        "name": "company-trail", "region": HOME, "bucket": TRAIL_BUCKET, "key": "trail", "log_group": "/cloudtrail/company",
        "multi_region": True, "validated": True, "logging": True,
    },
    {  # set up by hand for Dublin in 2018 and forgotten: one region, nothing proven, stopped
        "name": "ireland-legacy", "region": DUBLIN, "bucket": IRISH_BUCKET, "key": None, "log_group": None,
        "multi_region": False, "validated": False, "logging": False,
    },
    {  # the Sydney developers' own: it records writes only, and its last delivery was refused
        "name": "sydney-writes", "region": SYDNEY, "bucket": SYDNEY_BUCKET, "key": "sydney-trail",
        "log_group": "/cloudtrail/sydney", "multi_region": False, "validated": True, "logging": True,
        "selectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": []}],
        "delivery_error": "AccessDenied",
    },
]  # fmt: skip

# Each trail's key: does it rotate, does CloudTrail need the trail's encryption context to use it, is it open to everyone, and
# which roles alone may decrypt with it (without a list, whomever IAM policies let)?
KEYS = {
    "trail": {"region": HOME, "rotates": True, "context": True, "open": False, "decrypters": ["break-glass"]},
    "logs": {"region": HOME, "rotates": True, "context": False, "open": False},
    "sydney-trail": {"region": SYDNEY, "rotates": False, "context": False, "open": True},
}

# What the account leaves to IAM policies where a key lists its decrypters.
KEY_ADMINISTRATION = [
    f"kms:{verb}*"
    for verb in "Cancel Create Delete Describe Disable Enable Get List Put Revoke Schedule Tag Untag Update".split()
]

LOG_GROUPS = [  # name, region, key
    ("/cloudtrail/company", HOME, "logs"),
    ("/cloudtrail/sydney", SYDNEY, None),
    ("/vpc/production", HOME, "logs"),
    ("/vpc/staging", HOME, None),
    ("/storefront/web", HOME, None),
]

# Every other bucket of the shop; only those that hold trails are Parapet's business in this practice.
OTHER_BUCKETS = {
    "marlow-finch-storefront": HOME,
    "marlow-finch-catalogue": HOME,
    "marlow-finch-invoices": HOME,
    "marlow-finch-terraform-state": HOME,
    "marlow-finch-backups": HOME,
    "marlow-finch-flow-logs": DUBLIN,
    "marlow-finch-dublin-orders": DUBLIN,
    "marlow-finch-dublin-returns": DUBLIN,
    "marlow-finch-sydney-orders": SYDNEY,
    "marlow-finch-sydney-notebooks": SYDNEY,
}

# ----------------------------------------------------------------------------------------------------------- networks

# A flow log's destination: a log group, "s3" for the flow log bucket, or a log group that is not there.
VPCS = [  # name, region, CIDR, (traffic, destination) or None
    ("production", HOME, "10.10.0.0/16", ("ALL", "/vpc/production")),
    ("staging", HOME, "10.20.0.0/16", ("REJECT", "/vpc/staging")),
    ("sandbox", HOME, "10.30.0.0/16", None),
    ("dublin", DUBLIN, "10.40.0.0/16", ("ALL", "s3")),
    ("sydney", SYDNEY, "10.50.0.0/16", ("ALL", "/vpc/deleted-last-year")),
]

WORLD, WORLD6 = "0.0.0.0/0", "::/0"
OFFICE = "203.0.113.0/24"

PREFIX_LISTS = [  # name, region, family, entries
    ("offices", HOME, "IPv4", ["203.0.113.0/24", "198.51.100.16/28"]),
    ("partners", HOME, "IPv4", ["192.0.2.0/24", WORLD]),  # somebody needed it to work that evening
]

# Rules: (protocol, from, to, source); a source is a CIDR, `group:NAME` or `list:NAME`. "-1" is every protocol.
SECURITY_GROUPS = [
    # Sound.
    ("web", "production", "Public web", [("tcp", 443, 443, WORLD), ("tcp", 443, 443, WORLD6), ("tcp", 80, 80, WORLD)]),
    ("app", "production", "Behind the load balancer", [("tcp", 8080, 8080, "group:web")]),
    ("database", "production", "Orders", [("tcp", 5432, 5432, "group:app")]),
    ("cache", "production", "Sessions", [("tcp", 6379, 6379, "group:app")]),
    ("bastion", "production", "SSH from the offices", [("tcp", 22, 22, "list:offices")]),
    ("dublin-app", "dublin", "Dublin application", [("tcp", 8443, 8443, "10.40.0.0/16")]),
    ("dublin-bastion", "dublin", "SSH from the office", [("tcp", 22, 22, OFFICE)]),
    ("sydney-app", "sydney", "Sydney application", [("tcp", 8443, 8443, "10.50.0.0/16")]),
    ("sydney-ping", "sydney", "Answers pings", [("icmp", 8, -1, WORLD)]),
    # Wrong.
    ("build-agents", "staging", "CI workers", [("tcp", 22, 22, WORLD)]),
    ("till-terminals", "dublin", "Windows tills", [("tcp", 3389, 3389, WORLD6)]),
    ("reporting", "staging", "Reporting database", [("tcp", 3306, 3306, "0.0.0.0/1"), ("tcp", 3306, 3306, "128.0.0.0/1")]),
    ("partner-sftp", "production", "Publishers send catalogues", [("tcp", 22, 22, "list:partners")]),
    ("sandbox-anything", "sandbox", "Try things", [("-1", None, None, WORLD)]),
    ("legacy-range", "sandbox", "Copied from a forum", [("tcp", 0, 65535, WORLD)]),
    ("recommendations", "sydney", "MongoDB of the recommender", [("tcp", 27017, 27019, WORLD)]),
    ("queue-cache", "sydney", "Redis for the queue", [("tcp", 6379, 6379, WORLD), ("tcp", 11211, 11211, OFFICE)]),
    ("mail-relay", "staging", "Order mails", [("tcp", 25, 25, WORLD), ("tcp", 587, 587, WORLD)]),
    ("search", "staging", "Search cluster", [("tcp", 9200, 9300, WORLD)]),
    ("dublin-ftp", "dublin", "Scanner uploads", [("tcp", 20, 21, WORLD)]),
]  # fmt: skip

# A VPC's default group lets its members talk to each other, and out, until somebody takes those rules away.
DEFAULT_GROUPS_EMPTIED = ["production", "dublin"]
DEFAULT_GROUPS_IN_USE = {"sandbox": [("tcp", 22, 22, OFFICE)]}

# Entries: (number, protocol, ports or None, CIDR, action). AWS reads them by number; the first that fits decides.
NETWORK_ACLS = [
    ("production-private", "production", [
        (90, "6", (22, 22), WORLD, "deny"), (91, "6", (3389, 3389), WORLD, "deny"), (100, "6", (443, 443), WORLD, "allow"),
        (110, "6", (1024, 3388), WORLD, "allow"), (120, "-1", None, "10.10.0.0/16", "allow")]),
    ("staging-remote", "staging", [(100, "6", (22, 22), WORLD, "allow"), (110, "6", (3389, 3389), WORLD6, "allow")]),
    ("sandbox-open", "sandbox", [(100, "-1", None, WORLD, "allow")]),
]  # fmt: skip
