"""Error bodies of a contract: what fills them, and what nothing can fill."""

from pathlib import Path
from typing import Any

import pytest

from groundplan.error_bodies import understand_errors
from groundplan.error_fillings import (
    ByField,
    Chosen,
    Each,
    Empty,
    Fixed,
    Made,
    Messages,
    Said,
    points,
    tells,
)
from groundplan.infer import infer

from .error_contracts import TEXT, WHOLE, filled, read, reason, responses, thing
from .projects import Data, loaded


class TestTexts:
    @pytest.mark.parametrize(
        "name", ["message", "msg", "detail", "error_description", "Reason"]
    )
    def test_a_text_says_what_is_wrong(self, tmp_path: Path, name: str) -> None:
        fields = filled(tmp_path, thing(None, **{name: TEXT}))
        assert [*fields.values()] == [Said("report", "full_text")]

    def test_rules_are_named_in_the_text_where_there_is_no_list(
        self, tmp_path: Path
    ) -> None:
        listed = {"type": "array", "items": TEXT}
        fields = filled(tmp_path, thing(message=TEXT, errors=listed))
        assert fields["message"] == Said("report", "text")
        assert fields["errors"] == Messages(always=False)

    def test_long_texts_are_cut(self, tmp_path: Path) -> None:
        fields = filled(tmp_path, thing(message=TEXT | {"maxLength": 40}))
        assert fields["message"] == Said("report", "full_text", 40)

    @pytest.mark.parametrize(
        "limits", [{"pattern": "^E"}, {"maxLength": 3}, {"minLength": 90}]
    )
    def test_texts_that_may_not_fit_are_not_tried(
        self, tmp_path: Path, limits: Data
    ) -> None:
        assert "`message`" in reason(tmp_path, thing(message=TEXT | limits))

    def test_an_error_is_text_or_code_by_what_is_beside_it(
        self, tmp_path: Path
    ) -> None:
        alone = filled(tmp_path / "a", thing(error=TEXT))
        assert alone["error"] == Said("report", "full_text")
        titled = filled(tmp_path / "b", thing(error=TEXT, message=TEXT))
        assert titled["error"] == Said("report", "title")
        coded = filled(tmp_path / "c", thing(error=TEXT, error_description=TEXT))
        assert coded["error"] == Said("report", "code")
        shown = TEXT | {"example": "NOT_FOUND"}
        upper = filled(tmp_path / "d", thing(error=shown, message=TEXT))
        assert upper["error"] == Said("report", "upper_code")

    def test_only_a_title_holds_the_text(self, tmp_path: Path) -> None:
        fields = filled(tmp_path, thing(title=TEXT, code=TEXT))
        assert fields["title"] == Said("report", "full_text")


class TestCodes:
    def test_numbers_are_the_status_and_texts_the_code(self, tmp_path: Path) -> None:
        fields = filled(tmp_path, thing(code=WHOLE, error_code=TEXT, message=TEXT))
        assert fields["code"] == Said("report", "status")
        assert fields["error_code"] == Said("report", "code")

    def test_bounds_of_a_status_hold_for_the_response(self, tmp_path: Path) -> None:
        bounded = WHOLE | {"minimum": 400, "maximum": 499}
        schema = thing(["message"], message=TEXT, status=bounded)
        assert "status" in filled(tmp_path / "a", schema, "4XX")
        assert "status" not in filled(tmp_path / "b", schema)

    def test_a_type_is_a_uri_or_a_code(self, tmp_path: Path) -> None:
        uri = TEXT | {"format": "uri"}
        fields = filled(tmp_path / "a", thing(type=uri, message=TEXT))
        assert fields["type_"] == Fixed("about:blank")
        fields = filled(tmp_path / "b", thing(type=TEXT, message=TEXT))
        assert fields["type_"] == Said("report", "code")

    def test_the_member_that_says_the_same(self, tmp_path: Path) -> None:
        codes = [
            "NOT_FOUND",
            "Validation-Error",
            "auth.required",
            "OUT_OF_STOCK",
            "OTHER",
        ]
        fields = filled(tmp_path, thing(code={"enum": codes}, message=TEXT))
        chosen = fields["code"]
        assert isinstance(chosen, Chosen)
        members = dict(chosen.members)
        assert members["not_found"] == "NOT_FOUND"
        assert members["validation_failed"] == "Validation-Error"
        assert members["unauthorized"] == "auth.required"
        assert members["out_of_stock"] == "OUT_OF_STOCK"
        assert chosen.otherwise == "OTHER"

    def test_no_member_is_guessed(self, tmp_path: Path) -> None:
        schema = thing(code={"enum": ["RED", "BLUE"]}, message=TEXT)
        assert reason(tmp_path, schema) == "no member of `code` fits every error"

    def test_an_only_member_is_true_of_its_own_status(self, tmp_path: Path) -> None:
        schema = thing(code={"enum": ["NUMBER_TAKEN"]}, message=TEXT)
        assert filled(tmp_path / "a", schema, "409")["code"] == Fixed("NUMBER_TAKEN")
        assert "code" in reason(tmp_path / "b", schema)
        general = thing(status={"const": "error"}, message=TEXT)
        assert filled(tmp_path / "c", general)["status"] == Fixed("error")


