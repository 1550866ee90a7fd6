/**
 * What a node tells its peers of the logs that it has: pages, roots of the past, and how far it
 * knows each of them to go. All of it is provable, or only says where to ask.
 */
import { TamgaError } from '../../protocol/errors.ts'
import { PAGE_BYTES_MAX, PAGE_ENTRIES_MAX } from '../../protocol/limits.ts'
import {
  CONSISTENCY,
  consistencyReplies,
  consistencyRequests,
} from '../../protocol/message/consistency.ts'
import { pageRequests, pages, PAGES } from '../../protocol/message/page.ts'
import { STANDING, standingReplies, standingRequests } from '../../protocol/message/standing.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Ledger } from './ledger.ts'

export function serveLogs(mesh: Mesh, ledger: Ledger): void {
  mesh.serve(PAGES, async (request) => page(request, ledger))
  mesh.serve(CONSISTENCY, async (request) => consistency(request, ledger))
  mesh.serve(STANDING, async (request) => standing(request, ledger))
}

async function page(request: Uint8Array, ledger: Ledger): Promise<Uint8Array> {
  const { log, start, size } = pageRequests.decode(request)
  if (size > ledger.size(log) || start >= size) {
    throw new TamgaError('not-found', `${log} has no entry ${start} below ${size} here`)
  }
  const stored = ledger.stored(log)
  const packageStart = start - (start % PAGE_ENTRIES_MAX)
  const wanted = await stored.entries(start, Math.min(size, packageStart + PAGE_ENTRIES_MAX))
  const entries = fitting(wanted)
  const proof = await stored.subtree(packageStart, start + entries.length, size)
  return pages.encode({ entries, proof })
}

async function consistency(request: Uint8Array, ledger: Ledger): Promise<Uint8Array> {
  const { log, from, to } = consistencyRequests.decode(request)
  if (from < 1 || from > to || to > ledger.size(log)) {
    throw new TamgaError('not-found', `${log} does not go from ${from} to ${to} here`)
  }
  const stored = ledger.stored(log)
  const [root, proof] = await Promise.all([stored.rootAt(from), stored.consistency(from, to)])
  return consistencyReplies.encode({ root, proof })
}

/** A witness may have seen more of a log than its mirror holds. */
async function standing(request: Uint8Array, ledger: Ledger): Promise<Uint8Array> {
  const { log } = standingRequests.decode(request)
  const held = ledger.mirrors.get(log)?.checkpoint ?? ''
  const seen = ledger.witness.last(log)
  return standingReplies.encode({ known: seen ?? held, held })
}

/** As many entries from the first on as a page may hold, but one at least. */
function fitting(entries: readonly Uint8Array[]): Uint8Array[] {
  let bytes = 0
  const past = entries.findIndex((entry) => (bytes += entry.length) > PAGE_BYTES_MAX)
  return entries.slice(0, past < 0 ? entries.length : Math.max(1, past))
}
