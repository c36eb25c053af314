"""Alternatives and what schemas are made of, as types of the domain."""

from typing import Any

import pytest

from groundplan.contract import Contract
from groundplan.domain import (
    AliasOf,
    Enumeration,
    ListOf,
    MapOf,
    ModelOf,
    Scalar,
    TupleOf,
    UnionOf,
)
from groundplan.errors import ContractError
from groundplan.reader import Document
from groundplan.schemas import SchemaReader

from .projects import Data


def reader(version: str = "3.1.0", **schemas: Any) -> SchemaReader:
    data: Data = {"openapi": version, "components": {"schemas": schemas}}
    return SchemaReader(Contract(Document("c", data), None, data))


def read(made: SchemaReader, name: str, direction: Any = "response") -> Any:
    return made.read({"$ref": f"#/components/schemas/{name}"}, (), direction, "hint")


def read_one(schema: Any, version: str = "3.1.0", **schemas: Any) -> Any:
    return reader(version, **schemas).read(schema, ("paths",), "response", "hint")


def ref(name: str) -> Any:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(**properties: Any) -> Any:
    return {"type": "object", "properties": properties}


CAT: Any = thing(kind={"type": "string"}, lives={"type": "integer"})
DOG = thing(kind={"type": "string"})
PET: Any = {
    "oneOf": [ref("Cat"), ref("Dog")],
    "discriminator": {
        "propertyName": "kind",
        "mapping": {"cat": "#/components/schemas/Cat", "kitten": "Cat"},
    },
}


class TestDiscriminators:
    def test_tags_are_those_of_the_mapping_or_the_schemas_name(self) -> None:
        made = reader(Pet=PET, Cat=CAT, Dog=DOG)
        assert read(made, "Pet") == AliasOf("Pet")
        assert made.aliases["Pet"] == UnionOf(
            (ModelOf("Cat"), ModelOf("Dog")),
            "kind",
            tags=(("cat", 0), ("kitten", 0), ("Dog", 1)),
        )

    def test_tags_are_what_variants_list(self) -> None:
        square = thing(kind={"enum": ["square", "box"]})
        circle = thing(kind={"const": "circle"})
        union = {
            "anyOf": [ref("Square"), ref("Circle")],
            "discriminator": {"propertyName": "kind"},
        }
        found = read_one(union, Square=square, Circle=circle)
        assert found.tags == (("square", 0), ("box", 0), ("circle", 1))

    @pytest.mark.parametrize(
        "options",
        [
            [{"type": "string"}, {"type": "integer"}],
            [ref("Cat"), thing(kind={"type": "string"}, own={"type": "integer"})],
        ],
    )
    def test_one_that_tells_nothing_apart_is_reported(self, options: Any) -> None:
        made = reader(Cat=CAT)
        union: Any = {"oneOf": options, "discriminator": {"propertyName": "kind"}}
        found: Any = made.read(union, ("paths",), "response", "hint")
        assert found.discriminator is None
        assert [line.split(": ")[1] for line in made.unchecked] == ["discriminator"]

    def test_a_base_without_alternatives_is_read_as_it_is(self) -> None:
        base = thing(kind={"type": "string"}) | {
            "discriminator": {"propertyName": "kind"}
        }
        made = reader(Animal=base)
        assert read(made, "Animal") == ModelOf("Animal")
        assert made.unchecked == ("c:1: discriminator without oneOf",)

    def test_a_parent_that_lists_its_children(self) -> None:
        parent = thing(kind={"type": "string"}) | {"oneOf": [ref("A"), ref("B")]}
        made = reader(
            Parent=parent,
            A={"allOf": [ref("Parent"), thing(a={"type": "integer"})]},
            B={"allOf": [ref("Parent")], "properties": {"b": {"type": "integer"}}},
        )
        assert read(made, "Parent") == AliasOf("Parent")
        union = made.aliases["Parent"]
        assert union == UnionOf((ModelOf("A"), ModelOf("B")), exclusive=True)
        assert [field.wire for field in made.models["A"].fields] == ["kind", "a"]
        assert [field.wire for field in made.models["B"].fields] == ["kind", "b"]


