"""A run of a CI signs in with the token of its issuer (OpenID Connect), and no secret is stored anywhere.

What a token says counts only after its signature: until then it chooses no more than which published key is looked at.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import jwt

from lamplighter.domain.errors import LampError, NotAllowed, Unauthenticated
from lamplighter.domain.pipeline import Pipeline, claim_text
from lamplighter.lifecycle.issuers import usable
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tokens import Secret, issue_for_pipeline

#: Signatures with a private key. Anything else, such as none or a shared secret, proves nothing.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
#: Characters of a token at most, and seconds by which clocks may differ.
LARGEST, _LEEWAY = 16_384, 30


def sign_in(kit: Kit, token: str) -> Secret:
    """A token of ours for the token of a run; raises `Unauthenticated` for one that proves nothing, `NotAllowed` for a run
    that is not trusted, and `Unavailable` where the issuer cannot be asked for its keys."""
    head, claims = _unproven(token)
    declared = [one for one in kit.settings.pipelines if one.issuer == claims.get("iss")]
    if not declared:
        raise NotAllowed(
            "No pipeline of this issuer is trusted.",
            why="The configuration of the platform declares none.",
            fix="Declare it under [[pipelines]] in config.toml, see docs/pipelines.md.",
            code="E1313",
        )
    if head.get("alg") not in ALGORITHMS:
        raise _worthless("It is not signed with a private key of its issuer, by an algorithm that is taken.", code="E1318")
    proven = _proven(kit, token, head, declared)
    chosen = _chosen(declared, proven)
    account = chosen.account_of(proven)
    if not account:
        raise _foreign(f"Nobody is named for what its claim {chosen.by} says.", f"Add them to people of {chosen.name}.")
    label = f"{chosen.name} {_printable(proven)}".strip()
    return issue_for_pipeline(kit, account, label, chosen.permissions, chosen.minutes)


def _unproven(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    try:
        if len(token) > LARGEST:
            raise jwt.InvalidTokenError
        found = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise _worthless("It is no JSON Web Token.", code="E1314") from None
    return found["header"], found["payload"]


def _proven(kit: Kit, token: str, head: Mapping[str, Any], declared: Sequence[Pipeline]) -> Mapping[str, Any]:
    """The claims, once signature, audience and times are found right."""
    audiences = list(dict.fromkeys(one.audience for one in declared))
    key = _key(kit.issuers.key(declared[0].issuer, str(head.get("kid", ""))), str(head["alg"]))
    try:
        proven: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[str(head["alg"])],
            audience=audiences,
            issuer=declared[0].issuer,
            leeway=_LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.ExpiredSignatureError:
        raise _worthless("It is too old.", code="E1315") from None
    except jwt.InvalidAudienceError:
        raise _worthless("It is meant for somebody else: its audience is not that of this platform.", code="E1316") from None
    except (jwt.PyJWTError, ValueError) as error:
        raise _worthless(f"Its proof does not hold ({type(error).__name__}).", code="E1314") from None
    return proven


def _key(published: Mapping[str, Any], algorithm: str) -> jwt.PyJWK:
    try:
        return usable(published, algorithm)
    except jwt.InvalidKeyError:
        raise _worthless("The key that it names is not for such signatures.", code="E1318") from None


def _chosen(declared: Sequence[Pipeline], proven: Mapping[str, Any]) -> Pipeline:
    """The first pipeline that the run is one of."""
    heard = proven["aud"] if isinstance(proven["aud"], list) else [proven["aud"]]
    meant = [one for one in declared if one.audience in heard]
    misfits = [(one, one.misfits(proven)) for one in meant]
    fitting = next((one for one, names in misfits if not names), None)
    if fitting is not None:
        return fitting
    nearest, names = min(misfits, key=lambda pair: len(pair[1]))
    claims = f"claim {names[0]} is" if len(names) == 1 else f"claims {', '.join(names)} are"
    raise _foreign(f"Its {claims} not what the pipeline {nearest.name} asks for.", "Compare [[pipelines]] with the run.")


def _printable(proven: Mapping[str, Any]) -> str:
    """Which run it was, for the record."""
    words = [claim_text(proven.get(name)) for name in ("sub", "run_id", "pipeline_id", "actor", "user_login")]
    text = " ".join(word for word in words if word)
    return "".join(letter for letter in text if letter.isprintable())[:300]


def _worthless(why: str, *, code: str) -> LampError:
    fix = "Let the job ask its CI for a new token with the audience that config.toml names, see docs/pipelines.md."
    return Unauthenticated("The token of the pipeline is not valid.", why=why, fix=fix, code=code)


def _foreign(why: str, fix: str) -> LampError:
    return NotAllowed("This pipeline is not trusted.", why=why, fix=fix, code="E1317")
