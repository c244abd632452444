"""The applications that call models, as the terminal shows them."""

import pytest
from tests.cli.commands import told
from tests.cli.memory import Memory

SHOWN = {
    ("list",): (
        "2 applications with an account.\n"
        "  CONSUMER   OWNER            ACCOUNT  MODELS\n"
        "  gate-desk  bea@example.com  open     late-flights\n"
        "  old        @it-ops          closed   any\n"
        "Next: lamp consumers add NAME --owner PERSON\n"
    ),
    ("list", "late-flights"): (
        "3 consumers of late-flights: 1 unknown, 1 silent.\n"
        "  CONSUMER   OWNER            KNOWN AS    REQUESTS  LAST (CET)     LAST DAY\n"
        "  gate-desk  bea@example.com  declared      12,345  2026-03-03     0.25% failed,\n"
        "                                                    14:32          p95 2.5 ms, 4\n"
        "                                                                   refused, v8\n"
        "                                                                   fails\n"
        "  nightly    @it-ops          registered         0  never          no request\n"
        "  scraper    nobody           unknown            7  2026-03-03     no request\n"
        "                                                    14:32\n"
        "Next: lamp consumers show late-flights\n"
        "http://127.0.0.1:7070/m/late-flights#consumers\n"
    ),
    ("versions", "late-flights"): (
        "Fails on one version only: gate-desk on v8.\n"
        "  CONSUMER   VERSION         PART        ASKED  FAILED     P95\n"
        "  gate-desk  late-flights@7  champion    1,200   0.00%  2.5 ms\n"
        "  gate-desk  late-flights@8  challenger     40  25.00%    5 ms\n"
        "Next: lamp consumers list late-flights\n"
        "http://127.0.0.1:7070/m/late-flights/monitor#service\n"
    ),
    ("show", "late-flights@8"): (
        "late-flights@8 breaks gate-desk.\n"
        "  CONSUMER   CONTRACT                 REPLAY                    CONSENT\n"
        "  gate-desk  ! output was late, is    100 requests, 0 fail,     none of\n"
        "             risk                     flips 3 up, 1 down of     bea@example.com\n"
        "                                      200, scores ±0.012\n"
        "  nightly    no difference            no request                given by\n"
        "                                                                bea@example.com\n"
        "Next: lamp consumers consent late-flights@8 gate-desk\n"
        "http://127.0.0.1:7070/m/late-flights/v/8#consumers\n"
    ),
}


@pytest.mark.parametrize("words", SHOWN, ids=" ".join)
def test_the_pages(words: tuple[str, ...]) -> None:
    assert told(Memory(), "consumers", *words).out == SHOWN[words]


def test_a_token_stands_alone_on_stdout() -> None:
    platform = Memory()
    outcome = told(platform, "consumers", "token", "gate-desk", "--model", "late-flights", "--env", "prod", "--days", "7")
    assert outcome.out == "lmp_app_once\n"
    assert outcome.err.startswith("A token of gate-desk for late-flights in prod, good until ")
    assert platform.deeds == [("issue_consumer_token", "gate-desk", "late-flights", "prod", 7)]


def test_an_account_is_opened_and_closed() -> None:
    platform = Memory()
    added = told(platform, "consumers", "add", "gate-desk", "--owner", "@it-ops", "--models", "late-flights")
    assert added.out.startswith("✓ gate-desk belongs to @it-ops and may call late-flights.\n")
    assert told(platform, "consumers", "close", "gate-desk").code == 2
    assert told(platform, "consumers", "close", "gate-desk", "--yes").code == 0
    assert platform.deeds == [
        ("save_consumer", "gate-desk", "@it-ops", ("late-flights",), True),
        ("save_consumer", "gate-desk", "bea@example.com", ("late-flights",), False),
    ]


def test_the_owner_gives_a_word() -> None:
    platform = Memory()
    given = told(platform, "consumers", "consent", "late-flights@8", "gate-desk", "--env", "prod")
    assert given.out.startswith("✓ bea@example.com accepts late-flights@8 for gate-desk in prod.\n")
    refused = told(platform, "consumers", "refuse", "late-flights@8", "gate-desk", "--reason", "No.", "--env", "prod")
    assert refused.out.startswith("✓ bea@example.com refuses late-flights@8 for gate-desk in prod.\n")
    assert platform.deeds == [
        ("consent", "late-flights@8", "gate-desk", True, "prod", ""),
        ("consent", "late-flights@8", "gate-desk", False, "prod", "No."),
    ]
