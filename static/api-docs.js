// Shows the API's description. The bundled Swagger UI knows OpenAPI 3.0, the description is 3.1:
// what of 3.1 is used here is said again in the older words.
"use strict";

function asOpenApi30(node) {
  if (Array.isArray(node)) return node.map(asOpenApi30);
  if (node === null || typeof node !== "object") return node;
  const said = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, asOpenApi30(value)]));
  if (Array.isArray(said.anyOf)) {
    const choices = said.anyOf.filter((choice) => choice.type !== "null");
    if (choices.length < said.anyOf.length) {
      delete said.anyOf;
      said.nullable = true;
      if (choices.length === 1) Object.assign(said, choices[0]);
      else said.anyOf = choices;
    }
  }
  if (typeof said.exclusiveMinimum === "number") {
    said.minimum = said.exclusiveMinimum;
    said.exclusiveMinimum = true;
  }
  if (typeof said.exclusiveMaximum === "number") {
    said.maximum = said.exclusiveMaximum;
    said.exclusiveMaximum = true;
  }
  return said;
}

async function show() {
  const place = document.getElementById("api-docs");
  const answer = await fetch(place.dataset.openapi);
  const spec = { ...asOpenApi30(await answer.json()), openapi: "3.0.3" };
  window.SwaggerUIBundle({ spec, domNode: place, deepLinking: true, validatorUrl: null });
}

show();