class TestRequest:
    def test_what_is_known_of_it(self, tmp_path: Path) -> None:
        moment = TEXT | {"format": "date-time"}
        schema = thing(
            message=TEXT, traceId=TEXT, timestamp=moment, path=TEXT, method=TEXT
        )
        fields = filled(tmp_path, schema)
        assert fields["trace_id"] == Said("report", "request_id")
        assert fields["timestamp"] == Said("report", "time")
        assert fields["path"] == Said("report", "path")
        assert fields["method"] == Said("report", "method")

    def test_an_id_is_no_uuid(self, tmp_path: Path) -> None:
        schema = thing(message=TEXT, requestId=TEXT | {"format": "uuid"})
        assert reason(tmp_path, schema) == "nothing says `requestId`"

    def test_flags(self, tmp_path: Path) -> None:
        flag = {"type": "boolean"}
        fields = filled(tmp_path, thing(success=flag, error=flag, message=TEXT))
        assert (fields["success"], fields["error"]) == (Fixed(False), Fixed(True))


class TestLists:
    def test_conduit(self, tmp_path: Path) -> None:
        body = {"type": "array", "items": TEXT}
        errors = filled(tmp_path, thing(errors=thing(body=body)))["errors"]
        assert isinstance(errors, Made)
        assert errors.fields == (("body", Messages(always=True)),)

    def test_an_item_for_each_rule(self, tmp_path: Path) -> None:
        item = thing(field=TEXT, message=TEXT, code=TEXT, pointer=TEXT, location=TEXT)
        listed = {"type": "array", "items": item, "maxItems": 5}
        errors = filled(tmp_path, thing(message=TEXT, errors=listed))["errors"]
        assert isinstance(errors, Each)
        assert (errors.always, errors.limit) == (False, 5)
        assert isinstance(errors.item, Made)
        assert dict(errors.item.fields) == {
            "field": Said("field", "name"),
            "message": Said("field", "message"),
            "code": Said("field", "code"),
            "pointer": Said("field", "pointer"),
            "location": Said("field", "name"),
        }

    def test_an_only_list_tells_of_the_whole_error(self, tmp_path: Path) -> None:
        item = thing(detail=TEXT, status=TEXT, source=thing(pointer=TEXT))
        errors = filled(tmp_path, thing(errors={"type": "array", "items": item}))
        assert isinstance(errors["errors"], Each)
        assert errors["errors"].always

    def test_frameworks_way(self, tmp_path: Path) -> None:
        step = {"anyOf": [TEXT, WHOLE]}
        item = thing(loc={"type": "array", "items": step}, msg=TEXT, type=TEXT)
        detail = filled(tmp_path, thing(detail={"type": "array", "items": item}))
        assert isinstance(detail["detail"], Each)
        assert isinstance(detail["detail"].item, Made)
        assert dict(detail["detail"].item.fields)["loc"] == Said("field", "steps")

    def test_maps_by_field(self, tmp_path: Path) -> None:
        lists = {"additionalProperties": {"type": "array", "items": TEXT}}
        fields = filled(tmp_path / "a", thing(message=TEXT, errors=lists))
        assert fields["errors"] == ByField(lists=True)
        texts = {"type": "object", "additionalProperties": TEXT}
        fields = filled(tmp_path / "b", thing(errors=texts))
        assert fields["errors"] == ByField(lists=False, always=True)

    def test_what_means_nothing_stays_empty(self, tmp_path: Path) -> None:
        listed = {"type": "array", "items": thing(price=WHOLE)}
        schema = thing(
            ["message", "prices", "data"],
            message=TEXT,
            prices=listed,
            data={"type": ["object", "null"], "properties": {"a": TEXT}},
            hints=listed,
        )
        fields = filled(tmp_path, schema)
        assert fields["prices"] == Empty(is_list=True)
        assert fields["data"] == Fixed(None)
        assert "hints" not in fields


