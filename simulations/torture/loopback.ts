/** A mesh of nodes in one process and in real time: what is called is answered at once. */
import { asTamgaError, TamgaError, type ErrorCode } from '../../protocol/errors.ts'

import type { CallOptions, Handler, Listener, Mesh } from '../../node/mesh/mesh.ts'

export class Loopback {
  readonly names: readonly string[]
  readonly #meshes = new Map<string, LoopbackMesh>()
  /** What nodes hold against each other. */
  readonly blames: string[] = []

  constructor(names: readonly string[]) {
    this.names = names
  }

  join(name: string): LoopbackMesh {
    const mesh = new LoopbackMesh(name, this)
    this.#meshes.set(name, mesh)
    return mesh
  }

  leave(mesh: LoopbackMesh): void {
    if (this.#meshes.get(mesh.self) === mesh) this.#meshes.delete(mesh.self)
  }

  at(name: string): LoopbackMesh | undefined {
    return this.#meshes.get(name)
  }
}

export class LoopbackMesh implements Mesh {
  readonly self: string
  readonly #network: Loopback
  readonly #handlers = new Map<string, Handler>()
  readonly #listeners = new Map<string, Listener[]>()

  constructor(self: string, network: Loopback) {
    this.self = self
    this.#network = network
  }

  async call(
    peer: string,
    protocol: string,
    request: Uint8Array,
    { deadline, signal = new AbortController().signal }: CallOptions,
  ): Promise<Uint8Array> {
    const handler = this.#network.at(peer)?.handler(protocol)
    if (!handler) throw new TamgaError('unreachable', `${peer} cannot be reached`)
    try {
      const call = { from: this.self, deadline, signal }
      return (await handler(request.slice(), call)).slice()
    } catch (error) {
      const { code, message } = asTamgaError(error)
      throw new TamgaError(code, message)
    }
  }

  handler(protocol: string): Handler | undefined {
    return this.#handlers.get(protocol)
  }

  serve(protocol: string, handler: Handler): void {
    this.#handlers.set(protocol, handler)
  }

  announce(topic: string, bytes: Uint8Array): void {
    for (const peer of this.connected()) this.#network.at(peer)!.hear(topic, bytes, this.self)
  }

  hear(topic: string, bytes: Uint8Array, from: string): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener(bytes.slice(), from)
  }

  listen(topic: string, listener: Listener): void {
    this.#listeners.set(topic, [...(this.#listeners.get(topic) ?? []), listener])
  }

  blame(peer: string, code: ErrorCode): void {
    this.#network.blames.push(`${this.self} ${peer} ${code}`)
  }

  peers(): readonly string[] {
    return this.#network.names.filter((name) => name !== this.self)
  }

  admit(): void {
    // Everybody of the network, and nobody else, from the start.
  }

  connected(): readonly string[] {
    return this.peers().filter((peer) => this.#network.at(peer) !== undefined)
  }

  async close(): Promise<void> {
    this.#handlers.clear()
    this.#listeners.clear()
    this.#network.leave(this)
  }
}
