/**
 * The wire, as the rest of a node sees it: named peers, requests with a deadline, announcements.
 *
 * A peer is known by its name in the roster. Who is not in the roster cannot connect, so a handler
 * may rely on `from`, but on nothing in the bytes.
 */
import type { ErrorCode } from '../../protocol/errors.ts'

export interface Call {
  /** The peer's name; authenticated. */
  readonly from: string
  /** When the caller stops waiting, on this node's clock, ms: work past it is wasted. */
  readonly deadline: number
  /** Fires when the caller has given up or hung up before: so is work past that. */
  readonly signal: AbortSignal
}

/** Another node, as the roster has it. */
export interface Peer {
  readonly name: string
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array
  /** Where it listens: a multiaddr without `/p2p`. */
  readonly address: string
}

export interface CallOptions {
  /** When the caller stops waiting, on this node's clock, ms. */
  readonly deadline: number
  /** Gives the call up earlier, as when somebody else has answered; the peer is told. */
  readonly signal?: AbortSignal
}

/** Answers a request. What it throws reaches the caller as a `TamgaError` with the same code. */
export type Handler = (request: Uint8Array, call: Call) => Promise<Uint8Array>

/** Hears an announcement. It must not throw; what it does with the bytes is its own affair. */
export type Listener = (bytes: Uint8Array, from: string) => void

export interface Mesh {
  /** This node's own name. */
  readonly self: string
  /**
   * Asks `peer` and resolves with its answer, which the caller then owns.
   *
   * @throws TamgaError `unreachable`, `deadline`, `overloaded`, `too-large`, `malformed`, or
   *   whatever code the peer's handler threw
   */
  call(
    peer: string,
    protocol: string,
    request: Uint8Array,
    options: CallOptions,
  ): Promise<Uint8Array>
  /** Answers `protocol` from now on. One handler a protocol. */
  serve(protocol: string, handler: Handler): void
  /** Tells every peer, best effort: it may be lost, repeated or overtaken. */
  announce(topic: string, bytes: Uint8Array): void
  /** Hears what peers announce, not what this node announces itself. */
  listen(topic: string, listener: Listener): void
  /**
   * Holds against `peer` what `code` says of whoever caused it (`protocol/errors.ts`): for faults
   * that only show in what was sent, such as a proof that proves nothing.
   */
  blame(peer: string, code: ErrorCode): void
  /** The other nodes of the roster, whether reachable or not, in the roster's order. */
  peers(): readonly string[]
  /**
   * These are the nodes of the roster from now on: who is not among them is hung up on. An entry
   * for the node itself is passed over.
   *
   * @throws TamgaError `malformed` for a key, name or address that cannot be one, or is not alone
   */
  admit(peers: readonly Peer[]): void
  /** Those of them that are connected now. */
  connected(): readonly string[]
  close(): Promise<void>
}