class TestShapes:
    def test_wrappers_and_references(self, tmp_path: Path) -> None:
        contract = responses(default={"$ref": "#/components/schemas/Failure"})
        contract["components"]["schemas"] = {
            "Failure": thing(error={"$ref": "#/components/schemas/Inner"}),
            "Inner": {"allOf": [thing(code=TEXT), thing(message=TEXT)]},
        }
        body = read(tmp_path, contract).default
        assert body.name == "Failure"
        assert isinstance(body.filling, Made)
        (error,) = body.filling.fields
        assert error[0] == "error" and isinstance(error[1], Made)
        assert [name for name, _ in error[1].fields] == ["code", "message"]

    def test_an_error_that_holds_errors(self, tmp_path: Path) -> None:
        reference = {"$ref": "#/components/schemas/Failure"}
        contract = responses(default=reference)
        contract["components"]["schemas"]["Failure"] = thing(
            ["message"],
            message=TEXT,
            inner=reference,
            details={"type": "array", "items": reference},
        )
        body = read(tmp_path, contract).default
        assert isinstance(body.filling, Made)
        assert [name for name, _ in body.filling.fields] == ["message"]

    def test_the_first_alternative_that_can_be_filled(self, tmp_path: Path) -> None:
        fields = filled(tmp_path, {"oneOf": [thing(price=WHOLE), thing(message=TEXT)]})
        assert "message" in fields

    def test_a_named_choice(self, tmp_path: Path) -> None:
        reference = {"$ref": "#/components/schemas/Failure"}
        contract = responses(default=thing(error=reference))
        contract["components"]["schemas"]["Failure"] = {
            "oneOf": [thing(price=WHOLE), thing(message=TEXT)]
        }
        (declared,) = read(tmp_path, contract).declared
        assert declared.body and isinstance(declared.body.filling, Made)
        ((name, error),) = declared.body.filling.fields
        assert name == "error" and isinstance(error, Made)
        assert [name for name, _ in error.fields] == ["message"]

    @pytest.mark.parametrize(
        "limits",
        [{"minProperties": 3}, {"maxProperties": 1, "required": []}],
    )
    def test_a_number_of_properties(self, tmp_path: Path, limits: Data) -> None:
        schema = thing(message=TEXT, code=TEXT) | limits
        assert "number of properties" in reason(tmp_path, schema)

    def test_text_is_text(self, tmp_path: Path) -> None:
        contract = responses()
        contract["paths"]["/it"]["get"]["responses"]["default"] = {
            "description": "No.",
            "content": {
                "text/html": {"schema": TEXT},
                "text/plain; charset=utf-8": {"schema": TEXT},
            },
        }
        body = read(tmp_path, contract).default
        assert body.media == "text/plain; charset=utf-8"
        assert body.filling == Said("report", "full_text")

    @pytest.mark.parametrize(
        "media",
        ["text/html", "application/xml", "application/json;\u2028", "text/plain;\n"],
    )
    def test_other_media_are_not_written(self, tmp_path: Path, media: str) -> None:
        contract = responses(default=TEXT)
        content = contract["paths"]["/it"]["get"]["responses"]["default"]["content"]
        content[media] = content.pop("application/json")
        (declared,) = read(tmp_path, contract).declared
        assert declared.reason == f"{media} is not JSON"

    def test_any_json_is_a_problem_document(self, tmp_path: Path) -> None:
        bodies = read(tmp_path, responses(default={}))
        assert bodies.default.media == "application/json"
        assert isinstance(bodies.default.filling, Made)
        assert bodies.default.filling.model == "Problem"

    def test_a_problem_may_say_more_than_is_declared(self, tmp_path: Path) -> None:
        contract = responses(default=thing(type=TEXT, title=TEXT))
        content = contract["paths"]["/it"]["get"]["responses"]["default"]["content"]
        content["application/problem+json"] = content.pop("application/json")
        (declared,) = read(tmp_path / "a", contract).declared
        assert declared.body and isinstance(declared.body.filling, Made)
        assert "code" in dict(declared.body.filling.fields)
        content["application/problem+json"]["schema"]["additionalProperties"] = False
        (declared,) = read(tmp_path / "b", contract).declared
        assert declared.body and isinstance(declared.body.filling, Made)
        assert [*dict(declared.body.filling.fields)] == ["type_", "title"]

    @pytest.mark.parametrize(
        "schema",
        [
            thing(message=TEXT, tenant=TEXT),
            thing(["a"], a=WHOLE),
            thing(["a"], a=TEXT),
            {"type": "integer"},
            {"type": "array", "items": WHOLE},
            False,
        ],
    )
    def test_what_nothing_says_is_not_made_up(
        self, tmp_path: Path, schema: Any
    ) -> None:
        contract = responses(default=schema)
        contract["openapi"] = "3.1.0"
        assert read(tmp_path, contract).declared[0].body is None


