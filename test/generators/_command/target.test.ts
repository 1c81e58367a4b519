import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { suggested } from "../../../generators/_command/target.ts";
import { parseName } from "../../../generators/_system/names.ts";
import { anyText } from "./hostile-text.ts";

describe("The name of a system that nobody named", () => {
  it("is its folder's, in kebab-case", () => {
    assert.equal(suggested("/home/ann/BookShop"), "book-shop");
    assert.equal(suggested("/home/ann/My Shop (2)"), "my-shop-2");
    assert.equal(suggested("/home/ann/2024-shop"), "shop");
    assert.equal(suggested("/"), "system");
    assert.equal(suggested("/home/ann/123"), "system");
    assert.equal(suggested(`/home/ann/${"shop-".repeat(20)}`).length <= 40, true);
  });

  it("is a name, whatever the folder is called", () => {
    fc.assert(fc.property(anyText, (text) => void parseName(suggested(`/${text.replaceAll("/", "-")}`), "a system")));
  });
});
