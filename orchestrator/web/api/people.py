"""Users, groups and roles: accounts, what they belong to and what they may do."""

from collections.abc import Iterable
from typing import Any

from orchestrator.domain.access import PERMISSIONS, Permission, Role, require
from orchestrator.domain.errors import NotFound
from orchestrator.domain.search import Page
from orchestrator.services import accounts
from orchestrator.services.accounts import Account
from orchestrator.web.auth import gate
from orchestrator.web.bodies import Body, Name
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.rows import search_rows
from orchestrator.web.searching import Search
from orchestrator.web.shapes import Field, Shape

resource = Resource("people", "People")

USER = Shape(
    "User",
    [Field("username", "id"), Field("name", "name", nullable=True), Field("email", "email", nullable=True)],
    noun="users",
)
MEMBER = Shape("Member", [Field("username", "id")], noun="users")
GROUP = Shape(
    "Group",
    [
        Field("name", "name"),
        Field("groupId", "id"),
        Field("description", "description", nullable=True, filter=False, sort=False),
    ],
    noun="groups",
)
ROLE = Shape(
    "Role",
    [
        Field("name", "name"),
        Field("roleId", "id"),
        Field("description", "description", nullable=True, filter=False, sort=False),
    ],
    noun="roles",
)


def _rows(people: Iterable[Account]) -> list[dict[str, Any]]:
    return [{"id": one.id, "name": one.name or None, "email": one.email} for one in people]


@resource.search("/users/search", USER)
def search_users(call: Call, search: Search) -> Page:
    """Search users."""
    return search_rows(_rows(accounts.list_users(call.rt, call.who)), search)


@resource.get("/users/{username}", answers=USER)
def get_user(call: Call, username: str) -> Account:
    """Get a user."""
    return accounts.get(call.rt, call.who, username)


class CreateUser(Body):
    """A new user, who may do nothing until a role is assigned."""

    username: Name
    password: Name
    name: str | None = None
    email: str | None = None


@resource.post("/users", answers=USER, status=201, also=(409,))
def create_user(call: Call, body: CreateUser) -> Account:
    """Create a user."""
    return accounts.create(
        call.rt, call.who, user_id=body.username, password=body.password, name=body.name or "", email=body.email
    )


class UpdateUser(Body):
    """What to change."""

    password: str | None = None
    name: str | None = None
    email: str | None = None


@resource.put("/users/{username}", answers=USER)
def update_user(call: Call, username: str, body: UpdateUser) -> Account:
    """Change a user's name, address or password."""
    account = accounts.update(call.rt, call.who, username, name=body.name, email=body.email)
    if body.password:
        accounts.change_password(call.rt, call.who, username, old=None, new=body.password)
        gate().forget()
    return account


@resource.delete("/users/{username}", also=(409,))
def delete_user(call: Call, username: str) -> None:
    """Delete a user."""
    accounts.delete(call.rt, call.who, username)
    gate().forget()


def _groups(call: Call) -> list[dict[str, Any]]:
    return [{"id": name, "name": name} for name in accounts.list_groups(call.rt, call.who)]


@resource.search("/groups/search", GROUP)
def search_groups(call: Call, search: Search) -> Page:
    """Search groups; a group is there as long as somebody is in it."""
    return search_rows(_groups(call), search)


@resource.get("/groups/{groupId}", answers=GROUP)
def get_group(call: Call, group_id: str) -> dict[str, Any]:
    """Get a group."""
    return _one(_groups(call), group_id, "group")


def _one(rows: list[dict[str, Any]], wanted: str, what: str) -> dict[str, Any]:
    for row in rows:
        if row["id"] == wanted:
            return row
    raise NotFound(f"There is no {what} “{wanted}”.")


@resource.search("/groups/{groupId}/users/search", MEMBER)
def search_users_for_group(call: Call, group_id: str, search: Search) -> Page:
    """Search the users of a group."""
    people = accounts.list_users(call.rt, call.who)
    return search_rows(_rows(one for one in people if group_id in one.groups), search)


@resource.put("/groups/{groupId}/users/{username}")
def assign_user_to_group(call: Call, group_id: str, username: str) -> None:
    """Add a user to a group."""
    account = accounts.get(call.rt, call.who, username)
    accounts.update(call.rt, call.who, username, groups=sorted(account.groups | {group_id}))
    gate().forget()


@resource.delete("/groups/{groupId}/users/{username}")
def unassign_user_from_group(call: Call, group_id: str, username: str) -> None:
    """Take a user out of a group."""
    account = accounts.get(call.rt, call.who, username)
    if group_id not in account.groups:
        raise NotFound(f"{username} is not in the group “{group_id}”.")
    accounts.update(call.rt, call.who, username, groups=sorted(account.groups - {group_id}))
    gate().forget()


def _roles() -> list[dict[str, Any]]:
    return [
        {"id": str(role), "name": role.capitalize(), "description": f"May {', '.join(sorted(PERMISSIONS[role]))}."}
        for role in Role
    ]


@resource.search("/roles/search", ROLE)
def search_roles(call: Call, search: Search) -> Page:
    """Search roles; they are fixed."""
    require(call.who, Permission.ADMINISTER)
    return search_rows(_roles(), search)


@resource.get("/roles/{roleId}", answers=ROLE)
def get_role(call: Call, role_id: str) -> dict[str, Any]:
    """Get a role."""
    require(call.who, Permission.ADMINISTER)
    return _one(_roles(), role_id, "role")


@resource.search("/roles/{roleId}/users/search", MEMBER)
def search_users_for_role(call: Call, role_id: str, search: Search) -> Page:
    """Search the users with a role."""
    require(call.who, Permission.ADMINISTER)
    _one(_roles(), role_id, "role")
    people = accounts.list_users(call.rt, call.who)
    return search_rows(_rows(one for one in people if role_id in one.roles), search)


@resource.put("/roles/{roleId}/users/{username}")
def assign_role_to_user(call: Call, role_id: str, username: str) -> None:
    """Give a user a role."""
    require(call.who, Permission.ADMINISTER)
    _one(_roles(), role_id, "role")
    account = accounts.get(call.rt, call.who, username)
    accounts.update(call.rt, call.who, username, roles=sorted(account.roles | {role_id}))
    gate().forget()


@resource.delete("/roles/{roleId}/users/{username}", also=(409,))
def unassign_role_from_user(call: Call, role_id: str, username: str) -> None:
    """Take a role from a user."""
    account = accounts.get(call.rt, call.who, username)
    if role_id not in account.roles:
        raise NotFound(f"{username} does not have the role “{role_id}”.")
    accounts.update(call.rt, call.who, username, roles=sorted(account.roles - {role_id}))
    gate().forget()
