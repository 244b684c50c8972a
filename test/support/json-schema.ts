type Schema = Readonly<Record<string, unknown>>;

/** A keyword's word, and whether a value keeps to it; values of other types do. */
type Keyword = (wanted: unknown, value: unknown, schema: Schema) => boolean;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
};

const ofText = (holds: (text: string, wanted: unknown) => boolean): Keyword => {
  return (wanted, value) => typeof value !== 'string' || holds(value, wanted);
};

const ofNumber = (holds: (number: number, wanted: unknown) => boolean): Keyword => {
  return (wanted, value) => typeof value !== 'number' || holds(value, wanted);
};

/** A character outside of the basic plane counts once: the specification counts code points. */
const lengthOf = (text: string) => [...text].length;

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  $schema: () => true,
  // A validator need not look at formats; API Gateway's does not say.
  format: () => true,
  type: (wanted, value) => {
    const is = TYPES[String(wanted)];
    if (!is) throw new Error(`${wanted} is no type that this evaluation knows`);
    return is(value);
  },
  enum: (wanted, value) => (wanted as unknown[]).includes(value),
  minLength: ofText((text, wanted) => lengthOf(text) >= Number(wanted)),
  maxLength: ofText((text, wanted) => lengthOf(text) <= Number(wanted)),
  pattern: ofText((text, wanted) => new RegExp(String(wanted)).test(text)),
  minimum: ofNumber((number, wanted) => number >= Number(wanted)),
  maximum: ofNumber((number, wanted) => number <= Number(wanted)),
  required: (wanted, value) =>
    !isObject(value) || (wanted as string[]).every((name) => Object.hasOwn(value, name)),
  properties: (wanted, value) => {
    const known = wanted as Readonly<Record<string, Schema>>;
    return (
      !isObject(value) ||
      Object.entries(value).every(([name, each]) => {
        const schema = Object.hasOwn(known, name) ? known[name] : undefined;
        return schema === undefined || isValid(schema, each);
      })
    );
  },
  additionalProperties: (wanted, value, { properties }) =>
    wanted !== false ||
    !isObject(value) ||
    Object.keys(value).every((name) => Object.hasOwn(properties ?? {}, name)),
};

/**
 * Whether a value keeps to a JSON schema of draft 4, which is what API Gateway's models are
 * (https://json-schema.org/draft-04/draft-fge-json-schema-validation-00); knows the keywords that the models use, and throws
 * at others.
 */
export function isValid(schema: Schema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, wanted]) => {
    const holds = KEYWORDS[keyword];
    if (!holds) throw new Error(`${keyword} is no keyword that this evaluation knows`);
    return holds(wanted, value, schema);
  });
}
