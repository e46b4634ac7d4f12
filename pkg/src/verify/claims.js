import { refuse } from "./jws.js";

/**
 * Looks at the registered claims (RFC 7519 §4.1) of a token whose signature is right.
 *
 * `now`: by the one clock, in ms. `isNew`: it has just come from the server. The times of others were right when they came; one from the
 * store may have ended meanwhile, and at the start the clock may be wrong.
 *
 * @throws {Untrusted}
 */
export function checkClaims(header, claims, wanted, now, isNew) {
  const { issuer, audience, typ, maxAge, clockTolerance } = wanted;
  if (typ !== undefined && mediaType(header.typ) !== mediaType(typ)) refuse("its typ is not verify.typ");
  const { iss, aud } = claims;
  if (issuer && !issuer.includes(iss)) refuse("its iss is not verify.issuer");
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (audience && !audiences.some((one) => audience.includes(one))) refuse("its aud is not verify.audience");

  const time = (name) => {
    const value = claims[name];
    if (value !== undefined && typeof value !== "number") refuse(`its ${name} is not a number`);
    return value;
  };
  const [exp, nbf, iat] = ["exp", "nbf", "iat"].map(time);
  if (!isNew) return;
  const seconds = now / 1_000;
  const clock = "by the clock of the last answer, or of this device if no answer told the time";
  if (nbf > seconds + clockTolerance) refuse(`its nbf is yet to come, ${clock}`);
  if (iat > seconds + clockTolerance) refuse(`its iat is yet to come, ${clock}`);
  if (exp <= seconds - clockTolerance) refuse(`its exp has passed, ${clock}`);
  if (maxAge === undefined) return;
  if (iat === undefined) refuse("it has no iat, which verify.maxAge needs");
  if (iat < seconds - maxAge - clockTolerance) refuse(`it is older than verify.maxAge, ${clock}`);
}

/** Without `application/`, as RFC 7515 §4.1.9 has it: media types are of any case. */
const mediaType = (typ) => (typeof typ === "string" ? typ.toLowerCase().replace(/^application\/(?!.*\/)/, "") : undefined);
