import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { someHealth, theModels } from "../testing/answers";
import { healthInterval, healthQuery, modelsQuery } from "./queries";

describe("healthInterval", () => {
  it("is long once the model is ready, and has an end: a service may die", () => {
    expect(healthInterval(true, someHealth())).toBe(30_000);
  });

  it("is short while the model loads", () => {
    expect(healthInterval(true, someHealth({ status: "starting" }))).toBe(5_000);
  });

  it("is short while nobody answers, whatever was known before", () => {
    expect(healthInterval(false, undefined)).toBe(5_000);
    expect(healthInterval(false, someHealth())).toBe(5_000);
  });
});

describe("the queries", () => {
  it("read the models", async () => {
    expect(await new QueryClient().query(modelsQuery)).toEqual(theModels());
  });

  it("read the health", async () => {
    expect(await new QueryClient().query(healthQuery)).toEqual(someHealth());
  });
});