class TestAlternatives:
    @pytest.mark.parametrize(
        ("options", "exclusive"),
        [
            ([{"type": "string"}, {"type": "integer"}], False),
            ([{"type": "integer"}, {"type": "number"}], True),
            ([ref("Cat"), ref("Dog")], True),
            ([ref("Cat"), {"type": "array"}], False),
            ([{"type": "string"}, {"const": "a"}], True),
            ([{"type": "string"}, {}], True),
        ],
    )
    def test_of_which_one_may_fit(self, options: Any, exclusive: bool) -> None:
        found = read_one({"oneOf": options}, Cat=CAT, Dog=DOG)
        assert isinstance(found, UnionOf)
        assert found.exclusive is exclusive
        assert not read_one({"anyOf": options}, Cat=CAT, Dog=DOG).exclusive

    def test_what_stands_beside_them_holds_for_each(self) -> None:
        schema = thing(base={"type": "integer"}) | {
            "required": ["base"],
            "oneOf": [
                {"required": ["left"], "properties": {"left": {"type": "string"}}},
                {"required": ["right"]},
            ],
        }
        made = reader(Own=schema)
        assert read(made, "Own") == AliasOf("Own")
        union = made.aliases["Own"]
        assert isinstance(union, UnionOf)
        names = [one.model for one in union.variants if isinstance(one, ModelOf)]
        fields = [
            [(field.wire, field.required) for field in made.models[name].fields]
            for name in names
        ]
        assert fields == [
            [("base", True), ("left", True)],
            [("base", True), ("right", True)],
        ]

    def test_a_type_beside_them_changes_nothing(self) -> None:
        schema = {"type": "object", "oneOf": [ref("Cat"), ref("Dog")]}
        found = read_one(schema, Cat=CAT, Dog=DOG)
        assert found.variants == (ModelOf("Cat"), ModelOf("Dog"))

    def test_null_is_one_of_them(self) -> None:
        options = [ref("Cat"), ref("Dog"), {"type": "null"}]
        made = reader(Pet={"anyOf": options}, Cat=CAT, Dog=DOG)
        assert read(made, "Pet") == AliasOf("Pet", True)
        found = read_one({"anyOf": [ref("Cat"), {"type": "null"}]}, Cat=CAT)
        assert found == ModelOf("Cat", True)

    def test_two_sets_of_them(self) -> None:
        schema = {
            "anyOf": [{"type": "integer"}, {"type": "string"}],
            "oneOf": [{"minimum": 1}, {"type": "string", "maxLength": 3}],
        }
        found = read_one(schema)
        assert isinstance(found, UnionOf)
        assert len(found.variants) == 2

    def test_requests_and_responses_see_their_own(self) -> None:
        cat = thing(kind={"type": "string"}, id={"type": "integer", "readOnly": True})
        made = reader(Pet={"anyOf": [ref("Cat"), ref("Dog")]}, Cat=cat, Dog=DOG)
        assert read(made, "Pet", "request") == AliasOf("PetInput")
        assert read(made, "Pet", "response") == AliasOf("Pet")
        assert made.aliases["PetInput"] == UnionOf(
            (ModelOf("CatInput"), ModelOf("Dog"))
        )


class TestRecursion:
    def test_through_a_union(self) -> None:
        made = reader(
            Tree={"anyOf": [{"type": "integer"}, ref("Fork")]},
            Fork=thing(left=ref("Tree"), all={"type": "array", "items": ref("Tree")}),
        )
        assert read(made, "Tree") == AliasOf("Tree")
        fields = made.models["Fork"].fields
        assert [field.type for field in fields] == [
            AliasOf("Tree"),
            ListOf(AliasOf("Tree")),
        ]

    def test_through_several_models(self) -> None:
        made = reader(A=thing(b=ref("B")), B=thing(a=ref("A")))
        assert read(made, "A") == ModelOf("A")
        assert made.models["B"].fields[0].type == ModelOf("A")

    @pytest.mark.parametrize(
        "schema",
        [
            {"anyOf": [ref("Own"), {"type": "string"}]},
            {"type": "array", "items": ref("Own")},
            {"anyOf": [{"type": "array", "items": ref("Own")}, {"type": "string"}]},
            {"type": "object", "additionalProperties": ref("Own")},
            {"allOf": [ref("Own"), thing(a={})]},
        ],
    )
    def test_without_an_object_in_between_is_refused(self, schema: Any) -> None:
        with pytest.raises(ContractError, match="contains itself"):
            read(reader(Own=schema), "Own")


class TestAllOf:
    def test_the_keywords_of_a_property_are_combined(self) -> None:
        first = thing(a={"type": "string", "minLength": 2}) | {"required": ["a"]}
        second = thing(a={"maxLength": 5, "pattern": "^x"})
        made = reader(First=first, Own={"allOf": [ref("First"), second]})
        read(made, "Own")
        (field,) = made.models["Own"].fields
        assert field.type == Scalar(
            "string", (("minLength", 2), ("maxLength", 5), ("pattern", "^x"))
        )

    def test_enumerations_are_intersected(self) -> None:
        schema = {"allOf": [{"enum": ["a", "b", 3]}, {"enum": ["b", 3]}]}
        assert read_one({**schema, "type": "string"}) == Enumeration(("b",))

    def test_of_two_patterns_the_second_is_reported(self) -> None:
        made = reader()
        parts: Any = [{"type": "string", "pattern": "a"}, {"pattern": "b"}]
        found = made.read({"allOf": parts}, ("paths",), "response", "hint")
        assert found == Scalar("string", (("pattern", "a"),))
        assert made.unchecked == ("c:1: pattern",)

    @pytest.mark.parametrize(
        ("version", "schema", "nullable"),
        [
            ("3.0.3", {"allOf": [ref("Cat")], "nullable": True}, True),
            ("3.0.3", {"allOf": [ref("Maybe"), {"description": "x"}]}, True),
            ("3.0.3", {"allOf": [ref("Maybe"), CAT]}, False),
            ("3.1.0", {"allOf": [{"type": ["object", "null"]}, CAT]}, False),
        ],
    )
    def test_null_where_all_allow_it(
        self, version: str, schema: Any, nullable: bool
    ) -> None:
        maybe = {**CAT, "nullable": True}
        assert read_one(schema, version, Cat=CAT, Maybe=maybe).nullable is nullable

    def test_types_that_exclude_each_other_allow_nothing(self) -> None:
        schema = {"allOf": [{"type": "string"}, {"type": "integer"}]}
        assert read_one(schema) == Scalar("never")


