import type { FastifyInstance, FastifyRequest } from "fastify";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import type { AuthConfig } from "./config.ts";
import { Problem } from "./problem.ts";

/** Who a request comes from: the token's issuer and subject, or the empty string where nobody is asked for a token. */
export type ClientOf = (request: FastifyRequest) => string;

/** Signatures by a key pair alone: the key set is public, so nothing may be verified by a shared secret or not at all. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

const CLIENT = "client";

/** Asks every request of `app` for a bearer token, where authentication is configured. */
export function authenticate(app: FastifyInstance, auth: AuthConfig | undefined): ClientOf {
  if (auth === undefined) return () => "";
  const keys = createRemoteJWKSet(new URL(auth.jwksUrl), { timeoutDuration: 5_000 });
  app.decorateRequest(CLIENT, "");
  app.addHook("onRequest", async (request) => {
    request.setDecorator(CLIENT, await subjectOf(bearerToken(request), keys, auth));
  });
  return (request) => request.getDecorator<string>(CLIENT);
}

async function subjectOf(
  token: string,
  keys: ReturnType<typeof createRemoteJWKSet>,
  { issuer, audience }: AuthConfig,
): Promise<string> {
  try {
    const options = { issuer, audience, algorithms: ALGORITHMS, requiredClaims: ["exp"], clockTolerance: 5 };
    const { payload } = await jwtVerify(token, keys, options);
    return `${payload.iss} ${payload.sub ?? ""}`;
  } catch (error) {
    if (isRefusal(error)) throw unauthorized(`the bearer token is not accepted: ${refusalOf(error)}`, "invalid_token");
    throw new Problem(503, "the keys that sign bearer tokens cannot be fetched; try again", {
      headers: { "retry-after": "5" },
    });
  }
}

export function bearerToken(request: FastifyRequest): string {
  const match = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(request.headers.authorization ?? "");
  if (match?.[1] === undefined) throw unauthorized("a bearer token is required");
  return match[1];
}

function unauthorized(detail: string, error?: string): Problem {
  const challenge = error === undefined ? "Bearer" : `Bearer error="${error}"`;
  return new Problem(401, detail, { headers: { "www-authenticate": challenge } });
}

/** An error of the token, not of fetching the keys. */
function isRefusal(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== "ERR_JOSE_GENERIC"
  );
}

function refusalOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return "it has expired";
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} is not the expected one`;
  return "its signature cannot be verified";
}
