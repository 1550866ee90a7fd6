/** A node's end of the mesh with somebody who reads along what leaves it: checkpoints, lines. */
import { CHECKPOINTS, heads, HEADS } from '../../protocol/message/head.ts'
import { MIRRORED, mirroreds } from '../../protocol/message/mirrored.ts'
import { STANDING, standingReplies, standingRequests } from '../../protocol/message/standing.ts'
import { WITNESS, witnessReplies, witnessRequests } from '../../protocol/message/witness.ts'
import type { CosignatureKind } from '../../protocol/quorum.ts'

import type { Handler, Mesh } from '../../node/mesh/mesh.ts'

/** Hears of what leaves before it does. */
export interface Ear {
  /** A checkpoint of `log`. */
  checkpoint(log: string, note: string): void
  /** A cosignature over a checkpoint, given by its text or a note of it. */
  cosignature(kind: CosignatureKind, log: string, text: string): void
}

export function watchedMesh(mesh: Mesh, ear: Ear): Mesh {
  return {
    self: mesh.self,
    call: (peer, protocol, request, options) => {
      called(peer, protocol, request, ear)
      return mesh.call(peer, protocol, request, options)
    },
    serve: (protocol, handler) => mesh.serve(protocol, watchedHandler(protocol, handler, ear)),
    announce: (topic, bytes) => {
      if (topic === CHECKPOINTS) hearHeads(bytes, ear)
      mesh.announce(topic, bytes)
    },
    listen: (topic, listener) => mesh.listen(topic, listener),
    blame: (peer, code) => mesh.blame(peer, code),
    peers: () => mesh.peers(),
    admit: (peers) => mesh.admit(peers),
    connected: () => mesh.connected(),
    close: () => mesh.close(),
  }
}

function watchedHandler(protocol: string, handler: Handler, ear: Ear): Handler {
  return async (request, call) => {
    const reply = await handler(request, call)
    if (protocol === HEADS) hearHeads(reply, ear)
    if (protocol === STANDING) {
      const { log } = standingRequests.decode(request)
      const { known, held } = standingReplies.decode(reply)
      for (const note of [known, held]) if (note !== '') ear.checkpoint(log, note)
    }
    if (protocol === WITNESS && witnessReplies.decode(reply).type === 'cosigned') {
      const { log, checkpoint } = witnessRequests.decode(request)
      ear.cosignature('witness', log, checkpoint)
    }
    return reply
  }
}

function called(peer: string, protocol: string, request: Uint8Array, ear: Ear): void {
  if (protocol === WITNESS) {
    const { log, checkpoint } = witnessRequests.decode(request)
    ear.checkpoint(log, checkpoint)
  }
  if (protocol === MIRRORED) ear.cosignature('mirror', peer, mirroreds.decode(request).text)
}

function hearHeads(bytes: Uint8Array, ear: Ear): void {
  for (const { log, checkpoint } of heads.decode(bytes)) ear.checkpoint(log, checkpoint)
}
