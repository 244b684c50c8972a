/** In place of debug, with which file-type's ZIP reader would print its steps if DEBUG were set. */
export default function debug(): () => void {
  return () => undefined;
}