class TestService:
    def test_the_body_that_is_declared_most(self, tmp_path: Path) -> None:
        rare, usual = thing(error=TEXT), thing(message=TEXT)
        bodies = read(tmp_path, responses(_400=rare, _404=usual, _409=usual))
        assert bodies.body("getIt", 404) == bodies.default
        assert bodies.body("getIt", 400) != bodies.default
        assert bodies.body("getIt", 503) == bodies.default
        assert bodies.body("nobody", 400) == bodies.default

    def test_the_first_of_those_that_are_declared_as_often(
        self, tmp_path: Path
    ) -> None:
        bodies = read(
            tmp_path, responses(_404=thing(error=TEXT), _400=thing(message=TEXT))
        )
        assert bodies.default == bodies.body("getIt", 404)

    def test_a_body_of_one_status_is_not_for_every_error(self, tmp_path: Path) -> None:
        taken = thing(code={"enum": ["TAKEN"]}, message=TEXT)
        bodies = read(tmp_path, responses(_409=taken))
        assert bodies.body("getIt", 409) != bodies.default
        assert bodies.default.name == "Problem"

    def test_what_cannot_be_filled_is_a_problem(self, tmp_path: Path) -> None:
        bodies = read(
            tmp_path, responses(_404=thing(message=TEXT), _409=thing(tenant=TEXT))
        )
        assert bodies.body("getIt", 409).media == "application/problem+json"

    def test_the_closest_key_wins(self, tmp_path: Path) -> None:
        bodies = read(
            tmp_path,
            responses(
                _404=thing(msg=TEXT), _4XX=thing(error=TEXT), default=thing(text=TEXT)
            ),
        )
        names = [bodies.body("getIt", status).name for status in (404, 409, 500)]
        assert names == ["getIt 404", "getIt 4xx", "getIt default"]

    @pytest.mark.parametrize(
        ("schemas", "expected"),
        [
            ({}, "problem"),
            ({"_404": thing(message=TEXT)}, "contract"),
            ({"_404": thing(tenant=TEXT)}, "problem"),
        ],
    )
    def test_the_format_that_suits(
        self, tmp_path: Path, schemas: Data, expected: str
    ) -> None:
        made = loaded(tmp_path, responses(**schemas))
        assert understand_errors(made, infer(made), None).error_format == expected
        assert understand_errors(made, infer(made), "flat").error_bodies is None


class TestRoom:
    def test_a_short_text_tells_little(self, tmp_path: Path) -> None:
        schema = thing(message=TEXT | {"maxLength": 60})
        filling = read(tmp_path, responses(default=schema)).default.filling
        assert tells(filling, 60) and not tells(filling, 61)
        assert points(filling, 60) and not points(filling, 61)

    def test_a_code_tells_nothing_of_it(self, tmp_path: Path) -> None:
        filling = read(tmp_path, responses(default=thing(code=TEXT))).default.filling
        assert not tells(filling, 1) and not points(filling, 1)
