"""The description says what the API does: every route is in it, and every answer fits it."""

import json

from flask import Flask
from flask.testing import FlaskClient
from openapi_pydantic import OpenAPI

from comments.store import Store
from comments.submission import MAX_NAME_CHARS, MAX_TEXT_CHARS
from service import contract
from service.problems import PROBLEM_CODES
from tests import factories

URL = "/api/v1/comments"
# A property that names the author's address may be sent, and never comes back.
SENT_ONLY = {"CommentSent", "CommentForm"}


def test_description_is_openapi_3_1(client: FlaskClient) -> None:
    description = OpenAPI.model_validate(client.get("/api/v1/openapi.json").json)

    assert description.openapi.startswith("3.1")


def test_every_api_route_is_described(app: Flask, client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    described = {(path, method.upper()) for path, methods in paths.items() for method in methods}

    routed = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and not rule.rule.endswith("openapi.json")
    }

    assert routed, "else this proves nothing"
    assert routed <= described


def test_limits_are_those_of_the_parser(client: FlaskClient) -> None:
    schemas = client.get("/api/v1/openapi.json").json["components"]["schemas"]

    sent = schemas["CommentSent"]["properties"]
    assert (sent["name"]["maxLength"], sent["text"]["maxLength"]) == (MAX_NAME_CHARS, MAX_TEXT_CHARS)


def test_no_answer_has_a_place_for_an_address(client: FlaskClient) -> None:
    schemas = client.get("/api/v1/openapi.json").json["components"]["schemas"]

    answers = {name: schema for name, schema in schemas.items() if name not in SENT_ONLY}
    assert "email" in json.dumps({name: schemas[name] for name in SENT_ONLY}), "else this proves nothing"
    for name, schema in answers.items():
        for word in ("email", "hash", "avatar", "network", "ip"):
            assert word not in schema.get("properties", {}), name


def test_every_answer_fits_its_model(client: FlaskClient, sqlite_store: Store) -> None:
    first = factories.an_approved_comment(sqlite_store)
    factories.an_approved_comment(sqlite_store, parent=first.id)

    contract.ThreadPage.model_validate(client.get(f"{URL}?site=demo&thread=border-strikes").json)
    contract.Accepted.model_validate(client.post(URL, json=factories.a_body()).json)
    contract.ProblemBody.model_validate(client.post(URL, json={}).json)
    contract.ProblemBody.model_validate(client.get("/nothing").json)
    contract.Counts.model_validate(client.post("/api/v1/counts", json={"site": "demo", "threads": ["a"]}).json)
    contract.Ready.model_validate(client.get("/readyz").json)
    contract.Alive.model_validate(client.get("/healthz").json)


def test_example_request_of_the_models_is_accepted(client: FlaskClient) -> None:
    sent = contract.CommentSent.model_validate(factories.a_body())

    assert client.post(URL, json=sent.model_dump()).status_code == 202


def test_page_for_people_names_every_operation_and_every_code(client: FlaskClient) -> None:
    page = client.get("/docs").text

    for path in client.get("/api/v1/openapi.json").json["paths"]:
        assert path in page
    for code in PROBLEM_CODES:
        assert f'id="{code}"' in page
    assert "<script" not in page
