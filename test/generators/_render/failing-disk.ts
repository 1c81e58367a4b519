import fs from "node:fs";

/**
 * Calls while the n-th call of a function of `node:fs` fails with a code, as the kernel would report it. All after it
 * fail too: a full disk stays full. Without `n`, none is counted and all fail.
 */
export async function whileFailing<T>(
  name: "writeFileSync" | "renameSync" | "rmSync" | "mkdirSync",
  code: string,
  use: () => Promise<T>,
  n = 1,
): Promise<T> {
  const original = fs[name];
  let calls = 0;
  const failing = (...args: unknown[]): unknown => {
    calls += 1;
    if (calls >= n) throw Object.assign(new Error(`${code}: stubbed`), { code });
    return Reflect.apply(original, fs, args);
  };
  Object.assign(fs, { [name]: failing });
  try {
    return await use();
  } finally {
    Object.assign(fs, { [name]: original });
  }
}
