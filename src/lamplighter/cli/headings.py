"""The table of everything `lamp` can do. Help needs nothing but this table and click."""

from collections.abc import Mapping
from typing import NamedTuple


class Entry(NamedTuple):
    """One line of `lamp --help`."""

    #: File of this folder that holds the command.
    module: str
    #: What follows the name: arguments, or the verbs of a noun.
    form: str
    #: What it does.
    says: str


#: Every command under its heading, in the order of the help.
HEADINGS: Mapping[str, Mapping[str, Entry]] = {
    "START": {
        "demo": Entry("start", "[--once] [--reset]", "the whole platform, real data, a model to break"),
        "up": Entry("start", "[--foreground]", "run the platform on this machine"),
        "down": Entry("start", "", "stop the platform on this machine"),
        "login": Entry("signing_in", "[URL]", "sign in to a platform, in the browser"),
        "logout": Entry("signing_in", "", "forget the token"),
        "whoami": Entry("signing_in", "", "who you are, and where"),
        "init": Entry("start", "[--yes]", "write lamp.toml; at most 5 questions"),
    },
    "DAILY": {
        "check": Entry("daily", "[PATH]", "build, pack and judge a model here; no platform"),
        "plan": Entry("planning", "[DIR] [--out FILE]", "what every lamp.toml below would change"),
        "apply": Entry("planning", "[DIR|FILE]", "save lamp.toml, all below, or a plan; all or none"),
        "deploy": Entry("traffic", "[PATH|REF] [--env E]", "bring a version into an environment"),
        "ci": Entry("ci", "check|deploy", "all projects of a repository, in a pipeline"),
        "adopt": Entry("adopting", "NAME --reference FILE ...", "take on a model that runs elsewhere"),
        "import": Entry("importing", "mlflow", "bring in the models of an MLflow server"),
        "status": Entry("daily", "[REF]", "how a model is; exit 8 if it is failing"),
        "list": Entry("daily", "[--needs me]", "all models, those that need somebody first"),
        "try": Entry("daily", "REF [FILE|-]", "score a row or a file; no file = a sample row"),
        "score": Entry("daily", "REF IN OUT [--resume]", "score a table of any size, in pieces"),
        "promote": Entry("traffic", "REF --to ENV", "bring what is live one environment further"),
        "shadow": Entry("traffic", "REF --env E", "let a version score along without answering"),
        "rollback": Entry("traffic", "REF [--to V]", "all traffic to the version before"),
        "switch": Entry("switching", "off|on", "let a model answer nobody for now"),
        "open": Entry("daily", "[REF]", "the page, in the browser"),
        "explain": Entry("daily", "CODE", "what an error code means; offline"),
    },
    "OWNERSHIP": {
        "who": Entry("ownership", "REF", "who should deploy this model, and why"),
        "owners": Entry("ownership", "show|load", "who holds which duty, and how much that is"),
        "handover": Entry("handovers", "start|list|show|ask|drill|accept|refuse|return", "give a model to another team"),
    },
    "PEOPLE": {
        "approvals": Entry("approvals", "list|tier|review|show|approve|refuse", "what waits for people's word"),
        "uat": Entry(
            "uat", "show|judge|begin|answer|results|invite|invitations|revoke", "cases that the business answers first"
        ),
        "consumers": Entry("consumers", "list|versions|show|add|close|token|consent|refuse", "the applications that call"),
        "users": Entry("people", "list|add|link|unbind", "who can sign in"),
        "teams": Entry("people", "list|set", "people who share duties"),
        "tokens": Entry("people", "issue|list|revoke", "secrets for programs and terminals"),
    },
    "GOVERNANCE": {
        "policy": Entry("policy", "show|versions|change|diff|simulate|set", "the rule book, and what another would do"),
        "validate": Entry("validation", "find|list|show|answer|close|return|conclude", "what outsiders find of a model"),
        "spot-check": Entry("spot_checks", "list|show|judge|lift|recount", "what went live without a word, checked"),
        "waiver": Entry("waivers", "give|list|show|end", "what a gate says and somebody takes on"),
    },
    "RUNNING": {
        "rollout": Entry("rollouts", "list|show|pause|resume|stop", "versions on their way"),
        "monitor": Entry("running", "show|notebook|why|health|digest|recount", "figures, limits, and why it got worse"),
        "nodes": Entry("nodes", "list|show|token|revoke|forget|run", "machines that serve the environments"),
        "serve": Entry("serving", "FILE --callers DIR", "one pinned version, for another platform"),
        "feeds": Entry("feeds", "list|show|push", "the sources that models live on"),
        "affected": Entry("lineage", "TABLE[.COLUMN]", "the models that a change of data reaches"),
        "vulnerabilities": Entry("vulnerabilities", "[REF]", "what is known of the packages of versions"),
        "predictions": Entry("predictions", "push|rows", "what was answered; rows out of it"),
        "labels": Entry("running", "push|status", "what really happened"),
        "alerts": Entry("alerts", "list", "alerts that another monitoring system brings"),
        "incident": Entry("incidents", "list|show|ack|resolve|snooze|assign|note|notebook", "what is wrong, and who has it"),
        "drill": Entry("drills", "outage", "practise what is declared for bad days"),
    },
    "MANAGEMENT": {
        "retrain": Entry("management", "REF", "ask for a training"),
        "retraining": Entry("management", "show|rows", "what sets off the next training, and its rows"),
        "quarantine": Entry("quarantine", "add|list|lift", "spans whose rows no training is given"),
        "retune": Entry("retuning", "REF --threshold T --reason R", "another threshold, and what it turns"),
        "recalibrate": Entry("recalibration", "REF --reason R [--show]", "calibrate scores on what came true"),
        "jobs": Entry("jobs", "list|show|run|fix", "tables that are scored on a schedule"),
        "extend": Entry("extending", "REF --days N --reason R", "let a live version answer for longer"),
        "retire": Entry("retiring", "start|list|show|consent|refuse|approve|finish|cancel|revive", "take a model out of use"),
        "compare": Entry("comparing", "MODEL [REF]... [--env E]", "versions side by side, on the same rows"),
        "challenge": Entry("management", "start|show|decide|export", "select between two versions on the same rows"),
    },
    "RECORD": {
        "audit": Entry("record", "log|at|export|verify", "who did what; what was live when"),
        "report": Entry("reporting", "[--since 30d] [--waiting]", "how versions reach production; who is waited for"),
        "card": Entry("card", "show|export", "the model file of a version, signed"),
        "bom": Entry("bom", "REF [--out FILE]", "what a version is made of, as CycloneDX"),
        "pull": Entry("pulling", "REF [DIR]", "a version as a folder, checked offline"),
        "reproduce": Entry("reproducing", "REF", "make a version again, and compare"),
        "export": Entry("exporting", "TOOL|inventory [--out DIR]", "files for prometheus, a cluster, a CI; all models"),
    },
    "ADMIN": {
        "env": Entry("admin", "list|add", "the environments"),
        "admin": Entry("upkeep", "backup|restore|gc|advisories", "copies of all of it, and what others know"),
        "notify": Entry("notify", "secret|test", "whether messages arrive, and are ours"),
        "key": Entry("keys", "new|list|trust|distrust", "who may bring models that run code"),
        "doctor": Entry("admin", "", "what is wrong with this machine, and the fix"),
        "completion": Entry("admin", "bash|zsh|fish", "completion for your shell"),
        "help": Entry("admin", "[TOPIC]", "topics: exit-codes, refs, env, words"),
    },
}
