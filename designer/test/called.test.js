/* Names of what is drawn. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { called } from "../src/app/called.js";

const gateway = { id: "Gateway_0l99c5s", $type: "bpmn:ExclusiveGateway" };
const end = { id: "Event_1abcdef", $type: "bpmn:EndEvent", name: "Ship\nit" };

test("a name is told on one line", () => assert.equal(called(end), "Ship it"));
test("a made-up id is no name, the kind says more", () => assert.equal(called(gateway), "Exclusive gateway"));
test("an id that a person chose is a name", () => assert.equal(called({ id: "approved", $type: "bpmn:ExclusiveGateway" }), "approved"));
test("a flow is called by its ends", () => assert.equal(called({ id: "Flow_1", sourceRef: gateway, targetRef: end }), "Exclusive gateway → Ship it"));
