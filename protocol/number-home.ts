/**
 * Which node's book decides which handle belongs to a number: one for each number, by rendezvous
 * hashing over the roster's nodes (Thaler & Ravishankar 1998).
 *
 * Everybody computes the same from the roster alone; a node that leaves or joins moves only the
 * numbers that it had or wins. A home says something of its number, so no log tells it: what is
 * asked of a home stands in the log of whoever asks.
 */
import { compareBytes, utf8 } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/hash.ts'

/** @param digits of an IIN, as `iin.ts` reads it */
export function homeOf(
  digits: string,
  { nodes }: { readonly nodes: readonly { readonly name: string }[] },
): string {
  const weighed = nodes.map(({ name }) => ({
    name,
    weight: sha256(utf8(`tamga/number-home/v1\n${digits}\n${name}`)),
  }))
  return weighed.reduce((a, b) => (compareBytes(a.weight, b.weight) > 0 ? a : b)).name
}
