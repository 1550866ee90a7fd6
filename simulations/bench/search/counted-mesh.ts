/** A node's end of the mesh that counts the bytes it sends and is answered. */
import type { Mesh } from '../../../node/mesh/mesh.ts'

export interface Counter {
  bytes: number
}

/**
 * Requests, answers and announcements, each as often as it leaves or arrives; what a node says to
 * itself is not on the wire. Frames, encryption and TCP come on top.
 */
export function countedMesh(mesh: Mesh, counter: Counter): Mesh {
  return {
    self: mesh.self,
    call: async (peer, protocol, request, options) => {
      const answer = mesh.call(peer, protocol, request, options)
      if (peer === mesh.self) return answer
      counter.bytes += request.length
      const bytes = await answer
      counter.bytes += bytes.length
      return bytes
    },
    serve: (protocol, handler) => mesh.serve(protocol, handler),
    announce: (topic, bytes) => {
      counter.bytes += bytes.length * mesh.connected().length
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
