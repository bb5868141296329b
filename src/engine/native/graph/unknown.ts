/** How this room says "not one of mine" in the middle of a walk; `recognise` makes a reason of it. */
export class UnknownGraph extends Error {}

export function unknown(reason: string): never {
  throw new UnknownGraph(reason);
}
