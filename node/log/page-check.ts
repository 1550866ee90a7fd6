/** Pages of a log that somebody delivered, held against a checkpoint that its key has signed. */
import type { OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { hashLeaf, type Hash } from '../../crypto/hash.ts'
import { RightEdge } from '../../crypto/merkle/right-edge.ts'
import { verifySubtreeConsistency } from '../../crypto/merkle/subtree.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { PAGE_ENTRIES_MAX } from '../../protocol/limits.ts'
import type { Page } from '../../protocol/message/page.ts'
import type { Staged, StoredLog } from './stored-log.ts'

/**
 * What it would be to put a page behind what is stored. It starts there, ends within the same
 * package of 256, and the package as far as it then goes is part of the checkpoint's tree (C2SP
 * tlog-mirror).
 *
 * @throws TamgaError `bad-proof`; `storage`
 */
export async function stagePage(
  stored: StoredLog,
  { entries, proof }: Page,
  checkpoint: OpenedCheckpoint,
): Promise<Staged> {
  const start = stored.size
  const end = start + entries.length
  const packageStart = start - (start % PAGE_ENTRIES_MAX)
  if (entries.length === 0 || end > packageStart + PAGE_ENTRIES_MAX) {
    throw new TamgaError('bad-proof', `a page of ${entries.length} entries from ${start} on`)
  }
  const leaves = entries.map(hashLeaf)
  const root = rootOf([...(await stored.openPackage()), ...leaves])
  try {
    verifySubtreeConsistency({
      start: BigInt(packageStart),
      end: BigInt(end),
      size: checkpoint.size,
      root1: root,
      root2: checkpoint.root,
      proof: [...proof],
    })
  } catch (cause) {
    throw new TamgaError('bad-proof', `a page of ${stored.name} is not in its tree`, { cause })
  }
  return stored.stage(entries, leaves)
}

function rootOf(leaves: readonly Hash[]): Hash {
  const edge = RightEdge.empty()
  for (const leaf of leaves) edge.append(leaf)
  return edge.root()
}
