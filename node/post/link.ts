/** The wire between a post and a node, as the rest of the post sees it. */

/** Another node's HTTP interface. Nothing that comes through it is believed. */
export interface Link {
  /** @throws TamgaError `unreachable`, or the code with which the node refuses */
  bytes(path: string, signal: AbortSignal): Promise<Uint8Array>
  /** Asks with JSON, for JSON. As `bytes`. */
  post(path: string, body: object, signal: AbortSignal): Promise<unknown>
}

/** By the node's name in the roster. */
export type Links = ReadonlyMap<string, Link>
