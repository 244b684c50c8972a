/** The value of an environment variable, which may be empty; a function that lacks one must not start. */
export function readVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`the environment variable ${name} is missing`);
  return value;
}

/** The value of an environment variable that must say something. */
export function requireVariable(name: string): string {
  const value = readVariable(name);
  if (value === '') throw new Error(`the environment variable ${name} is empty`);
  return value;
}
