"""What the properties of error bodies mean by their names, and enumerated codes.

Names are compared without case and punctuation: `request_id` is `requestid` here.
"""

import re
from collections.abc import Iterable, Sequence

from .domain import Field
from .error_fillings import By, Filling, Fixed, Said
from .names import words


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TYPE = _names("type typeuri problemtype")
TEXT = _names("""
    message msg detail details description errordescription errormessage errormsg
    statusmessage usermessage developermessage localizedmessage reason text explanation
    """)
TITLE = _names("title summary statustext")
STATUS = _names("status statuscode httpstatus httpstatuscode httpcode responsecode")
CODE = _names("""
    code errorcode errcode errorkey key errortype errorname name slug kind category
    """)
REQUEST = _names("""
    requestid reqid xrequestid traceid correlationid debugid id errorid incidentid
    trackingid logid
    """)
TIME = _names("timestamp time datetime date occurredat createdat")
PATH = _names("path requestpath instance uri requesturi url endpoint")
METHOD = _names("method httpmethod requestmethod")
LISTS = _names("""
    error errors detail details fields message messages violations fieldviolations
    issues causes problems warnings invalidparams invalidparameters validationerrors
    fielderrors errordetails body
    """)
UNTRUE = _names("success succeeded issuccess ok")
TRUE = _names("error iserror failed failure")

# Of one broken rule.
FIELD = _names("""
    field fieldname property propertyname param parameter attribute name path key target
    element item location
    """)
POINTER = _names("pointer jsonpointer instancepath datapath")
PLACE = _names("in place location locationtype source")
STEPS = _names("loc location path")
RULE = _names("type rule constraint keyword issue")

_CODE_LIKE = re.compile(r"[A-Za-z][A-Za-z0-9]*([_.-][A-Za-z0-9]+)+|[A-Z][A-Z0-9_]+")
_FAILURES = _names("error fail failure failed")

# The machine codes of the platform by status, and how others call the same.
STATUSES = {
    400: ("malformed_request", "badrequest malformedrequest malformed invalidjson "
          "parseerror invalidrequest invalidargument invalidinput invalid"),
    401: ("unauthorized", "unauthorized unauthenticated authenticationrequired "
          "authenticationfailed authenticationerror authrequired notauthenticated "
          "invalidtoken invalidcredentials notsignedin notloggedin loginrequired"),
    402: ("payment_required", "paymentrequired paymentfailed paymentdeclined"),
    403: ("forbidden", "forbidden accessdenied permissiondenied notallowed "
          "insufficientpermissions notauthorized"),
    404: ("not_found", "notfound missing doesnotexist unknownresource nosuch"),
    405: ("method_not_allowed", "methodnotallowed"),
    409: ("conflict", "conflict alreadyexists duplicate exists taken"),
    412: ("precondition_failed", "preconditionfailed conditionnotmet etagmismatch "
          "versionmismatch versionconflict staleversion stale"),
    413: ("payload_too_large", "payloadtoolarge contenttoolarge requesttoolarge "
          "entitytoolarge toolarge"),
    415: ("unsupported_media_type", "unsupportedmediatype unsupportedcontenttype"),
    422: ("validation_failed", "validationfailed validationerror unprocessablecontent "
          "unprocessableentity unprocessable validation invalidinput invalidargument "
          "invalidparameter invalidrequest invalid badrequest"),
    429: ("too_many_requests", "toomanyrequests ratelimited ratelimitexceeded "
          "ratelimit throttled"),
    500: ("internal_error", "internalerror internalservererror servererror internal "
          "unexpectederror unexpected unknownerror"),
    501: ("not_implemented", "notimplemented unimplemented"),
    502: ("bad_gateway", "badgateway upstreamerror"),
    503: ("unavailable", "serviceunavailable temporarilyunavailable unavailable"),
    504: ("upstream_timeout", "gatewaytimeout upstreamtimeout deadlineexceeded "
          "timeout"),
}  # fmt: skip
_ANY_CLIENT = "badrequest invalidrequest clienterror requesterror fail failed failure"
_ANY_SERVER = STATUSES[500][1]
_ANY = "error unknown other general generic unspecified unknownerror failure failed"


def plain(name: str) -> str:
    """A name as the tables above have it."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def said(field: Field, beside: frozenset[str], by: By) -> Filling | None:
    """What a text property says, by its name and by the names beside it.

    `beside` are the plain names of the object's properties.
    """
    name = plain(field.wire)
    found = _of_a_rule(name) if by == "field" else None
    return found or _of_an_error(field, name, beside)


def _of_a_rule(name: str) -> Said | None:
    meanings = {
        "pointer": POINTER,
        "place": PLACE - FIELD,
        "name": FIELD,
        "message": TEXT | {"error"},
        "code": CODE | RULE,
    }
    what = next((what for what, known in meanings.items() if name in known), None)
    return Said("field", what) if what else None


def _of_an_error(field: Field, name: str, beside: frozenset[str]) -> Filling | None:
    example = field.example if isinstance(field.example, str) else ""
    looks_like_code = bool(_CODE_LIKE.fullmatch(example))
    code = Said("report", "upper_code" if example.isupper() else "code")
    if name == "error" and beside & TEXT - {name}:
        is_code = looks_like_code or "errordescription" in beside
        return code if is_code else Said("report", "title")
    if name in STATUS:
        if example.lower() in _FAILURES:
            return Fixed(example)
        return code if looks_like_code else Said("report", "status_text")
    if name in CODE | TYPE:
        has_status = re.fullmatch(r"[45]\d\d", example)
        return Said("report", "status_text") if has_status else code
    meanings = {
        "text": TEXT | {"error"},
        "title": TITLE,
        "request_id": REQUEST,
        "time_text": TIME,
        "path": PATH,
        "method": METHOD,
    }
    what = next((what for what, known in meanings.items() if name in known), None)
    return Said("report", what) if what else None


def members_by_code(
    values: Sequence[str], statuses: Iterable[int]
) -> tuple[dict[str, str], str | None]:
    """Which of some enumerated codes says what a machine code says.

    Gives the members by machine code, and the one for every other code: None where
    there is none and some status is without a member.
    """
    by_code = {"_".join(words(value)): value for value in values}
    missing = False
    for status in statuses:
        code, called = STATUSES[status]
        found = _first(values, called) or _first(
            values, _ANY_CLIENT if status < 500 else _ANY_SERVER
        )
        if found is not None:
            by_code.setdefault(code, found)
        missing = missing or code not in by_code
    general = _first(values, _ANY)
    if general is None and not missing:
        general = _first(values, _ANY_SERVER) or next(iter(by_code.values()))
    by_code.pop("", None)
    return by_code, general


def is_general(value: str) -> bool:
    """Whether a code says no more than that something is wrong."""
    return _first([value], _ANY) is not None


def _first(values: Sequence[str], called: str) -> str | None:
    """The value with the first of these names, else one that holds such a name."""
    known = {plain(value): value for value in reversed(values)}
    exact = next((known[name] for name in called.split() if name in known), None)
    if exact is not None:
        return exact
    for name in called.split():
        if len(name) >= 7:
            holding = next((v for key, v in known.items() if name in key), None)
            if holding is not None:
                return holding
    return None
