/**
 * Whom posts look out for, as two persons signed it: for each person the latest word counts. A word
 * is as old as the first entry that has it: written into a log again, it is no new one.
 */
import { compareBytes, fromHex, toHex } from '../../crypto/bytes.ts'
import type { Authorised } from '../../protocol/authority.ts'
import type { Deed } from '../../protocol/deed.ts'
import type { Credentials } from '../audit/credentials.ts'
import { saidBy } from '../audit/said.ts'
import type { Folded } from '../audit/folded.ts'

type Watch = Extract<Deed, { type: 'watch' }>

interface Listing extends Pick<Watch, 'listed' | 'cause'> {
  readonly at: number
  readonly leaf: Uint8Array
  readonly said: string
  readonly by: readonly Authorised[]
}

export class WatchList {
  readonly #credentials: Credentials
  /** By handle, the latest last, nothing twice that was signed once. */
  readonly #listings = new Map<string, Listing[]>()

  constructor({ credentials }: { credentials: Credentials }) {
    this.#credentials = credentials
  }

  take({ entry, deed, leaf, by }: Folded): void {
    if (entry.type !== 'act' || deed?.type !== 'watch' || !entry.subject) return
    const key = toHex(entry.subject)
    const { listed, cause } = deed
    const listings = this.#listings.get(key) ?? []
    const said = saidBy(entry.signatures)
    listings.push({ listed, cause, at: entry.at, leaf, said, by })
    listings.sort((a, b) => a.at - b.at || compareBytes(a.leaf, b.leaf))
    this.#listings.set(key, listings.filter(isFirst))
  }

  /** The handles of all whom posts look out for; reported documents are left out. */
  watched(): Uint8Array[] {
    const handles = [...this.#listings.keys()].map(fromHex)
    return handles.filter((handle) => {
      const cause = this.causeOf(handle)
      return cause !== undefined && cause !== 'document-reported'
    })
  }

  /** Why the person is looked out for, if they are. What a revoked credential signed is nothing. */
  causeOf(handle: Uint8Array): Watch['cause'] | undefined {
    const listings = this.#listings.get(toHex(handle)) ?? []
    const latest = listings.findLast(({ by }) => this.#credentials.areSound(by))
    return latest?.listed === 'added' ? latest.cause : undefined
  }
}

function isFirst({ said }: Listing, place: number, all: readonly Listing[]): boolean {
  return all.findIndex((listing) => listing.said === said) === place
}
