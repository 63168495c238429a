import pytest

from verifier.rules.access import RIGHTS, Right, Role, Scope, ScopeMissing, check_scope, scope_of

NOTHING = {"district_id": None, "holder_id": None, "body_id": None}


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.OFFICIAL, {"district_id": 1}),
        (Role.COORDINATOR, {"district_id": 1}),
        (Role.HOLDER, {"holder_id": 1}),
        (Role.TECHNICIAN, {"body_id": 1}),
    ],
)
def test_every_role_but_the_administrators_is_bound_to_a_scope(role, scope):
    check_scope(role, **(NOTHING | scope))
    with pytest.raises(ScopeMissing):
        check_scope(role, **NOTHING)


def test_an_administrator_needs_no_scope():
    check_scope(Role.ADMIN, **NOTHING)


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.ADMIN, Scope()),
        (Role.OFFICIAL, Scope(district_id=1)),
        (Role.COORDINATOR, Scope(district_id=1)),
        (Role.TECHNICIAN, Scope(district_id=3)),
        (Role.HOLDER, Scope(holder_id=2)),
    ],
)
def test_each_role_looks_where_its_scope_says(role, scope):
    assert scope_of(role, district_id=1, holder_id=2, body_district_id=3) == scope


def test_rights_are_what_the_product_promises():
    assert {role: sorted(rights) for role, rights in RIGHTS.items()} == {
        Role.HOLDER: [Right.ASK_FOR_VISIT, Right.BE_TOLD, Right.READ_FACTS, Right.READ_REGISTER],
        Role.TECHNICIAN: [Right.BE_TOLD, Right.READ_FACTS, Right.READ_REGISTER, Right.RECORD],
        Role.OFFICIAL: [Right.BE_TOLD, Right.READ_FACTS, Right.READ_REGISTER, Right.READ_REPORTS],
        Role.COORDINATOR: [
            Right.ASK_FOR_VISIT,
            Right.BE_TOLD,
            Right.KEEP_REGISTER,
            Right.PLAN,
            Right.READ_FACTS,
            Right.READ_REGISTER,
            Right.READ_REPORTS,
            Right.RECORD,
        ],
        Role.ADMIN: sorted(Right),
    }