class TestReferences:
    OTHER: Data = {"type": "string", "maxLength": 9}  # noqa: RUF012 - not changed

    def test_siblings_count_since_3_1(self) -> None:
        node = {**ref("Other"), "minLength": 1, "description": "x"}
        new = read_one(node, "3.1.0", Other=self.OTHER)
        assert new == Scalar("string", (("minLength", 1), ("maxLength", 9)))
        old = read_one(node, "3.0.3", Other=self.OTHER)
        assert old == Scalar("string", (("maxLength", 9),))

    def test_words_beside_them_leave_the_name(self) -> None:
        node = {**ref("Cat"), "description": "x", "x-index": True, "readOnly": True}
        assert read_one(node, Cat=CAT) == ModelOf("Cat")

    def test_they_lead_anywhere(self) -> None:
        made = reader(Own={"$defs": {"In": thing(x={"type": "integer"})}})
        node: Any = {"$ref": "#/components/schemas/Own/$defs/In/properties/x"}
        assert made.read(node, (), "response", "hint") == Scalar("integer")


class TestObjects:
    def test_of_which_some_properties_are_free(self) -> None:
        schema = thing(a={"type": "string"}) | {
            "additionalProperties": {"type": "integer"}
        }
        made = reader(Own=schema, Open=thing(a={}) | {"additionalProperties": True})
        read(made, "Own")
        read(made, "Open")
        assert made.models["Own"].extra == Scalar("integer")
        assert made.models["Open"].extra == Scalar("any")
        assert not made.models["Own"].closed

    def test_maps(self) -> None:
        schema = {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "propertyNames": {"pattern": "^a"},
            "minProperties": 1,
            "maxProperties": 2,
        }
        keys = Scalar("string", (("pattern", "^a"),))
        assert read_one(schema) == MapOf(Scalar("integer"), False, 1, 2, keys)

    def test_keys_of_a_pattern(self) -> None:
        schema: Any = {
            "type": "object",
            "patternProperties": {"^a": {"type": "integer"}},
        }
        keys = Scalar("string", (("pattern", "^a"),))
        closed = schema | {"additionalProperties": False}
        assert read_one(closed) == MapOf(Scalar("integer"), keys=keys)
        made = reader()
        found = made.read(schema, ("paths",), "response", "hint")
        assert found == MapOf(Scalar("any"))
        assert made.unchecked == ("c:1: patternProperties",)

    def test_required_properties_that_are_not_listed(self) -> None:
        made = reader(Own={"type": "object", "required": ["x"]})
        read(made, "Own")
        (field,) = made.models["Own"].fields
        assert (field.wire, field.required, field.type) == ("x", True, Scalar("any"))

    def test_how_many_properties_there_may_be(self) -> None:
        made = reader(Own=CAT | {"minProperties": 1, "maxProperties": 2})
        read(made, "Own")
        assert (made.models["Own"].minimum, made.models["Own"].maximum) == (1, 2)

    def test_a_type_that_only_the_keywords_tell(self) -> None:
        assert read_one({"properties": {"a": {}}}) == ModelOf("Hint")
        assert read_one({"items": {"type": "string"}}) == ListOf(Scalar("string"))
        assert read_one({"minLength": 1}) == Scalar("string", (("minLength", 1),))


def test_tuples() -> None:
    items: Any = [{"type": "string"}, {"type": "integer"}]
    schema: Any = {"type": "array", "prefixItems": items, "minItems": 2}
    pair = TupleOf((Scalar("string"), Scalar("integer")))
    assert read_one({**schema, "maxItems": 2}) == pair
    assert read_one({**schema, "items": False}) == pair
    made = reader()
    assert made.read(schema, ("paths",), "response", "hint") == ListOf(Scalar("any"), 2)
    assert made.unchecked == ("c:1: prefixItems",)


def test_true_and_false() -> None:
    assert read_one(True) == Scalar("any")
    assert read_one(False) == Scalar("never")


@pytest.mark.parametrize("keyword", ["not", "if", "contains", "dependentRequired"])
def test_what_is_not_checked_is_reported(keyword: str) -> None:
    made = reader()
    made.read({"type": "array", keyword: {}}, ("paths",), "request", "hint")
    assert made.unchecked == (f"c:1: {keyword}",)
