/** A request or an answer of one of AWS's JSON protocols. */
export type Json = Readonly<Record<string, unknown>>;

/** A refusal as AWS's JSON protocols write it. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message = code,
    readonly fields: Json = {},
    readonly status = 400,
  ) {
    super(message);
  }

  /** The body of the answer. */
  get body(): Json {
    return { ...this.fields, __type: `com.amazonaws#${this.code}`, message: this.message };
  }
}

/** A member that has to be an object. */
export function memberOf(json: Json, name: string): Json {
  const value = json[name];
  if (typeof value !== 'object' || value === null) throw new Refusal('ValidationException', `no ${name}`);
  return value as Json;
}

/** A member that has to be a list. */
export function listOf(json: Json, name: string): readonly Json[] {
  const value = json[name];
  if (!Array.isArray(value)) throw new Refusal('ValidationException', `no ${name}`);
  return value;
}
