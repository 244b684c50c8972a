/** Why nothing was deployed, in words for the person who asked for it. */
export class Refusal extends Error {}
