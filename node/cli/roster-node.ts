/** A node's line in the roster, from its secret key. */
import type { RosterNode } from '../../protocol/roster.ts'
import { nodeKeys } from '../node.ts'
import type { Key } from './key-file.ts'

export function rosterNode({ name, seed, address = '' }: Key): RosterNode {
  const { signer, box, mirror } = nodeKeys(seed)
  return {
    name,
    publicKey: signer.publicKey,
    boxKey: box.publicKey,
    mirrorKey: mirror.publicKey,
    address,
  }
}
